using System.Security.Cryptography;

namespace Sojourn.Tests.Tokens;

[Requirement("ASVS-11.5.1")]
[Requirement("ASVS-11.5.2")]
public sealed class RandomBytesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RandomBuffer _buffer;

    public RandomBytesTests() => _buffer = new(_time);

    [Fact]
    public async Task Parallel_threads_never_draw_the_same_bytes()
    {
        var drawn = new UInt128[8][];
        await Threads.RunAsync(8, thread =>
        {
            drawn[thread] = [.. Enumerable.Range(0, 20_000).Select(_ => RandomBytes.Number())];
            return Task.CompletedTask;
        });

        Assert.Equal(160_000, drawn.SelectMany(each => each).Distinct().Count());
    }

    [Fact]
    public async Task Threads_that_come_and_go_never_draw_the_same_bytes()
    {
        var drawn = new HashSet<UInt128>();
        for (var i = 0; i < 100; i++)
        {
            await Threads.RunAsync(1, _ =>
            {
                Assert.True(drawn.Add(RandomBytes.Number()));
                Assert.True(drawn.Add(RandomBytes.Number()));
                return Task.CompletedTask;
            });
        }
    }

    [Fact]
    public void Draws_of_every_size_are_filled_to_the_end_and_differ()
    {
        foreach (var size in Enumerable.Range(16, 2 * RandomBuffer.MaxDraw))
        {
            var (first, second) = (new byte[size], new byte[size]);
            RandomBytes.Fill(first);
            RandomBytes.Fill(second);

            Assert.NotEqual(first, second);
            Assert.NotEqual(0u, BitConverter.ToUInt32(first) | BitConverter.ToUInt32(second));
            Assert.NotEqual(0u, BitConverter.ToUInt32(first, size - 4) | BitConverter.ToUInt32(second, size - 4));
        }
    }

    [Fact]
    public void Nothing_is_drawn_for_no_bytes() => RandomBytes.Fill([]);

    [Fact]
    public void What_was_drawn_is_zero_in_the_buffer_and_the_rest_is_what_comes_next()
    {
        var drawn = new byte[RandomBuffer.MaxDraw];
        _buffer.Draw(drawn);
        var rest = _buffer.Bytes[drawn.Length..].ToArray();

        Assert.False(_buffer.Bytes[..drawn.Length].ContainsAnyExcept((byte)0));
        Assert.True(rest.AsSpan().ContainsAnyExcept((byte)0));
        Assert.Equal(-1, rest.AsSpan().IndexOf(drawn.AsSpan(0, 16)));

        var next = new byte[32];
        _buffer.Draw(next);
        Assert.Equal(rest[..32], next);
    }

    [Fact]
    public void The_last_bytes_are_drawn_and_then_new_ones()
    {
        var all = new byte[RandomBuffer.Size];
        for (var place = 0; place < all.Length; place += RandomBuffer.MaxDraw)
        {
            _buffer.Draw(all.AsSpan(place, RandomBuffer.MaxDraw));
        }

        Assert.False(_buffer.Bytes.ContainsAnyExcept((byte)0));

        var next = new byte[RandomBuffer.MaxDraw];
        _buffer.Draw(next);
        Assert.Equal(-1, all.AsSpan().IndexOf(next.AsSpan(0, 16)));
        Assert.True(next.AsSpan().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_draw_that_does_not_fit_takes_none_of_what_is_left()
    {
        Draw(RandomBuffer.MaxDraw, times: RandomBuffer.Size / RandomBuffer.MaxDraw - 1);
        Draw(1);
        var left = _buffer.Bytes[^(RandomBuffer.MaxDraw - 1)..].ToArray();

        var next = Draw(RandomBuffer.MaxDraw);

        Assert.Equal(-1, next.AsSpan().IndexOf(left.AsSpan(0, 16)));
        Assert.False(_buffer.Bytes[..RandomBuffer.MaxDraw].ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Bytes_that_have_waited_too_long_are_never_drawn()
    {
        Draw(16);
        var waiting = _buffer.Bytes[16..].ToArray();
        _time.Advance(RandomBuffer.MaxAge + TimeSpan.FromMilliseconds(1));

        Assert.Equal(-1, waiting.AsSpan().IndexOf(Draw(16)));
        Assert.Equal(-1, _buffer.Bytes.IndexOf(waiting.AsSpan(0, 16)));
    }

    private byte[] Draw(int size, int times = 1)
    {
        var drawn = new byte[size];
        for (var i = 0; i < times; i++)
        {
            _buffer.Draw(drawn);
        }

        return drawn;
    }
}
