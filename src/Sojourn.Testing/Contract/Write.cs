using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>One write that a rule can repeat or cancel: what it does, and how to see whether it happened.</summary>
/// <param name="Events">The events that belong to it.</param>
/// <param name="CallAsync">Makes the call, with identical arguments each time, and gives its answer as text.</param>
/// <param name="HappenedAsync">Whether the store shows it; a half of it is a violation.</param>
internal sealed record Write(EventBatch Events, Func<CancellationToken, Task<string>> CallAsync, Func<Task<bool>> HappenedAsync);

/// <summary>All writes of a store.</summary>
internal static class Writes
{
    public static IReadOnlyList<(string Name, Func<Trial, Task<Write>> PrepareAsync)> All { get; } =
    [
        ("A start", StartAsync), ("A start with victims", StartWithVictimsAsync), ("A change", ChangeAsync), ("An end", EndAsync),
        ("The end of a subject", EndSubjectAsync), ("The end of a shard", EndShardAsync), ("A touch", TouchAsync),
        ("A data commit", CommitAsync), ("A take", TakeAsync), ("An append", AppendAsync),
    ];

    private static Task<Write> StartAsync(Trial t)
    {
        var creation = t.Creation(t.NewRecord(), limit: 1, data: [new("cart", Make.Text("1"), 1)]);
        var call = Answer(cancel => t.Store.StartAsync(creation, cancel), result => $"{result.Status} {result.Record}");
        return Task.FromResult(new Write(creation.Events, call, async () =>
        {
            var found = await t.FindAsync(creation.Record.Id);
            var owner = await t.OwnerAsync(t.Ada);
            return AllOrNothing("session, data, count and list", found is not null, found?.Data.Count == 1, owner.ActiveCount == 1, owner.Records.Count == 1);
        }));
    }

    private static async Task<Write> StartWithVictimsAsync(Trial t)
    {
        var victim = await t.StartedAsync();
        var version = (await t.OwnerAsync(t.Ada)).Version;
        var creation = t.Creation(t.NewRecord(), 1, null, version, new SessionEnd(victim.Id, Make.Ending(Trial.Noon)));
        var call = Answer(cancel => t.Store.StartAsync(creation, cancel), result => $"{result.Status} {result.Record}");
        return new(creation.Events, call, async () =>
        {
            var (started, ended, owner) = (await t.FindAsync(creation.Record.Id) is not null, !(await t.RecordAsync(victim.Id)).IsActive, await t.OwnerAsync(t.Ada));
            return AllOrNothing("session, victim, list and version", started, ended, owner.Records[0].Id == creation.Record.Id, owner.Version > version);
        });
    }

    private static async Task<Write> ChangeAsync(Trial t)
    {
        var record = await t.StartedAsync();
        var change = new RecordChange
        {
            Token = Make.SteppedUp(record.Token, Trial.Noon),
            Claims = Make.Claims("new"),
            AuthenticatedAt = Trial.Noon.AddMinutes(1),
            Announce = true,
        };
        var events = EventSource.Batch(t.Events.Next(SessionEventKind.SteppedUp, t.Shard, record.Id, Trial.Noon));

        // "Done" and "already done" tell who wrote it; both say that it is stored.
        var call = Answer(
            cancel => t.Store.ChangeAsync(record.Id, record.Token.Stamp, change, events, cancel),
            result => $"{(result.Status == ChangeStatus.AlreadyDone ? ChangeStatus.Done : result.Status)} {result.Record}");
        return new(events, call, async () =>
        {
            var seen = await t.RecordAsync(record.Id);
            return AllOrNothing("token, claims, time and version",
                seen.Token.Equals(change.Token), seen.Claims == change.Claims, seen.AuthenticatedAt == change.AuthenticatedAt, seen.Version == record.Version + 1);
        });
    }

    private static async Task<Write> EndAsync(Trial t)
    {
        var record = await t.StartedAsync();
        await t.WrittenAsync(record, Make.Set("cart", "1"));
        var version = (await t.RecordAsync(record.Id)).Version;
        var ending = Make.Ending(Trial.Noon);
        var events = EventSource.Batch(t.Events.Ended(record.Id, ending));
        var guard = new EndGuard(record.LastSeenAt, record.Token.Stamp);
        return new(events, Answer(cancel => t.Store.EndAsync(record.Id, guard, ending, events, cancel), result => $"{result.Status} {result.Record}"), async () =>
        {
            var seen = await t.FoundAsync(record.Id);
            return AllOrNothing("ending, data, count and version",
                seen.Record.Ending == ending, seen.Data.Count == 0, (await t.OwnerAsync(t.Ada)).ActiveCount == 0, seen.Record.Version == version + 1);
        });
    }

