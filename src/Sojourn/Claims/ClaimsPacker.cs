using System.Buffers;
using System.Collections.Immutable;
using System.Security.Claims;
using System.Text;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Packs a principal's claims into one UTF-8 blob that unpacks to exactly the same: types, value types, issuers,
/// properties, several identities, actors.
/// </summary>
/// <remarks>
/// Layout: format (1), number of identities, then for each identity: authentication type, name claim type, role claim
/// type, label, number of claims, the claims (type, value, value type, issuer, original issuer, number of properties,
/// their names and values), then 1 and the actor's identity, or 0. Numbers are 7-bit varints. A text is a varint 2n
/// for well-known text n (0 is null, 1 the session's subject) or 2n + 1 followed by n bytes.
/// </remarks>
internal static class ClaimsPacker
{
    public const byte Format = 1;
    public const int MaxBytes = 16 * 1024;
    public const int MaxActors = 4;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">They take more than 16 KB, or hold text that is not valid Unicode.</exception>
    public static PackedClaims Pack(ClaimsPrincipal principal, string? subject)
    {
        var writer = new ArrayBufferWriter<byte>(256);
        writer.Write([Format]);
        var identities = principal.Identities.ToArray();
        Number(writer, identities.Length);
        try
        {
            foreach (var identity in identities)
            {
                Identity(writer, identity, subject, depth: 0);
            }
        }
        catch (EncoderFallbackException fault)
        {
            throw new ArgumentException("A claim holds text that is not valid Unicode (half a surrogate pair), which cannot be stored.", nameof(principal), fault);
        }

        return writer.WrittenCount <= MaxBytes
            ? new(ImmutableArray.Create(writer.WrittenSpan))
            : throw new ArgumentException(
                $"The claims take {writer.WrittenCount} bytes, and a session holds {MaxBytes}. Keep only what requests need, and look the rest up by subject.", nameof(principal));
    }

    private static void Identity(ArrayBufferWriter<byte> writer, ClaimsIdentity identity, string? subject, int depth)
    {
        Text(writer, identity.AuthenticationType, subject);
        Text(writer, identity.NameClaimType, subject);
        Text(writer, identity.RoleClaimType, subject);
        Text(writer, identity.Label, subject);
        var claims = identity.Claims.ToArray();
        Number(writer, claims.Length);
        foreach (var claim in claims)
        {
            Text(writer, claim.Type, subject);
            Text(writer, claim.Value, subject);
            Text(writer, claim.ValueType, subject);
            Text(writer, claim.Issuer, subject);
            Text(writer, claim.OriginalIssuer, subject);
            Properties(writer, claim.Properties, subject);
        }

        if (identity.Actor is { } actor)
        {
            if (depth == MaxActors)
            {
                throw new ArgumentException($"The actors are nested more than {MaxActors} deep.", nameof(identity));
            }

            Number(writer, 1);
            Identity(writer, actor, subject, depth + 1);
        }
        else
        {
            Number(writer, 0);
        }
    }

    private static void Properties(ArrayBufferWriter<byte> writer, IDictionary<string, string> properties, string? subject)
    {
        Number(writer, properties.Count);
        if (properties.Count > 0)
        {
            foreach (var (name, value) in properties)
            {
                Text(writer, name, subject);
                Text(writer, value, subject);
            }
        }
    }

    private static void Text(ArrayBufferWriter<byte> writer, string? text, string? subject)
    {
        if (text is null)
        {
            Number(writer, 0);
        }
        else if (subject is not null && string.Equals(text, subject, StringComparison.Ordinal))
        {
            Number(writer, WellKnownText.Subject * 2);
        }
        else if (WellKnownText.TryGetNumber(text, out var known))
        {
            Number(writer, known * 2);
        }
        else
        {
            var length = Utf8.GetByteCount(text);
            Number(writer, length * 2 + 1);
            Utf8.GetBytes(text, writer);
        }
    }

    private static void Number(ArrayBufferWriter<byte> writer, int value)
    {
        var bytes = writer.GetSpan(5);
        var (rest, count) = ((uint)value, 0);
        while (rest >= 0x80)
        {
            bytes[count++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        bytes[count++] = (byte)rest;
        writer.Advance(count);
    }
}
