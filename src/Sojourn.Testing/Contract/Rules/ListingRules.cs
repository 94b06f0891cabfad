using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Listing the sessions of an owner.</summary>
internal static class ListingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("An owner that was never seen has an empty list and version 0", async t =>
        {
            var list = await t.OwnerAsync(t.Ada);
            Expect.Equal((0, null, 0L, 0, null), (list.Records.Count, list.Next, list.Version, list.ActiveCount, list.NotBefore), "records, next, version, count, not-before");
        }),

        Rule("A list has the records as they are stored", async t =>
        {
            var record = await t.StartedAsync(Samples.All(t.Tenant, t.Shard, Trial.Noon).First());
            Comparison.ExpectSame(record, (await t.OwnerAsync(new(record.Subject, t.Shard))).Records.Single());
            var ended = await t.EndedAsync(record.Id);
            Comparison.ExpectSame(ended, (await t.OwnerAsync(new(record.Subject, t.Shard), ended: true)).Records.Single());
        }),

        Rule("Active sessions are listed oldest start first, and by id within a millisecond, page by page", async t =>
        {
            var expected = (await StartManyAsync(t)).OrderBy(Cursor, Comparer<SessionCursor>.Create(SessionCursor.Compare)).Select(record => record.Id).ToList();
            foreach (var limit in new[] { 1, 3, 7, 23, 24, 500 })
            {
                Expect.Sequence(expected, (await t.ListAllAsync(t.Ada, limit)).Select(record => record.Id), $"the order in pages of {limit}");
            }
        }),

        Rule("Ended sessions are listed newest start first, and by id within a millisecond, page by page", async t =>
        {
            var expected = (await StartManyAsync(t)).OrderByDescending(Cursor, Comparer<SessionCursor>.Create(SessionCursor.Compare)).Select(record => record.Id).ToList();
            foreach (var id in expected.Order())
            {
                await t.EndedAsync(id);
            }

            foreach (var limit in new[] { 1, 5, 24, 500 })
            {
                Expect.Sequence(expected, (await t.ListAllAsync(t.Ada, limit, ended: true)).Select(record => record.Id), $"the order in pages of {limit}");
            }
        }),

        Rule("Active and ended sessions are in different lists", async t =>
        {
            var (first, second) = (await t.StartedAsync(), await t.StartedAsync());
            await t.EndedAsync(first.Id);
            Expect.Sequence([second.Id], (await t.OwnerAsync(t.Ada)).Records.Select(record => record.Id), "the active ones");
            Expect.Sequence([first.Id], (await t.OwnerAsync(t.Ada, ended: true)).Records.Select(record => record.Id), "the ended ones");
        }),

        Rule("Only the last page has no next one, and the next begins behind the last session seen", async t =>
        {
            await StartManyAsync(t);
            var page = await t.Store.ListAsync(t.Ada, new(10), t.Cancel);
            Expect.Equal(Cursor(page.Records[^1]), Expect.NotNull(page.Next as object, "a next page") as SessionCursor?, "the cursor");
            var last = await t.Store.ListAsync(t.Ada, new(14, After: page.Next), t.Cancel);
            Expect.Equal((14, null), (last.Records.Count, last.Next), "records and next of a page that takes exactly the rest");
        }),

        Rule("Owners with names that look alike are kept apart", async t =>
        {
            SessionOwner[] owners =
            [
                new("a", t.Shard), new("A", t.Shard), new("a ", t.Shard), new(" a", t.Shard), new("á", t.Shard), new("a\u0301", t.Shard),
                new("a:b", t.Shard), new("a%", t.Shard), new("a*", t.Shard), new("null", t.Shard), new(null, t.Shard), new(null, (byte)(t.Shard + 1)),
            ];
            foreach (var owner in owners)
            {
                await t.StartedAsync(t.NewRecord(owner));
            }

            foreach (var owner in owners)
            {
                var list = await t.OwnerAsync(owner);
                Expect.Sequence([owner.Subject], list.Records.Select(record => record.Subject), $"the subjects in the list of '{owner.Subject}'");
                Expect.Equal(1, list.ActiveCount, $"active sessions of '{owner.Subject}'");
            }
        }),
    ];

    /// <summary>24 sessions, started out of order, several within one millisecond.</summary>
    internal static async Task<List<SessionRecord>> StartManyAsync(Trial t)
    {
        List<SessionRecord> records = [];
        for (var i = 0; i < 24; i++)
        {
            records.Add(await t.StartedAsync(t.NewRecord(t.Ada, Trial.Noon.AddMilliseconds(i * 7 % 24 / 4))));
        }

        return records;
    }

    private static SessionCursor Cursor(SessionRecord record) => new(record.StartedAt, record.Id);

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("listing", name, body);
}
