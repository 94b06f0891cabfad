using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Starts: everything is checked before anything is changed.</summary>
internal static class Starts
{
    public static StartResult Start(Desk desk, SessionCreation creation)
    {
        var record = creation.Record;
        if (desk.Find(record.Id) is { } same)
        {
            return Repeated(same.Record, record);
        }

        var shard = desk.ShardOf(record.Id);
        var owner = desk.Owners.Find(shard, record.Subject);
        if (owner?.NotBefore is { } notBefore && creation.AuthenticationBegan.ToUnixTimeMilliseconds() < notBefore)
        {
            return new(StartStatus.BeforeNotBefore);
        }

        if (Ends.FindActive(desk, owner, creation.Victims) is not { } victims || MustEndFirst(desk, owner, creation, victims))
        {
            return new(StartStatus.MustEndFirst);
        }

        owner ??= desk.Owners.Add(shard, record.Subject);
        for (var i = 0; i < victims.Count; i++)
        {
            Ends.End(desk, victims[i], owner, creation.Victims[i].Ending);
        }

        var stored = record with { ShardEpoch = desk.Shards.Get(shard).Epoch };
        var sweepAt = (stored.IsConfirmed ? stored.ExpiresAt : stored.StartedAt).ToUnixTimeMilliseconds();
        var bytes = creation.Data.Sum(value => (long)DataTable.SizeOf(value.Key, value.Bytes.Length));
        var number = desk.Sessions.Insert(shard, owner.Number, stored, sweepAt, creation.Data.Count, bytes);
        for (var i = 0; i < creation.Data.Count; i++)
        {
            var value = creation.Data[i];
            desk.Data.Put(number, value.Key, value.Bytes, i + 1, value.ExpiresAt, value.SurvivesSignIn);
        }

        owner.Active++;
        owner.Version++;
        desk.Owners.Save(owner);
        desk.Events.Append(creation.Events);
        return new(StartStatus.Started, stored);
    }

    private static StartResult Repeated(SessionRecord stored, SessionRecord record)
    {
        // The session may have rotated since its first start: then the token is among those that were replaced.
        var hash = record.Token.Current;
        return stored.Token.Current == hash || stored.Token.Retired.Any(mark => mark.Hash == hash)
            ? new(StartStatus.Started, stored)
            : throw new SessionStoreException("Start", $"Session {record.Id} exists already with another token; ids are random and never used twice.", isTransient: false);
    }

    private static bool MustEndFirst(Desk desk, OwnerRow? owner, SessionCreation creation, List<SessionRow> victims)
    {
        if ((victims.Count > 0 || creation.OwnerVersion is not null) && creation.OwnerVersion != (owner?.Version ?? 0))
        {
            return true;
        }

        if ((owner?.Active ?? 0) - victims.Count + 1 > creation.Limit)
        {
            return true;
        }

        var device = creation.Record.Device;
        return owner is { Active: > 0 } && !device.IsUnknown && desk.Sessions.HasUnconfirmed(owner.Number, device, victims);
    }
}
