using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Sojourn.Sqlite;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. A blob that does not hold what it should is damage, never a default.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public ReadOnlySpan<byte> Next(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw Damage();
        }

        var next = _rest[..count];
        _rest = _rest[count..];
        return next;
    }

    public byte Byte() => Next(1)[0];

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Next(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Next(8));

    public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Long());

    public Sojourn.Storage.WriteId Write() => new(BinaryPrimitives.ReadUInt128BigEndian(Next(16)));

    public ReadOnlySpan<byte> Bytes() => Next(Int());

    public ImmutableArray<byte> Array() => Int() is > 0 and var count ? ImmutableCollectionsMarshal.AsImmutableArray(Next(count).ToArray()) : [];

    public string? TextOrNull() => Int() is >= 0 and var count ? Encoding.UTF8.GetString(Next(count)) : null;

    public string Text() => TextOrNull() ?? throw Damage();

    /// <summary>Nothing may be left over.</summary>
    public readonly void End()
    {
        if (_rest.Length > 0)
        {
            throw Damage();
        }
    }

    public static SqliteFault Damage() => new(SqliteCode.Corrupt, "a stored value does not have the form that it was written in");
}
