using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>
/// The secret that a client presents: a <see cref="SessionId"/> and 32 secret bytes, 64 base64url characters in all.
/// It prints as redacted; <see cref="Reveal"/> is the only way out and belongs next to the code that sends it.
/// </summary>
/// <remarks>
/// Of the secret, 24 bytes are random (192 bits, ASVS-11.5.1) and 8 are a birthmark by which a token that was once
/// issued is told from one that never was. A store sees the SHA-256 of the secret, never the secret.
/// </remarks>
public readonly struct SessionToken : IEquatable<SessionToken>
{
    /// <summary>The length of the text form in characters.</summary>
    public const int TextLength = 64;

    internal const int SecretSize = 32;
    internal const int RandomSize = 24;
    private const int Size = SessionId.Size + SecretSize;

    private readonly SecretBytes _secret;

    internal SessionToken(SessionId id, ReadOnlySpan<byte> secret)
    {
        Id = id;
        secret[..SecretSize].CopyTo(_secret);
    }

    /// <summary>The session that the token belongs to. Public: it may be logged.</summary>
    public SessionId Id { get; }

    [UnscopedRef]
    internal ReadOnlySpan<byte> Secret => System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<SecretBytes>(in _secret));

    /// <summary>Makes a new token for a session: 24 random bytes and the birthmark of the lineage.</summary>
    internal static SessionToken Create(SessionId id, LineageKey lineage)
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        RandomBytes.Fill(secret[..RandomSize]);
        lineage.WriteBirthmark(secret[..RandomSize], secret[RandomSize..]);
        var token = new SessionToken(id, secret);
        CryptographicOperations.ZeroMemory(secret);
        return token;
    }

    /// <summary>
    /// Reads the text form. Anything but 64 base64url characters is refused, so a false answer needs no store
    /// (CSMCS-22). The value stays untrusted until it has been validated.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SessionToken token)
    {
        Span<byte> bytes = stackalloc byte[Size];
        token = default;

        // The decoder skips white space and padding; then fewer bytes come out, and the text is refused. (The Try methods
        // of Base64Url throw on any other character.)
        if (text.Length != TextLength || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written != Size)
        {
            return false;
        }

        token = new SessionToken(new SessionId(bytes[..SessionId.Size]), bytes[SessionId.Size..]);
        return true;
    }

    /// <summary>The text form, which is the secret itself: send it to the client it was made for, and nowhere else.</summary>
    public string Reveal() => string.Create(TextLength, this, static (chars, token) =>
    {
        Span<byte> bytes = stackalloc byte[Size];
        token.Id.CopyTo(bytes);
        token.Secret.CopyTo(bytes[SessionId.Size..]);
        Base64Url.EncodeToChars(bytes, chars);
    });

    /// <summary>Says which session, and keeps the secret.</summary>
    public override string ToString() => $"SessionToken({Id}, redacted)";

    /// <summary>Compares in constant time.</summary>
    public bool Equals(SessionToken other) => Id == other.Id & FixedTime.Equals(Secret, other.Secret);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SessionToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>Whether two tokens are the same, in constant time.</summary>
    public static bool operator ==(SessionToken left, SessionToken right) => left.Equals(right);

    /// <summary>Whether two tokens differ, in constant time.</summary>
    public static bool operator !=(SessionToken left, SessionToken right) => !left.Equals(right);

    [System.Runtime.CompilerServices.InlineArray(SecretSize)]
    private struct SecretBytes
    {
        private byte _first;
    }
}
