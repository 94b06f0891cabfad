using System.Net;
using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>Records that together use every field, and every way in which a field can be empty.</summary>
internal static class Samples
{
    public static IEnumerable<SessionRecord> All(string tenant, byte shard, DateTimeOffset at)
    {
        yield return Full(tenant, shard, at);
        yield return Make.Record(tenant, new(null, shard), at) with { Claims = default, IsConfirmed = false };
        yield return Full(tenant, shard, at) with { Client = new(IPAddress.Parse("203.0.113.7"), null), Extensions = [0] };
        yield return Full(tenant, shard, at) with { Client = new((IPAddress?)null, "curl/8"), Subject = "O'Brien; DROP TABLE --" };
        yield return Full(tenant, shard, at) with { Client = new(IPAddress.Parse("::"), ""), Subject = " Ünïcode 漢字 🦊 e\u0301 " };
        yield return Full(tenant, shard, at) with { Token = Make.Token(at), Assurance = new(null, [new("pwd", at)]), Policy = "Ärzte 🩺" };
    }

    private static SessionRecord Full(string tenant, byte shard, DateTimeOffset at) => new()
    {
        Id = Make.Id(shard),
        Tenant = tenant,
        Subject = "ada",
        Policy = "staff",
        Token = Token(at),
        StartedAt = at,
        AuthenticatedAt = at.AddMilliseconds(-1),
        LastSeenAt = at.AddMilliseconds(1),
        IdleTimeout = TimeSpan.FromSeconds(1234567),
        AbsoluteExpiresAt = at.AddDays(30).AddMilliseconds(7),
        IsPersistent = true,
        IsConfirmed = true,
        Assurance = new("urn:mace:silver", [new("pwd", at.AddMilliseconds(-3)), new("otp", at.AddMilliseconds(-2)), new("ключ", at)], at.AddMilliseconds(-2)),
        Device = Make.Device(),
        Client = new(IPAddress.Parse("2001:db8::dead:beef"), "Mozilla/5.0 (X11; Linux) Ünïcode/1 " + new string('x', 400)),
        Claims = new(Make.Bytes(3000)),
        Version = 1,
        Extensions = Make.Bytes(500),
    };

    private static TokenState Token(DateTimeOffset at) => new()
    {
        Epoch = 5_000_000_000,
        Lineage = 2_000_000_000,
        Key = Make.Key(),
        PreviousKey = Make.Key(),
        Current = Make.Hash(),
        Since = at.AddMilliseconds(3),
        Pending = [new(Make.Hash(), at.AddMilliseconds(4)), new(Make.Hash(), at.AddMilliseconds(5)), new(Make.Hash(), at.AddMilliseconds(6))],
        Retired = [.. Enumerable.Range(0, 5).Select(each => new TokenMark(Make.Hash(), at.AddSeconds(-each)))],
        Run = 6,
        RotateNow = true,
    };
}
