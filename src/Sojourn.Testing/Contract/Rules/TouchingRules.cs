using System.Net;
using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Noting activity.</summary>
internal static class TouchingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A touch moves the last activity forward, confirms the session and changes nothing else", async t =>
        {
            var record = await t.StartedAsync(Samples.All(t.Tenant, t.Shard, Trial.Noon).First() with { IsConfirmed = false });
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(5)));
            Comparison.ExpectSame(record with { LastSeenAt = Trial.Noon.AddMinutes(5), IsConfirmed = true }, await t.RecordAsync(record.Id));
        }),

        Rule("A touch at the time of the start confirms the session", async t =>
        {
            var record = await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon));
            Comparison.ExpectSame(record with { IsConfirmed = true }, await t.RecordAsync(record.Id));
        }),

        Rule("A touch brings the client when it changed, and leaves it when it did not", async t =>
        {
            var record = await t.StartedAsync(t.NewRecord() with { Client = new(IPAddress.Loopback, "first") });
            foreach (var client in new SessionClient[] { new(IPAddress.IPv6Loopback, "Ünïcode"), new((IPAddress?)null, null), new(IPAddress.Loopback, "") })
            {
                await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1), client));
                Expect.Equal(client, (await t.RecordAsync(record.Id)).Client, "Client");
                await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1)));
                Expect.Equal(client, (await t.RecordAsync(record.Id)).Client, "Client after a touch without one");
            }
        }),

        Rule("The last activity never moves back", async t =>
        {
            var record = await t.StartedAsync();
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(9)));
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(3)));
            Expect.Equal(Trial.Noon.AddMinutes(9), (await t.RecordAsync(record.Id)).LastSeenAt, "LastSeenAt after a late flush of an older touch");
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(12)), new SessionTouch(record.Id, Trial.Noon.AddMinutes(10)));
            Expect.Equal(Trial.Noon.AddMinutes(12), (await t.RecordAsync(record.Id)).LastSeenAt, "LastSeenAt after two touches in one batch");
        }),

        Rule("A touch counts at the stored deadline and not behind it, idle or absolute", async t =>
        {
            var idle = await t.StartedAsync();
            var absolute = await t.StartedAsync(t.NewRecord() with { AbsoluteExpiresAt = Trial.Noon.AddMinutes(10) });
            foreach (var record in new[] { idle, absolute })
            {
                await t.TouchAsync(new SessionTouch(record.Id, record.ExpiresAt.AddMilliseconds(1)));
                Expect.Equal(Trial.Noon, (await t.RecordAsync(record.Id)).LastSeenAt, "LastSeenAt after a touch behind the deadline");
                await t.TouchAsync(new SessionTouch(record.Id, record.ExpiresAt));
                Expect.Equal(record.ExpiresAt, (await t.RecordAsync(record.Id)).LastSeenAt, "LastSeenAt after a touch at the deadline");
            }
        }),

        Rule("A touch that counted moves the deadline for the next", async t =>
        {
            var record = await t.StartedAsync();
            for (var i = 1; i <= 20; i++)
            {
                await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(50 * i)));
            }

            Expect.Equal(Trial.Noon.AddMinutes(1000), (await t.RecordAsync(record.Id)).LastSeenAt, "LastSeenAt after a touch every 50 minutes");
        }),

        Rule("Each touch of a batch stands alone", async t =>
        {
            var (good, ended, expired, other) = (await t.StartedAsync(), await t.StartedAsync(), await t.StartedAsync(), await t.StartedAsync(t.NewRecord(new("bob", (byte)(t.Shard + 1)))));
            await t.EndedAsync(ended.Id);
            var at = Trial.Noon.AddMinutes(5);
            var missing = Make.Id(t.Shard);
            await t.TouchAsync(new(missing, at), new(ended.Id, at), new(expired.Id, at.AddDays(9)), new(good.Id, at), new(other.Id, at));
            Expect.Equal((at, at), ((await t.RecordAsync(good.Id)).LastSeenAt, (await t.RecordAsync(other.Id)).LastSeenAt), "LastSeenAt of those that count");
            Expect.Equal((Trial.Noon, Trial.Noon), ((await t.RecordAsync(ended.Id)).LastSeenAt, (await t.RecordAsync(expired.Id)).LastSeenAt), "LastSeenAt of those that do not");
            Expect.True(await t.FindAsync(missing) is null, "no session where there was none", "one");
        }),

        Rule("A touch writes no event and no touches are nothing", async t =>
        {
            var record = await t.StartedAsync();
            var events = (await t.LogAsync()).Count;
            await t.TouchAsync();
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1)));
            Expect.Equal(events, (await t.LogAsync()).Count, "events in the log");
        }),

        Rule("A batch of a thousand touches is written", async t =>
        {
            List<SessionRecord> records = [];
            for (var i = 0; i < 100; i++)
            {
                records.Add(await t.StartedAsync(t.NewRecord(new($"subject-{i}", (byte)i))));
            }

            await t.TouchAsync([.. Enumerable.Range(1, 1000).Select(i => new SessionTouch(records[i % 100].Id, Trial.Noon.AddSeconds(i)))]);
            for (var i = 0; i < 100; i++)
            {
                Expect.Equal(Trial.Noon.AddSeconds(i == 0 ? 1000 : 900 + i), (await t.RecordAsync(records[i].Id)).LastSeenAt, "LastSeenAt");
            }
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("touching", name, body);
}
