using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Events, written in the same step as the change that they describe.</summary>
internal static class EventRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("An event is read as it was written, in every field", async t =>
        {
            var record = await t.StartedAsync();
            StoredEvent[] events =
            [
                t.Events.Finding(record.Id, Trial.Noon.AddMilliseconds(3)),
                t.Events.Next(SessionEventKind.Heartbeat, t.Shard, default, Trial.Noon),
                t.Events.Next(SessionEventKind.SignInRefused, t.Shard, default, Trial.Noon, SessionEndReason.LimitReached) with { Canonical = Make.Bytes(5000) },
            ];
            await t.Store.AppendAsync(new([.. events]), t.Cancel);
            Comparison.ExpectSame(events, (await t.LogAsync())[1..]);
        }),

        Rule("Events are in the log with their change, in the order of the changes", async t =>
        {
            var record = t.NewRecord();
            StoredEvent[] expected =
            [
                t.Events.Started(record), t.Events.Rotated(record.Id, Trial.Noon), t.Events.Next(SessionEventKind.SteppedUp, t.Shard, record.Id, Trial.Noon),
                t.Events.Next(SessionEventKind.Heartbeat, t.Shard, default, Trial.Noon), t.Events.Ended(record.Id, Make.Ending(Trial.Noon)), t.Events.ShardEnded(t.Shard, Trial.Noon).Events[0],
            ];
            await t.StartedAsync(t.Creation(record) with { Events = EventSource.Batch(expected[0]) });
            var rotated = Make.Rotated(record.Token, Trial.Noon);
            await t.Store.ChangeAsync(record.Id, record.Token.Stamp, new() { Token = rotated }, EventSource.Batch(expected[1]), t.Cancel);
            await t.Store.ChangeAsync(record.Id, rotated.Stamp, new() { Token = Make.SteppedUp(rotated, Trial.Noon) }, EventSource.Batch(expected[2]), t.Cancel);
            await t.Store.AppendAsync(EventSource.Batch(expected[3]), t.Cancel);
            await t.Store.EndAsync(record.Id, default, Make.Ending(Trial.Noon), EventSource.Batch(expected[4]), t.Cancel);
            await t.Store.EndShardAsync(t.Shard, WriteId.Create(), SessionEndReason.Everybody, EventSource.Batch(expected[5]), t.Cancel);
            Comparison.ExpectSame(expected, await t.LogAsync());
        }),

        Rule("The end of a subject writes the subject's event and those of its sessions, in order", async t =>
        {
            SessionEnd[] ends = [new((await t.StartedAsync()).Id, Make.Ending(Trial.Noon)), new((await t.StartedAsync()).Id, Make.Ending(Trial.Noon))];
            var ending = t.SubjectEnding(t.Ada, (await t.OwnerAsync(t.Ada)).Version, Trial.Noon, ends);
            await t.Store.EndSubjectAsync(ending, t.Cancel);
            Comparison.ExpectSame(ending.Events.Events, (await t.LogAsync())[2..]);
        }),

        Rule("What is refused, lost, late or missing leaves no event", async t =>
        {
            var record = await t.StartedAsync();
            await t.RotatedAsync(record);
            var version = (await t.OwnerAsync(t.Ada)).Version;
            var other = await t.StartedAsync();
            await t.EndedAsync(other.Id);
            var before = await t.LogAsync();

            var next = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon) };
            foreach (var id in new[] { record.Id, other.Id, Make.Id(t.Shard) })
            {
                await t.Store.ChangeAsync(id, record.Token.Stamp, next, EventSource.Batch(t.Events.Rotated(id, Trial.Noon)), t.Cancel);
            }

            await t.EndAsync(other.Id, Make.Ending(Trial.Noon));
            await t.EndAsync(Make.Id(t.Shard), Make.Ending(Trial.Noon));
            await t.EndAsync(record.Id, Make.Ending(Trial.Noon), new(LastSeenAt: Trial.Noon.AddHours(-1)));
            await t.Store.StartAsync(t.Creation(t.NewRecord(), limit: 1), t.Cancel);
            await t.Store.EndSubjectAsync(t.SubjectEnding(t.Ada, version, Trial.Noon, new SessionEnd(record.Id, Make.Ending(Trial.Noon))), t.Cancel);
            Comparison.ExpectSame(before, await t.LogAsync());
        }),

        Rule("An appended event is unique by writer and number", async t =>
        {
            var (first, second) = (t.Events.Finding(default, Trial.Noon) with { Shard = t.Shard }, t.Events.Finding(default, Trial.Noon) with { Shard = t.Shard });
            var third = first with { Writer = WriteId.Create() };
            await t.Store.AppendAsync(EventSource.Batch(first), t.Cancel);
            await t.Store.AppendAsync(EventSource.Batch(first, second), t.Cancel);
            await t.Store.AppendAsync(EventSource.Batch(third, second), t.Cancel);
            Comparison.ExpectSame([first, second, third], await t.LogAsync());
        }),

        Rule("Appended events go to the logs of their shards, and appending none is nothing", async t =>
        {
            var other = (byte)(t.Shard + 1);
            var (here, there) = (t.Events.Next(SessionEventKind.Heartbeat, t.Shard, default, Trial.Noon), t.Events.Next(SessionEventKind.Heartbeat, other, default, Trial.Noon));
            await t.Store.AppendAsync(EventBatch.None, t.Cancel);
            await t.Store.AppendAsync(EventSource.Batch(here, there), t.Cancel);
            Comparison.ExpectSame([here], await t.LogAsync());
            Comparison.ExpectSame([there], await t.LogAsync(other));
        }),

        Rule("The log is read page by page, with positions that rise, and goes on behind the last", async t =>
        {
            List<StoredEvent> written = [];
            List<LoggedEvent> read = [];
            for (var i = 0; i < 10; i++)
            {
                written.Add(t.Events.Next(SessionEventKind.Heartbeat, t.Shard, default, Trial.Noon.AddSeconds(i)));
                await t.Store.AppendAsync(EventSource.Batch(written[^1]), t.Cancel);
                if (i % 2 == 1)
                {
                    var page = await t.Log.ReadAsync(t.Shard, read.Count == 0 ? 0 : read[^1].Position, 1, t.Cancel);
                    Expect.Equal(1, page.Count, "events in a page of one");
                    read.AddRange(page);
                }
            }

            read.AddRange(await t.Log.ReadAsync(t.Shard, read[^1].Position, 100, t.Cancel));
            Comparison.ExpectSame(written, [.. read.Select(logged => logged.Event)]);
            Expect.True(read[0].Position > 0, "positions above 0, which begins", $"{read[0].Position}");
            Expect.True(read.Zip(read.Skip(1)).All(pair => pair.First.Position < pair.Second.Position), "positions that rise", "others");
            Expect.Equal(0, (await t.Log.ReadAsync(t.Shard, read[^1].Position, 100, t.Cancel)).Count, "events behind the last");
        }),

        Rule("A purge and a second look leave the log as it is", async t =>
        {
            var record = await t.StartedAsync();
            await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
            var before = await t.LogAsync();
            await t.PurgeAllAsync(Trial.Noon.AddYears(1));
            Comparison.ExpectSame(before, await t.LogAsync());
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("events", name, body);
}
