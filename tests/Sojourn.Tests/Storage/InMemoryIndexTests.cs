using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

/// <summary>The parts that the store is made of, against plain collections that do the same.</summary>
public sealed class InMemoryIndexTests
{
    private readonly Random _random = new(20260301);

    [Fact]
    public void A_table_finds_what_is_in_it_and_nothing_else()
    {
        var table = new MemoryTable<SessionId, MemorySession>();
        var model = new Dictionary<SessionId, MemorySession>();
        for (var step = 0; step < 20_000; step++)
        {
            if (model.Count > 0 && _random.Next(5) < 2)
            {
                var victim = model.ElementAt(_random.Next(Math.Min(model.Count, 50))).Value;
                table.Remove(victim);
                model.Remove(victim.Key);
                Assert.Null(table.Find(victim.Key));
            }
            else
            {
                var session = new MemorySession(Record(id: Id((byte)step)));
                table.Add(session);
                model.Add(session.Key, session);
            }
        }

        Assert.Equal(model.Count, table.Count);
        Assert.All(model, each => Assert.Same(each.Value, table.Find(each.Key)));
    }

    [Fact]
    public void A_queue_gives_sessions_by_time_and_of_the_same_time_in_turn()
    {
        var queue = new MemoryQueue();
        var model = new List<(long Time, int Turn, MemorySession Session)>();
        for (var step = 0; step < 5_000; step++)
        {
            switch (_random.Next(5))
            {
                case 0 when model.Count > 0:
                    var place = _random.Next(model.Count);
                    queue.Remove(model[place].Session);
                    model.RemoveAt(place);
                    break;
                case 1:
                    var now = _random.Next(100);
                    var expected = model.Where(each => each.Time <= now).OrderBy(each => each.Time).ThenBy(each => each.Turn).Select(each => each.Session).FirstOrDefault();
                    Assert.Equal(expected is not null, queue.TryTake(now, out var taken));
                    Assert.Same(expected, taken);
                    model.RemoveAll(each => ReferenceEquals(each.Session, taken));
                    break;
                default:
                    var session = new MemorySession(Record());
                    var time = _random.Next(100);
                    queue.Add(session, time);
                    model.Add((time, step, session));
                    break;
            }
        }
    }

    [Fact]
    public void A_chain_keeps_the_order_of_start_and_id()
    {
        MemorySession? first = null;
        var model = new List<MemorySession>();
        for (var step = 0; step < 2_000; step++)
        {
            if (model.Count > 0 && _random.Next(5) < 2)
            {
                var victim = model[_random.Next(model.Count)];
                MemoryChain.Remove(ref first, victim);
                model.Remove(victim);
            }
            else
            {
                var session = new MemorySession(Record(startedAfter: _random.Next(20)));
                MemoryChain.Add(ref first, session);
                model.Add(session);
            }

            model.Sort((left, right) => SessionCursor.Compare(left.Cursor, right.Cursor));
            Assert.Equal(model, MemoryChain.Walk(first));
        }

        Assert.Equal(model.AsEnumerable().Reverse(), MemoryChain.Walk(first, backwards: true));
    }

    [Fact]
    public void Shared_strings_are_one_and_a_flood_of_others_takes_no_more_room()
    {
        var strings = new MemoryStrings();
        var first = strings.Shared(new string('a', 10));
        Assert.Same(first, strings.Shared(new string('a', 10)));
        var flood = Enumerable.Range(0, 20_000).Select(number => $"flood {number}").ToArray();
        Assert.All(flood, text => Assert.Same(text, strings.Shared(text)));
        Assert.InRange(flood.Reverse().Count(text => !ReferenceEquals(strings.Shared(new string(text)), text)), 20_000 - 4096, 20_000);
    }
}
