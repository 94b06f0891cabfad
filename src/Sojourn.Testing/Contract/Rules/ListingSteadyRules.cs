using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Listing while sessions come and go.</summary>
internal static class ListingSteadyRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A list that is read while sessions end has each survivor exactly once", async t =>
        {
            var started = await ListingRules.StartManyAsync(t);
            var order = (await t.ListAllAsync(t.Ada, 100)).Select(record => record.Id).ToList();
            var next = 0;

            // Before each further page the session that the page ended with goes, and one that is still to come.
            var seen = await t.ListAllAsync(t.Ada, 3, between: async () =>
            {
                next += 3;
                await t.EndedAsync(order[next - 1]);
                if (next + 1 < order.Count)
                {
                    await t.EndedAsync(order[next + 1]);
                }
            });
            var survivors = (await t.ListAllAsync(t.Ada, 100)).Select(record => record.Id).ToHashSet();
            Expect.True(survivors.Count < started.Count - 8, "many sessions to have ended", $"{survivors.Count} of {started.Count} left");
            Expect.Sequence(order.Where(survivors.Contains), seen.Select(record => record.Id).Where(survivors.Contains), "the survivors");
        }),

        Rule("A list of ended sessions that is read while they are deleted has each survivor exactly once", async t =>
        {
            foreach (var (record, i) in (await ListingRules.StartManyAsync(t)).Select((record, i) => (record, i)))
            {
                await t.EndedAsync(record.Id, Make.Ending(Trial.Noon.AddMinutes(1)) with { KeepUntil = Trial.Noon.AddDays(i % 2 == 0 ? 1 : 30) });
            }

            var seen = await t.ListAllAsync(t.Ada, 5, ended: true, between: () => t.PurgeAllAsync(Trial.Noon.AddDays(2)));
            var survivors = (await t.ListAllAsync(t.Ada, 100, ended: true)).Select(record => record.Id).ToHashSet();
            Expect.Equal(12, survivors.Count, "survivors");
            Expect.Equal(12, seen.Count(record => survivors.Contains(record.Id)), "survivors that were listed");
            Expect.Equal(seen.Count, seen.DistinctBy(record => record.Id).Count(), "records, each once");
        }),

        Rule("A list that is read while sessions start has all that were there before", async t =>
        {
            var before = (await ListingRules.StartManyAsync(t)).Select(record => record.Id).ToHashSet();
            var seen = await t.ListAllAsync(t.Ada, 4, between: () => t.StartedAsync(t.NewRecord(t.Ada, Trial.Noon.AddSeconds(-1))));
            Expect.True(before.SetEquals(seen.Select(record => record.Id).Where(before.Contains)), "every earlier session", $"{seen.Count} records");
            Expect.Equal(seen.Count, seen.DistinctBy(record => record.Id).Count(), "records, each once");
        }),

        Rule("Reading in pages while another thread starts and ends sessions gives each lasting one exactly once", async t =>
        {
            var lasting = (await ListingRules.StartManyAsync(t)).Select(record => record.Id).ToHashSet();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(t.Cancel);
            var churn = Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var record = await t.StartedAsync(t.NewRecord(t.Ada, Trial.Noon.AddMilliseconds(i % 6)));
                    await t.EndedAsync(record.Id);
                }
            }, t.Cancel);
            try
            {
                for (var i = 0; i < 50; i++)
                {
                    var seen = (await t.ListAllAsync(t.Ada, 5)).Select(record => record.Id).Where(lasting.Contains).ToList();
                    Expect.Equal(lasting.Count, seen.Count, "lasting sessions in the list");
                    Expect.True(lasting.SetEquals(seen), "each of them once", "one twice");
                }
            }
            finally
            {
                await stop.CancelAsync();
                await churn;
            }
        }),

        Rule("Of a subject's ended sessions the newest 200 are kept", async t =>
        {
            List<SessionId> order = [];
            for (var i = 0; i < 210; i++)
            {
                var record = await t.StartedAsync(t.NewRecord(t.Ada, Trial.Noon.AddSeconds(i)));
                await t.EndedAsync(record.Id, Make.Ending(Trial.Noon.AddSeconds(i + 0.5)));
                order.Insert(0, record.Id);
            }

            await t.PurgeAllAsync(Trial.Noon.AddHours(1));
            Expect.Sequence(order.Take(200), (await t.ListAllAsync(t.Ada, 100, ended: true)).Select(record => record.Id), "the ended sessions");
            Expect.Equal(0, (await t.OwnerAsync(t.Ada)).ActiveCount, "active sessions");
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("listing", name, body);
}
