using System.Security.Claims;
using System.Text;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>An identity as it was packed: plain text, from which each request makes its own claims.</summary>
internal sealed record PackedIdentity(string? AuthenticationType, string? NameClaimType, string? RoleClaimType, string? Label, PackedClaim[] Claims, PackedIdentity? Actor)
{
    public ClaimsIdentity ToIdentity() => new(Claims.Select(claim => claim.ToClaim(null)), AuthenticationType, NameClaimType, RoleClaimType)
    {
        Label = Label,
        Actor = Actor?.ToIdentity(),
    };
}

/// <summary>A claim as it was packed.</summary>
internal readonly record struct PackedClaim(string Type, string Value, string? ValueType, string? Issuer, string? OriginalIssuer, KeyValuePair<string, string>[] Properties)
{
    /// <summary>A new claim object, since applications may write to its properties.</summary>
    public Claim ToClaim(ClaimsIdentity? subject)
    {
        var claim = new Claim(Type, Value, ValueType, Issuer, OriginalIssuer, subject);
        foreach (var (name, value) in Properties)
        {
            claim.Properties[name] = value;
        }

        return claim;
    }
}

/// <summary>Reads what <see cref="ClaimsPacker"/> wrote. Anything else is a corrupt record, which is a fault, not a stranger.</summary>
internal ref struct ClaimsReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _subject;
    private ReadOnlySpan<byte> _rest;

    private ClaimsReader(ReadOnlySpan<byte> bytes, string? subject)
    {
        _rest = bytes;
        _subject = subject;
    }

    /// <exception cref="SessionStoreException">The blob is corrupt.</exception>
    public static PackedIdentity[] Read(PackedClaims packed, string? subject)
    {
        if (packed.IsEmpty)
        {
            return [];
        }

        try
        {
            var reader = new ClaimsReader(packed.Bytes.AsSpan(), subject);
            Expect(reader.Byte() == ClaimsPacker.Format);
            var identities = new PackedIdentity[reader.Count()];
            for (var i = 0; i < identities.Length; i++)
            {
                identities[i] = reader.Identity(depth: 0);
            }

            Expect(reader._rest.IsEmpty);
            return identities;
        }
        catch (DecoderFallbackException fault)
        {
            throw Corrupt(fault);
        }
    }

    private PackedIdentity Identity(int depth)
    {
        Expect(depth <= ClaimsPacker.MaxActors);
        var (authenticationType, nameType, roleType, label) = (Text(), Text(), Text(), Text());
        var claims = new PackedClaim[Count()];
        for (var i = 0; i < claims.Length; i++)
        {
            var (type, value, valueType, issuer, original) = (Text(), Text(), Text(), Text(), Text());
            Expect(type is not null && value is not null);
            var properties = new KeyValuePair<string, string>[Count()];
            for (var j = 0; j < properties.Length; j++)
            {
                properties[j] = new(Text() ?? "", Text() ?? "");
            }

            claims[i] = new(type!, value!, valueType, issuer, original, properties);
        }

        return new(authenticationType, nameType, roleType, label, claims, Number() == 1 ? Identity(depth + 1) : null);
    }

    private string? Text()
    {
        var number = Number();
        if ((number & 1) == 0)
        {
            Expect(WellKnownText.TryGetText(number >> 1, out var known));
            return number >> 1 == WellKnownText.Subject ? _subject : known;
        }

        var length = number >> 1;
        Expect(length <= _rest.Length);
        var text = Utf8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }

    /// <summary>A number of things that follow, each at least one byte long: a larger one is refused before memory is.</summary>
    private int Count()
    {
        var count = Number();
        Expect(count <= _rest.Length);
        return count;
    }

    private int Number()
    {
        var value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var next = Byte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Corrupt();
    }

    private byte Byte()
    {
        Expect(!_rest.IsEmpty);
        var first = _rest[0];
        _rest = _rest[1..];
        return first;
    }

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw Corrupt();
        }
    }

    private static SessionStoreException Corrupt(Exception? inner = null)
        => new("Claims", "the stored claims are corrupt; the session cannot be used until the record is repaired or ended", isTransient: false, inner);
}