    private static async Task<Write> EndSubjectAsync(Trial t)
    {
        SessionEnd[] ends = [new((await t.StartedAsync()).Id, Make.Ending(Trial.Noon)), new((await t.StartedAsync()).Id, Make.Ending(Trial.Noon))];
        var ending = t.SubjectEnding(t.Ada, (await t.OwnerAsync(t.Ada)).Version, Trial.Noon, ends);
        return new(ending.Events, Answer(cancel => t.Store.EndSubjectAsync(ending, cancel), result => $"{result}"), async () =>
        {
            var owner = await t.OwnerAsync(t.Ada);
            var (first, second) = (await t.RecordAsync(ends[0].Id), await t.RecordAsync(ends[1].Id));
            return AllOrNothing("both sessions, count and not-before", !first.IsActive, !second.IsActive, owner.ActiveCount == 0, owner.NotBefore == Trial.Noon);
        });
    }

    private static async Task<Write> EndShardAsync(Trial t)
    {
        var record = await t.StartedAsync();
        var (write, events) = (WriteId.Create(), t.Events.ShardEnded(t.Shard, Trial.Noon));
        var call = Answer(cancel => t.Store.EndShardAsync(t.Shard, write, SessionEndReason.Everybody, events, cancel), result => $"{result.Epoch}");
        return new(events, call, async () =>
        {
            var found = await t.FoundAsync(record.Id);
            Expect.True(found.ShardEpoch <= record.ShardEpoch + 1, "an epoch that is raised by one", $"{found.ShardEpoch - record.ShardEpoch}");
            return AllOrNothing("epoch and reason", found.ShardEpoch > record.ShardEpoch, found.ShardEndReason == SessionEndReason.Everybody);
        });
    }

    private static async Task<Write> TouchAsync(Trial t)
    {
        var record = await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
        SessionTouch[] touches = [new(record.Id, Trial.Noon.AddMinutes(1), new(System.Net.IPAddress.Loopback, "new"))];
        return new(EventBatch.None, Answer(async cancel =>
        {
            await t.Store.TouchAsync(touches, cancel);
            return "touched";
        }), async () =>
        {
            var seen = await t.RecordAsync(record.Id);
            return AllOrNothing("time, confirmation and client", seen.LastSeenAt == touches[0].At, seen.IsConfirmed, seen.Client == touches[0].Client);
        });
    }

    private static async Task<Write> CommitAsync(Trial t)
    {
        var record = await t.StartedAsync();
        await t.WrittenAsync(record, Make.Set("old", "1"));
        var commit = Make.Commit(record, Make.SetIf("a", "1", 0), Make.Set("b", "1"), Make.Remove("old"));
        return new(EventBatch.None, Answer(cancel => t.Store.CommitDataAsync(commit, cancel), result => $"{result.Status} {result.Version}"), async () =>
        {
            var data = await t.DataAsync(record.Id);
            return AllOrNothing("two keys and a removal", data.ContainsKey("a"), data.ContainsKey("b"), !data.ContainsKey("old"));
        });
    }

    private static async Task<Write> TakeAsync(Trial t)
    {
        var record = await t.StartedAsync();
        await t.WrittenAsync(record, Make.Set("flash", "1"));
        var take = Make.Take(record, "flash");
        var call = Answer(cancel => t.Store.TakeDataAsync(take, cancel), value => $"{value?.Key} {value?.Version}");
        return new(EventBatch.None, call, async () => !(await t.DataAsync(record.Id)).ContainsKey("flash"));
    }

    private static Task<Write> AppendAsync(Trial t)
    {
        var (first, second) = (t.Events.Finding(default, Trial.Noon) with { Shard = t.Shard }, t.Events.Next(SessionEventKind.Heartbeat, t.Shard, default, Trial.Noon));
        var events = EventSource.Batch(first, second);
        return Task.FromResult(new Write(events, Answer(async cancel =>
        {
            await t.Store.AppendAsync(events, cancel);
            return "appended";
        }), async () =>
        {
            var log = await t.LogAsync();
            return AllOrNothing("the events", log.Any(each => each.Number == first.Number), log.Any(each => each.Number == second.Number));
        }));
    }

    private static bool AllOrNothing(string parts, params bool[] seen)
    {
        Expect.True(Array.TrueForAll(seen, part => part == seen[0]), $"all or nothing of {parts}", string.Join(", ", seen));
        return seen[0];
    }

    private static Func<CancellationToken, Task<string>> Answer(Func<CancellationToken, Task<string>> call) => call;

    private static Func<CancellationToken, Task<string>> Answer<T>(Func<CancellationToken, ValueTask<T>> call, Func<T, string> show) => async cancel => show(await call(cancel));
}
