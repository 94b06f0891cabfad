using System.Buffers.Binary;
using System.Text;

namespace Sojourn.Sqlite;

/// <summary>Writes the compact blobs of the store: big-endian numbers, and lengths before what has no fixed size. Reused by its owner.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public ByteWriter Clear()
    {
        _length = 0;
        return this;
    }

    /// <summary>Room for so many bytes, which the caller fills.</summary>
    public Span<byte> Next(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + count));
        }

        var room = _bytes.AsSpan(_length, count);
        _length += count;
        return room;
    }

    /// <summary>Bytes without their length.</summary>
    public ByteWriter Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Next(value.Length));
        return this;
    }

    public ByteWriter Byte(int value)
    {
        Next(1)[0] = checked((byte)value);
        return this;
    }

    public ByteWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Next(4), value);
        return this;
    }

    public ByteWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Next(8), value);
        return this;
    }

    public ByteWriter Time(DateTimeOffset value) => Long(value.ToUnixTimeMilliseconds());

    public ByteWriter Write(Sojourn.Storage.WriteId value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(Next(16), value.Value);
        return this;
    }

    public ByteWriter Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Next(value.Length));
        return this;
    }

    /// <summary>A text, or null. What has no UTF-8 (half a character at the end of a cut user agent) becomes a question mark.</summary>
    public ByteWriter Text(string? value)
    {
        if (value is null)
        {
            return Int(-1);
        }

        var count = Encoding.UTF8.GetByteCount(value);
        Int(count);
        Encoding.UTF8.GetBytes(value, Next(count));
        return this;
    }
}
