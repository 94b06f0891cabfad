using System.Buffers.Binary;
using System.Text;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>An event as its canonical bytes tell it. Personal values are commitments here.</summary>
internal sealed record ReadEvent(
    SessionEventKind Kind, SessionEndReason Reason, WriteId Writer, long Number, DateTimeOffset At, byte Shard, SessionId Session, long Epoch,
    string Tenant, string Detail, IReadOnlyDictionary<PersonalField, byte[]> Commitments, IReadOnlyList<long> Voided);

/// <summary>Reads event format v1. The bytes come from a store, so every length is checked.</summary>
internal static class EventFormatReader
{
    /// <exception cref="FormatException">The bytes are not an event of format v1.</exception>
    public static ReadEvent Read(ReadOnlySpan<byte> bytes)
    {
        var head = Take(ref bytes, 61);
        if (head[0] != EventFormat.Version)
        {
            throw new FormatException($"Event format {head[0]} is not known; this version reads format {EventFormat.Version}.");
        }

        var tenant = Encoding.UTF8.GetString(Take(ref bytes, BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2))));
        var detail = Encoding.UTF8.GetString(Take(ref bytes, BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2))));
        var commitments = new Dictionary<PersonalField, byte[]>();
        for (var field = 0; field < 8; field++)
        {
            if ((head[3] & 1 << field) != 0)
            {
                commitments[(PersonalField)field] = Take(ref bytes, 32).ToArray();
            }
        }

        var voided = new long[BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2))];
        for (var i = 0; i < voided.Length; i++)
        {
            voided[i] = BinaryPrimitives.ReadInt64BigEndian(Take(ref bytes, 8));
            Take(ref bytes, Take(ref bytes, 1)[0]);
        }

        Take(ref bytes, Take(ref bytes, 1)[0]);
        Take(ref bytes, Take(ref bytes, 1)[0]);
        if (!bytes.IsEmpty)
        {
            throw new FormatException("The event is longer than its parts.");
        }

        var at = BinaryPrimitives.ReadInt64BigEndian(head[28..]);
        if (at < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            throw new FormatException("The event's time is out of range.");
        }

        return new(
            (SessionEventKind)head[1], (SessionEndReason)head[2], new WriteId(BinaryPrimitives.ReadUInt128BigEndian(head[4..])),
            BinaryPrimitives.ReadInt64BigEndian(head[20..]), DateTimeOffset.FromUnixTimeMilliseconds(at),
            head[36], new SessionId(head.Slice(37, SessionId.Size)), BinaryPrimitives.ReadInt64BigEndian(head[53..]), tenant, detail, commitments, voided);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int length)
    {
        if (length > bytes.Length)
        {
            throw new FormatException("The event is cut short.");
        }

        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }
}
