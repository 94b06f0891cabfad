using System.Buffers;
using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Reads and writes <see cref="SessionRecord.Extensions"/>, the one blob that later capabilities share. Whoever rewrites
/// it keeps entries that it does not know, so that nodes of two versions can serve one store.
/// </summary>
/// <remarks>
/// Layout: format (1), then for each entry its id (1 byte, 1 to 255, ascending, each once), its length as a 7-bit varint
/// of at most 28 bits, and its bytes. Without entries the blob is empty.
/// </remarks>
internal static class SessionExtensions
{
    public const byte Format = 1;

    /// <summary>The items of the authentication properties, protected.</summary>
    public const byte ProtectedProperties = 1;

    /// <summary>Finds an entry.</summary>
    /// <exception cref="SessionStoreException">The blob is corrupt, or of a format that is not known.</exception>
    public static bool TryFind(ImmutableArray<byte> blob, byte id, out ReadOnlySpan<byte> value)
    {
        var found = false;
        value = default;
        var reader = new Reader(blob);
        while (reader.TryNext(out var entry))
        {
            if (entry.Id == id)
            {
                found = true;
                value = entry.Value;
            }
        }

        return found;
    }

    /// <summary>The blob with an entry added or replaced.</summary>
    /// <exception cref="SessionStoreException">The blob is corrupt, or of a format that is not known.</exception>
    public static ImmutableArray<byte> With(ImmutableArray<byte> blob, byte id, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(id);
        var writer = new ArrayBufferWriter<byte>(blob.Length + value.Length + 8);
        var isWritten = false;
        var reader = new Reader(blob);
        while (reader.TryNext(out var entry))
        {
            if (entry.Id >= id && !isWritten)
            {
                Write(writer, id, value);
                isWritten = true;
            }

            if (entry.Id != id)
            {
                Write(writer, entry.Id, entry.Value);
            }
        }

        if (!isWritten)
        {
            Write(writer, id, value);
        }

        return ImmutableArray.Create(writer.WrittenSpan);
    }

    /// <summary>The blob without an entry.</summary>
    /// <exception cref="SessionStoreException">The blob is corrupt, or of a format that is not known.</exception>
    public static ImmutableArray<byte> Without(ImmutableArray<byte> blob, byte id)
    {
        var writer = new ArrayBufferWriter<byte>(Math.Max(1, blob.Length));
        var reader = new Reader(blob);
        while (reader.TryNext(out var entry))
        {
            if (entry.Id != id)
            {
                Write(writer, entry.Id, entry.Value);
            }
        }

        return ImmutableArray.Create(writer.WrittenSpan);
    }

    private static void Write(ArrayBufferWriter<byte> writer, byte id, ReadOnlySpan<byte> value)
    {
        if (writer.WrittenCount == 0)
        {
            writer.Write([Format]);
        }

        writer.Write([id]);
        var length = (uint)value.Length;
        while (length >= 0x80)
        {
            writer.Write([(byte)(length | 0x80)]);
            length >>= 7;
        }

        writer.Write([(byte)length]);
        writer.Write(value);
    }

    private static SessionStoreException Corrupt()
        => new("Extensions", "the stored extensions are corrupt, or were written by a newer version; the session cannot be used until the record is repaired or ended", isTransient: false);

    private readonly ref struct Entry(byte id, ReadOnlySpan<byte> value)
    {
        public byte Id { get; } = id;

        public ReadOnlySpan<byte> Value { get; } = value;
    }

    private ref struct Reader
    {
        private ReadOnlySpan<byte> _rest;
        private byte _last;

        public Reader(ImmutableArray<byte> blob)
        {
            _rest = blob.AsSpan();
            if (!_rest.IsEmpty && (_rest.Length == 1 || Byte() != Format))
            {
                throw Corrupt();
            }
        }

        public bool TryNext(out Entry entry)
        {
            entry = default;
            if (_rest.IsEmpty)
            {
                return false;
            }

            var id = Byte();
            var length = Number();
            if (id <= _last || length > _rest.Length)
            {
                throw Corrupt();
            }

            entry = new(id, _rest[..length]);
            _rest = _rest[length..];
            _last = id;
            return true;
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
                    return next == 0 && shift > 0 ? throw Corrupt() : value; // one way to write each length
                }
            }

            throw Corrupt();
        }

        private byte Byte()
        {
            if (_rest.IsEmpty)
            {
                throw Corrupt();
            }

            var first = _rest[0];
            _rest = _rest[1..];
            return first;
        }
    }
}
