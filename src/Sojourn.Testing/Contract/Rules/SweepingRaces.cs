using System.Collections.Concurrent;
using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Sweeps and purges side by side.</summary>
internal static class SweepingRaces
{
    private const int Sessions = 300;

    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("Two sweeps side by side find every due session, and lose none", async t =>
        {
            HashSet<SessionId> due = [];
            for (var i = 0; i < Sessions; i++)
            {
                var record = await t.StartedAsync(t.NewRecord(new($"subject-{i % 50}", t.Shard)));
                if (i % 4 == 0)
                {
                    await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(50)));
                }
                else
                {
                    due.Add(record.Id);
                }
            }

            var ended = new ConcurrentDictionary<SessionId, int>();
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => SweepAsync(t, due.Count, ended), t.Cancel)));
            Expect.True(due.SetEquals(ended.Keys), $"all {due.Count} due sessions to be found", $"{ended.Count}");
            Expect.True(ended.Values.All(times => times == 1), "each to be ended once", "one twice");
            foreach (var id in due)
            {
                Expect.True(!(await t.RecordAsync(id)).IsActive, "an ended session", "an active one");
            }
        }),

        Rule("Two purges side by side delete each record once", async t =>
        {
            List<SessionId> ids = [];
            for (var i = 0; i < Sessions; i++)
            {
                var record = await t.StartedAsync(t.NewRecord(new($"subject-{i % 50}", t.Shard)));
                await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
                ids.Add(record.Id);
            }

            var deleted = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                var sum = 0;
                for (int last; (last = await t.Store.PurgeAsync(t.Shard, Trial.Noon.AddDays(1), 7, t.Cancel)) > 0;)
                {
                    sum += last;
                }

                return sum;
            }, t.Cancel)));
            Expect.Equal(Sessions, deleted.Sum(), "records that the two say they deleted");
            foreach (var id in ids)
            {
                Expect.True(await t.FindAsync(id) is null, "no session", "one");
            }
        }),

        Rule("A sweep that races a touch ends only who was not seen", async t =>
        {
            await Race.RunAsync(t, async i => new Round(await t.StartedAsync(t.NewRecord(Trial.OwnerOf(i)))),
                async round =>
                {
                    var seen = await t.RecordAsync(round.Record.Id);
                    var touched = seen.LastSeenAt > Trial.Noon;
                    Expect.Equal(touched, seen.IsActive, "whether the session is active");
                    await t.EndAsync(round.Record.Id, Make.Ending(Trial.Noon.AddMinutes(61)));
                    return touched ? 1 : 0;
                },
                async round =>
                {
                    foreach (var due in (await t.Store.FindDueAsync(round.Record.Id.Shard, new(Trial.Noon.AddMinutes(61), Trial.Noon.AddDays(-1), 100), t.Cancel)).Sessions)
                    {
                        await t.EndAsync(due.Record.Id, Make.Ending(Trial.Noon.AddMinutes(61), SessionEndReason.Idle), new(LastSeenAt: due.Record.LastSeenAt));
                    }
                },
                round => t.TouchAsync(new SessionTouch(round.Record.Id, Trial.Noon.AddMinutes(30))));
        }),
    ];

    private static async Task SweepAsync(Trial t, int total, ConcurrentDictionary<SessionId, int> ended)
    {
        for (var call = 0; call < Sessions * 2 && ended.Count < total; call++)
        {
            foreach (var due in (await t.Store.FindDueAsync(t.Shard, new(Trial.Noon.AddMinutes(61), Trial.Noon.AddYears(-1), 5), t.Cancel)).Sessions)
            {
                var result = await t.EndAsync(due.Record.Id, Make.Ending(Trial.Noon.AddMinutes(62), SessionEndReason.Idle), new(LastSeenAt: due.Record.LastSeenAt));
                if (result.Status == EndStatus.Ended)
                {
                    ended.AddOrUpdate(due.Record.Id, 1, (_, times) => times + 1);
                }
            }
        }
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("races", name, body);

    private sealed class Round(SessionRecord record)
    {
        public SessionRecord Record { get; } = record;
    }
}
