using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Replacing parts of a record by compare-and-set.</summary>
internal static class ChangingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A change replaces the parts that are given and leaves the others alone", async t =>
        {
            var record = await t.StartedAsync(Samples.All(t.Tenant, t.Shard, Trial.Noon).First());
            RecordChange[] changes =
            [
                new() { Token = Make.Rotated(record.Token, Trial.Noon) },
                new() { Token = Make.SteppedUp(record.Token, Trial.Noon), Announce = true, Claims = Make.Claims("new") },
                new() { Token = record.Token, Assurance = new("gold", [new("hwk", Trial.Noon)]), AuthenticatedAt = Trial.Noon.AddHours(1) },
                new() { Token = record.Token, AbsoluteExpiresAt = Trial.Noon.AddDays(3), Claims = new([]) },
                new() { Token = record.Token, Extensions = Make.Bytes(600) },
                new() { Token = record.Token, Extensions = [] },
                new() { Token = record.Token, ForgetsAuthentication = true, Announce = true },
            ];
            foreach (var each in changes)
            {
                var change = each with { Token = Next(each.Token, record.Token) };
                var result = await t.ChangeAsync(record, change);
                Expect.Equal(ChangeStatus.Done, result.Status, "the answer");
                Comparison.ExpectSame(change.Apply(record), result.Record);
                record = await t.RecordAsync(record.Id);
                Comparison.ExpectSame(result.Record!, record);
            }
        }),

        Rule("A change that forgets when the person authenticated leaves no time, until another one says a new one", async t =>
        {
            var record = await t.StartedAsync(t.NewRecord() with { AuthenticatedAt = Trial.Noon.AddMinutes(1) });
            var forgets = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon), ForgetsAuthentication = true, AuthenticatedAt = Trial.Noon.AddMinutes(2) };
            var forgotten = await t.ChangedAsync(record, forgets);
            Expect.Equal(null, forgotten.AuthenticatedAt, "the time in the answer");
            Expect.Equal(null, (await t.RecordAsync(record.Id)).AuthenticatedAt, "the time in the store");
            var repeated = await t.Store.ChangeAsync(record.Id, record.Token.Stamp, forgets, EventSource.Batch(t.Events.Rotated(record.Id, Trial.Noon)), t.Cancel);
            Expect.Equal(ChangeStatus.AlreadyDone, repeated.Status, "the answer to a repetition");

            await t.RotatedAsync(forgotten);
            Expect.Equal(null, (await t.RecordAsync(record.Id)).AuthenticatedAt, "the time after a rotation");
            var rotated = await t.RecordAsync(record.Id);
            await t.ChangedAsync(rotated, new() { Token = Make.SteppedUp(rotated.Token, Trial.Noon), AuthenticatedAt = Trial.Noon.AddMinutes(3) });
            Expect.Equal(Trial.Noon.AddMinutes(3), (await t.RecordAsync(record.Id)).AuthenticatedAt, "the time after a step-up");
        }),

        Rule("Of two changes from one state exactly one wins, and the other is told what won", async t =>
        {
            var record = await t.StartedAsync();
            var winner = await t.RotatedAsync(record);
            var loser = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon), Claims = Make.Claims("lost") };
            var result = await t.ChangeAsync(record, loser);
            Expect.Equal(ChangeStatus.Lost, result.Status, "the answer to the second");
            Comparison.ExpectSame(winner, result.Record);
            Comparison.ExpectSame(winner, await t.RecordAsync(record.Id));
        }),

        Rule("A change loses when only the epoch or only the lineage is another one", async t =>
        {
            var record = await t.StartedAsync();
            foreach (var stamp in new TokenStamp[] { new(record.Token.Epoch + 1, record.Token.Lineage), new(record.Token.Epoch, record.Token.Lineage + 1), new(0, 0) })
            {
                var change = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon) };
                var result = await t.Store.ChangeAsync(record.Id, stamp, change, EventSource.Batch(t.Events.Rotated(record.Id, Trial.Noon)), t.Cancel);
                Expect.Equal(ChangeStatus.Lost, result.Status, $"the answer to a change from {stamp}");
            }

            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
        }),

        Rule("Touches and data writes never make a change lose, and a change loses none of them", async t =>
        {
            var record = await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
            var version = await t.WrittenAsync(record, Make.Set("cart", "1"));
            var client = new SessionClient(System.Net.IPAddress.Loopback, "other");
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(7), client));
            var change = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon), Claims = Make.Claims("new") };
            await t.ChangedAsync(record, change);
            var seen = await t.FoundAsync(record.Id);
            Expect.Equal((Trial.Noon.AddMinutes(7), true, client), (seen.Record.LastSeenAt, seen.Record.IsConfirmed, seen.Record.Client), "what the touch noted");
            Expect.Equal(change.Claims.Value, seen.Record.Claims, "Claims");
            Expect.Equal(version, seen.Data.Single().Version, "the version of the data");

            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(8)));
            await t.WrittenAsync(seen.Record, Make.SetIf("cart", "2", version));
            Expect.True(change.Token.Equals((await t.RecordAsync(record.Id)).Token), "the changed token state", "another");
        }),

        Rule("Each change counts one version, and a touch counts none", async t =>
        {
            var record = await t.StartedAsync();
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1)));
            Expect.Equal(record.Version, (await t.RecordAsync(record.Id)).Version, "Version after a touch");
            var changed = await t.RotatedAsync(record);
            Expect.Equal(record.Version + 1, changed.Version, "Version after a change");
            Expect.Equal(record.Version + 2, (await t.EndedAsync(record.Id)).Version, "Version after the end");
        }),

        Rule("A change that somebody else made before is already done", async t =>
        {
            var record = await t.StartedAsync();
            var change = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon), Claims = Make.Claims("same") };
            var changed = await t.ChangedAsync(record, change);
            var twin = t.Events.Rotated(record.Id, Trial.Noon);
            var result = await t.Store.ChangeAsync(record.Id, record.Token.Stamp, change, EventSource.Batch(twin), t.Cancel);
            Expect.Equal(ChangeStatus.AlreadyDone, result.Status, "the answer");
            Comparison.ExpectSame(changed, result.Record);
            Comparison.ExpectSame(changed, await t.RecordAsync(record.Id));
            Expect.Equal(0, await t.TimesLoggedAsync(twin), "events of the change that was already done");
        }),
    ];

    private static TokenState Next(TokenState wanted, TokenState current)
        => wanted.Lineage > current.Lineage ? Make.SteppedUp(current, Trial.Noon) : Make.Rotated(current, Trial.Noon);

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("changing", name, body);
}
