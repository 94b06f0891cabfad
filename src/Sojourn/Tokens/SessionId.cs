using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Sojourn.Engine;

namespace Sojourn;

/// <summary>
/// The public handle of a session: 16 bytes, written as 22 base64url characters. It is safe in logs, pages and
/// addresses: knowing it gives no access, and a stranger who presents it learns nothing.
/// </summary>
/// <remarks>The first byte names the session's shard, the other fifteen are random. The default value is not a session.</remarks>
[JsonConverter(typeof(SessionIdJsonConverter))]
public readonly struct SessionId : IEquatable<SessionId>, IComparable<SessionId>, ISpanParsable<SessionId>, ISpanFormattable
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 16;

    /// <summary>The length of the text form in characters.</summary>
    public const int TextLength = 22;

    private readonly UInt128 _value;

    private SessionId(UInt128 value) => _value = value;

    /// <summary>Reads an id from its 16 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 16 bytes long.</exception>
    public SessionId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("A session id is 16 bytes long.", nameof(bytes));
        }

        _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The shard that the session lives in. All sessions of one subject share it.</summary>
    public byte Shard => (byte)(_value >> 120);

    /// <summary>Makes a new random id in a shard.</summary>
    internal static SessionId Create(byte shard)
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomBytes.Fill(bytes);
        bytes[0] = shard;
        return new SessionId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Writes the 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, _value);

    /// <summary>Reads the text form. Only the one canonical spelling of an id is accepted.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SessionId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id = default;

        // 22 characters carry 132 bits: the last one may only be one of the four that leave the spare bits zero.
        if (text.Length != TextLength || text[^1] is not ('A' or 'Q' or 'g' or 'w')
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written != Size)
        {
            return false;
        }

        id = new SessionId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out SessionId result) => TryParse(s, out result);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out SessionId result) => TryParse(s.AsSpan(), out result);

    /// <inheritdoc/>
    public static SessionId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null)
        => TryParse(s, out var id) ? id : throw new FormatException("Not a session id: 22 base64url characters are expected.");

    /// <inheritdoc/>
    public static SessionId Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        charsWritten = 0;
        if (destination.Length < TextLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Base64Url.TryEncodeToChars(bytes, destination, out charsWritten);
    }

    /// <summary>The text form: 22 base64url characters.</summary>
    public override string ToString() => string.Create(TextLength, this, static (chars, id) => id.TryFormat(chars, out _));

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool Equals(SessionId other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SessionId other && Equals(other);

    /// <summary>The id is random, so a part of it is a good hash.</summary>
    public override int GetHashCode() => (int)(ulong)_value;

    /// <inheritdoc/>
    public int CompareTo(SessionId other) => _value.CompareTo(other._value);

    /// <summary>Whether two ids are the same.</summary>
    public static bool operator ==(SessionId left, SessionId right) => left.Equals(right);

    /// <summary>Whether two ids differ.</summary>
    public static bool operator !=(SessionId left, SessionId right) => !left.Equals(right);

    /// <summary>Orders ids by their bytes.</summary>
    public static bool operator <(SessionId left, SessionId right) => left.CompareTo(right) < 0;

    /// <summary>Orders ids by their bytes.</summary>
    public static bool operator >(SessionId left, SessionId right) => left.CompareTo(right) > 0;

    /// <summary>Orders ids by their bytes.</summary>
    public static bool operator <=(SessionId left, SessionId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders ids by their bytes.</summary>
    public static bool operator >=(SessionId left, SessionId right) => left.CompareTo(right) >= 0;
}
