using System.Globalization;

namespace Sojourn.Tests.Starting;

[Requirement("ASVS-2.4.1")]
public sealed class BucketTableTests
{
    private const int Most = 100;
    private const int Burst = 5;

    private readonly ManualTimeProvider _time = new();
    private readonly BucketTable<int> _table;

    public BucketTableTests() => _table = new(Most, _time);

    [Fact]
    public void Full_buckets_go_once_there_are_too_many()
    {
        Add(0, Most);
        Assert.Equal(Most, _table.Count);

        _time.Advance(TimeSpan.FromSeconds(1)); // by then a bucket that lost one token is full again
        Add(Most, 10 * Most);

        Assert.Equal(10 * Most, _table.Count);
    }

    [Fact]
    public void A_bucket_that_remembers_something_stays_however_many_there_are()
    {
        var taken = Enumerable.Range(0, 2 * Burst).Count(_ => _table.TryTake(-1, Burst, 1));
        Add(0, 10 * Most);

        Assert.Equal(Burst, taken);
        Assert.Equal(10 * Most + 1, _table.Count);
        Assert.False(_table.TryTake(-1, Burst, 1));
    }

    [Fact]
    public void A_bucket_that_went_comes_back_full()
    {
        Assert.Equal(Burst, Enumerable.Range(0, 2 * Burst).Count(_ => _table.TryTake(-1, Burst, 1)));
        _time.Advance(TimeSpan.FromSeconds(Burst));
        Add(0, 10 * Most);

        Assert.Equal(Burst, Enumerable.Range(0, 2 * Burst).Count(_ => _table.TryTake(-1, Burst, 1)));
    }

    [Fact]
    public async Task Parallel_additions_of_one_key_count_once()
    {
        var table = new BucketTable<int>(int.MaxValue, _time);

        await Threads.RunAsync(4, thread =>
        {
            for (var key = 0; key < 500; key++)
            {
                table.TryTake(key + (thread % 2 * 250), Burst, 1); // some by two threads, some by four
            }

            return Task.CompletedTask;
        });

        Assert.Equal(750, table.Count);
    }

    [Fact]
    public async Task The_count_does_not_drift_when_buckets_come_and_go_in_parallel()
    {
        var table = new BucketTable<int>(0, _time);
        await Threads.RunAsync(4, _ =>
        {
            for (var turn = 0; turn < 5000; turn++)
            {
                table.TryTake(turn % 100, Burst, 1);
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            return Task.CompletedTask;
        });

        // From here on all but the newest are full and go. A count that had drifted would stay as far off.
        for (var key = 1000; key < 2000; key++)
        {
            _time.Advance(TimeSpan.FromSeconds(Burst));
            Assert.True(table.TryTake(key, Burst, 1));
        }

        Assert.InRange(table.Count, 1, 2);
    }

    private void Add(int first, int count)
    {
        for (var key = first; key < first + count; key++)
        {
            Assert.True(_table.TryTake(key, Burst, 1), key.ToString(CultureInfo.InvariantCulture));
        }
    }
}
