using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>Compares what was stored with what came back, field by field: the types themselves compare by reference.</summary>
internal static class Comparison
{
    public static void ExpectSame(SessionRecord expected, SessionRecord? seen)
    {
        Expect.NotNull(seen, "a record");
        Expect.Equal(expected.Id, seen!.Id, "Id");
        Expect.Equal(expected.Tenant, seen.Tenant, "Tenant");
        Expect.Equal(expected.Subject, seen.Subject, "Subject");
        Expect.Equal(expected.Policy, seen.Policy, "Policy");
        Expect.Equal(expected.StartedAt, seen.StartedAt, "StartedAt");
        Expect.Equal(expected.AuthenticatedAt, seen.AuthenticatedAt, "AuthenticatedAt");
        Expect.Equal(expected.LastSeenAt, seen.LastSeenAt, "LastSeenAt");
        Expect.Equal(expected.IdleTimeout, seen.IdleTimeout, "IdleTimeout");
        Expect.Equal(expected.AbsoluteExpiresAt, seen.AbsoluteExpiresAt, "AbsoluteExpiresAt");
        Expect.Equal(expected.IsPersistent, seen.IsPersistent, "IsPersistent");
        Expect.Equal(expected.IsConfirmed, seen.IsConfirmed, "IsConfirmed");
        Expect.Equal(expected.Assurance.Acr, seen.Assurance.Acr, "Assurance.Acr");
        Expect.Equal(expected.Assurance.AcrAt, seen.Assurance.AcrAt, "Assurance.AcrAt");
        Expect.Sequence(expected.Assurance.Methods, seen.Assurance.Methods, "Assurance.Methods");
        Expect.Equal(expected.Device, seen.Device, "Device");
        Expect.Equal(expected.Client, seen.Client, "Client");
        Expect.Equal(expected.Claims, seen.Claims, "Claims");
        Expect.Equal(expected.ShardEpoch, seen.ShardEpoch, "ShardEpoch");
        Expect.Equal(expected.Version, seen.Version, "Version");
        Expect.Equal(expected.Ending, seen.Ending, "Ending");
        Expect.True(expected.Extensions.AsSpan().SequenceEqual(seen.Extensions.AsSpan()), "Extensions as they were given", "other bytes");
        ExpectSame(expected.Token, seen.Token);
    }

    public static void ExpectSame(DataValue expected, DataValue? seen)
    {
        Expect.NotNull(seen, $"the value of '{expected.Key}'");
        Expect.Equal(expected.Key, seen!.Key, "Key");
        Expect.True(expected.Bytes.AsSpan().SequenceEqual(seen.Bytes.AsSpan()), $"the bytes of '{expected.Key}' as they were given", "other bytes");
        Expect.Equal(expected.ExpiresAt, seen.ExpiresAt, "ExpiresAt");
        Expect.Equal(expected.SurvivesSignIn, seen.SurvivesSignIn, "SurvivesSignIn");
    }

    public static void ExpectSame(IReadOnlyList<StoredEvent> expected, IReadOnlyList<StoredEvent> seen)
    {
        Expect.Sequence(expected.Select(Name), seen.Select(Name), "the events");
        for (var i = 0; i < expected.Count; i++)
        {
            ExpectSame(expected[i], seen[i]);
        }
    }

    public static string Name(StoredEvent each) => $"{each.Kind} {each.Number} of {each.Writer.Value:x32}";

    private static void ExpectSame(StoredEvent expected, StoredEvent seen)
    {
        Expect.Equal(expected.At, seen.At, "the event's At");
        Expect.Equal(expected.Reason, seen.Reason, "the event's Reason");
        Expect.Equal(expected.Shard, seen.Shard, "the event's Shard");
        Expect.Equal(expected.Session, seen.Session, "the event's Session");
        Expect.True(expected.Canonical.AsSpan().SequenceEqual(seen.Canonical.AsSpan()), "Canonical as it was given", "other bytes");
        Expect.Sequence(expected.Personal.Select(Show), seen.Personal.Select(Show), "the event's Personal");
    }

    private static string Show(PersonalValue value) => $"{value.Field}={value.Value} with {Convert.ToHexString(value.Salt.AsSpan())}";

    private static void ExpectSame(TokenState expected, TokenState seen)
    {
        Expect.Equal(expected.Stamp, seen.Stamp, "Token.Stamp");
        Expect.Equal(expected.Since, seen.Since, "Token.Since");
        Expect.Equal(expected.Run, seen.Run, "Token.Run");
        Expect.Equal(expected.RotateNow, seen.RotateNow, "Token.RotateNow");
        Expect.Sequence(expected.Pending.Select(mark => mark.At), seen.Pending.Select(mark => mark.At), "the times of Token.Pending");
        Expect.Sequence(expected.Retired.Select(mark => mark.At), seen.Retired.Select(mark => mark.At), "the times of Token.Retired");
        Expect.True(expected.Equals(seen), "Token as it was given, keys and hashes", "other keys or hashes");
    }
}
