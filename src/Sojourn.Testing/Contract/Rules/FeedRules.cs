using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>What a store tells on its feed.</summary>
internal static class FeedRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("Every probe comes back on the feed", async t =>
        {
            using var feed = new FeedListener(t);
            foreach (var nonce in new ulong[] { 0, 1, long.MaxValue, ulong.MaxValue })
            {
                await t.Store.ProbeAsync(nonce, t.Cancel);
                await feed.WaitAsync(message => message.Kind == FeedMessageKind.Probe && message.Nonce == nonce, $"probe {nonce}", t.Cancel);
            }
        }),

        Rule("Every end of a session is told, with its reason, however it came about", async t =>
        {
            using var feed = new FeedListener(t);
            var (one, revoked, victim) = (await t.StartedAsync(), await t.StartedAsync(t.NewRecord(new("bob", t.Shard))), await t.StartedAsync(t.NewRecord(t.Visitors)));
            await t.EndedAsync(one.Id, Make.Ending(Trial.Noon, SessionEndReason.TokenReplay));
            await ExpectEndedAsync(t, feed, one.Id, SessionEndReason.TokenReplay);
            var bob = await t.OwnerAsync(new("bob", t.Shard));
            await t.Store.EndSubjectAsync(t.SubjectEnding(new("bob", t.Shard), bob.Version, null, new SessionEnd(revoked.Id, Make.Ending(Trial.Noon, SessionEndReason.SubjectDisabled))), t.Cancel);
            await ExpectEndedAsync(t, feed, revoked.Id, SessionEndReason.SubjectDisabled);
            var visitors = await t.OwnerAsync(t.Visitors);
            await t.StartedAsync(t.Creation(t.NewRecord(t.Visitors), 1, null, visitors.Version, new SessionEnd(victim.Id, Make.Ending(Trial.Noon, SessionEndReason.LimitReached))));
            await ExpectEndedAsync(t, feed, victim.Id, SessionEndReason.LimitReached);
        }),

        Rule("A change that is to be announced is told, before the end of the same session", async t =>
        {
            using var feed = new FeedListener(t);
            var record = await t.StartedAsync();
            await t.ChangedAsync(record, new() { Token = Make.SteppedUp(record.Token, Trial.Noon), Announce = true });
            await feed.WaitAsync(message => message.Kind == FeedMessageKind.Changed && message.Session == record.Id, "the change", t.Cancel);
            await t.EndedAsync(record.Id);
            await ExpectEndedAsync(t, feed, record.Id, SessionEndReason.SignedOut);
            Expect.Sequence([FeedMessageKind.Changed, FeedMessageKind.Ended], feed.About(record.Id).Select(message => message.Kind).Distinct(), "the messages of the session");
        }),

        Rule("The end of a shard is told", async t =>
        {
            using var feed = new FeedListener(t);
            await t.Store.EndShardAsync(t.Shard, WriteId.Create(), SessionEndReason.Everybody, t.Events.ShardEnded(t.Shard, Trial.Noon), t.Cancel);
            await feed.WaitAsync(message => message.Kind == FeedMessageKind.ShardEnded && message.Shard == t.Shard, "the end of the shard", t.Cancel);
        }),

        Rule("Starts, touches and data writes are not told", async t =>
        {
            using var feed = new FeedListener(t);
            var record = await t.StartedAsync();
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1)));
            await t.WrittenAsync(record, Make.Set("a", "1"));
            await t.Store.TakeDataAsync(Make.Take(record, "a"), t.Cancel);
            await feed.SettleAsync(t.Store, t.Cancel);
            Expect.Equal(0, feed.About(record.Id).Count(), "messages about the session");
        }),

        Rule("What is lost, late or refused is not told as an end", async t =>
        {
            var record = await t.StartedAsync();
            using var feed = new FeedListener(t);
            await t.EndAsync(record.Id, Make.Ending(Trial.Noon), new(LastSeenAt: Trial.Noon.AddHours(-1)));
            await t.Store.StartAsync(t.Creation(t.NewRecord(), 1, null, 0, new SessionEnd(record.Id, Make.Ending(Trial.Noon))), t.Cancel);
            await feed.SettleAsync(t.Store, t.Cancel);
            Expect.Equal(0, feed.About(record.Id).Count(message => message.Kind == FeedMessageKind.Ended), "ends told of an active session");
        }),

        Rule("A subscription that was disposed is told nothing more, and the others are", async t =>
        {
            var record = await t.StartedAsync();
            using var kept = new FeedListener(t);
            var dropped = new FeedListener(t);
            dropped.Dispose();
            dropped.Dispose();
            await t.EndedAsync(record.Id);
            await ExpectEndedAsync(t, kept, record.Id, SessionEndReason.SignedOut);
            await kept.SettleAsync(t.Store, t.Cancel);
            Expect.Equal(0, dropped.About(record.Id).Count(), "messages to the disposed subscription");
        }),

        Rule("Every node hears what another node changed, and its own changes", async t =>
        {
            var node = await t.OtherNodeAsync();
            using var here = new FeedListener(t);
            using var there = new FeedListener(t, node);
            var (one, two) = (await t.StartedAsync(), await t.StartedAsync());
            await t.EndedAsync(one.Id);
            var ending = Make.Ending(Trial.Noon, SessionEndReason.Replaced);
            await node.EndAsync(two.Id, default, ending, EventSource.Batch(t.Events.Ended(two.Id, ending)), t.Cancel);
            foreach (var feed in new[] { here, there })
            {
                await ExpectEndedAsync(t, feed, one.Id, SessionEndReason.SignedOut);
                await ExpectEndedAsync(t, feed, two.Id, SessionEndReason.Replaced);
            }
        }),

        Rule("What a message tells has happened when it is told", async t =>
        {
            using var feed = new FeedListener(t);
            for (var i = 0; i < 20; i++)
            {
                var record = await t.StartedAsync();
                var end = t.EndedAsync(record.Id);
                await ExpectEndedAsync(t, feed, record.Id, SessionEndReason.SignedOut);
                Expect.True(!(await t.RecordAsync(record.Id)).IsActive, "an ended session behind the message", "an active one");
                await end;
            }
        }),
    ];

    private static async Task ExpectEndedAsync(Trial t, FeedListener feed, SessionId id, SessionEndReason reason)
    {
        var message = await feed.WaitAsync(message => message.Kind == FeedMessageKind.Ended && message.Session == id, "the end of the session", t.Cancel);
        Expect.Equal(reason, message.Reason, "the reason");
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("feed", name, body);
}
