using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>What an event says, before it is numbered and written in its canonical bytes.</summary>
internal readonly record struct EventDraft(SessionEventKind Kind, byte Shard)
{
    public SessionId Session { get; init; }
    public SessionEndReason Reason { get; init; }
    public long Epoch { get; init; }
    public string? Detail { get; init; }
    public string? Subject { get; init; }
    public SessionClient Client { get; init; }
    public SessionDeviceId Device { get; init; }
    public string? Actor { get; init; }

    /// <summary>An event about a session, with the personal values that its record holds.</summary>
    public static EventDraft About(SessionRecord record, SessionEventKind kind, SessionClient? client = null) => new(kind, record.Id.Shard)
    {
        Session = record.Id,
        Epoch = record.Token.Epoch,
        Subject = record.Subject,
        Client = client ?? record.Client,
        Device = record.Device,
    };
}

/// <summary>A number that was drawn and whose event was not written. The next event names it.</summary>
internal readonly record struct VoidedNumber(long Number);

/// <summary>
/// Event format v1: fixed canonical bytes, laid out in decision 1. Personal values enter as salted commitments only,
/// so that they can be erased while the proof holds (PRIV-09). The MAC fields stay empty until there is a key file.
/// </summary>
internal static class EventFormat
{
    public const byte Version = 1;
    public const int SaltSize = 16;
    private const int FixedSize = 61;
    private const int MaxTextBytes = 1024;

    public static StoredEvent Write(in EventDraft draft, string tenant, WriteId writer, long number, DateTimeOffset at, IReadOnlyList<VoidedNumber> voided)
    {
        var personal = Personal(draft);
        var buffer = new ArrayBufferWriter<byte>(256);
        var head = buffer.GetSpan(FixedSize)[..FixedSize];
        head.Clear();
        head[0] = Version;
        head[1] = (byte)draft.Kind;
        head[2] = (byte)draft.Reason;
        head[3] = (byte)personal.Aggregate(0, (bits, value) => bits | 1 << (int)value.Field);
        BinaryPrimitives.WriteUInt128BigEndian(head[4..], writer.Value);
        BinaryPrimitives.WriteInt64BigEndian(head[20..], number);
        BinaryPrimitives.WriteInt64BigEndian(head[28..], at.ToUnixTimeMilliseconds());
        head[36] = draft.Shard;
        draft.Session.CopyTo(head[37..]);
        BinaryPrimitives.WriteInt64BigEndian(head[53..], draft.Epoch);
        buffer.Advance(FixedSize);
        Text(buffer, tenant);
        Text(buffer, draft.Detail ?? "");
        foreach (var value in personal)
        {
            buffer.Write(Commit(value).AsSpan());
        }

        Span<byte> word = stackalloc byte[9];
        BinaryPrimitives.WriteUInt16BigEndian(word, (ushort)voided.Count);
        buffer.Write((ReadOnlySpan<byte>)word[..2]);
        foreach (var missing in voided)
        {
            BinaryPrimitives.WriteInt64BigEndian(word, missing.Number);
            word[8] = 0; // the length of its MAC
            buffer.Write((ReadOnlySpan<byte>)word);
        }

        buffer.Write<byte>([0, 0]); // the lengths of the previous MAC and of the MAC
        return new StoredEvent
        {
            Writer = writer,
            Number = number,
            At = at,
            Kind = draft.Kind,
            Reason = draft.Reason,
            Shard = draft.Shard,
            Session = draft.Session,
            Canonical = ImmutableArray.Create(buffer.WrittenSpan),
            Personal = personal,
        };
    }

    /// <summary>The commitment to a personal value: SHA-256(salt ‖ UTF-8 value).</summary>
    public static byte[] Commit(PersonalValue value) => SHA256.HashData([.. value.Salt, .. Encoding.UTF8.GetBytes(value.Value)]);

    private static ImmutableArray<PersonalValue> Personal(in EventDraft draft)
    {
        var values = ImmutableArray.CreateBuilder<PersonalValue>(5);
        Add(PersonalField.Subject, draft.Subject);
        Add(PersonalField.Address, draft.Client.Address.IsUnknown ? null : draft.Client.Address.ToString());
        Add(PersonalField.UserAgent, draft.Client.UserAgent);
        Add(PersonalField.Device, draft.Device.IsUnknown ? null : draft.Device.ToString());
        Add(PersonalField.Actor, draft.Actor);
        return values.ToImmutable();

        void Add(PersonalField field, string? value)
        {
            if (value is not null)
            {
                values.Add(new(field, Salt(), value));
            }
        }
    }

    private static ImmutableArray<byte> Salt()
    {
        var salt = new byte[SaltSize];
        RandomBytes.Fill(salt);
        return ImmutableCollectionsMarshal.AsImmutableArray(salt);
    }

    private static void Text(ArrayBufferWriter<byte> buffer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(bytes.Length, MaxTextBytes);
        while (length < bytes.Length && (bytes[length] & 0xC0) == 0x80)
        {
            length--; // a character is kept whole or not at all
        }

        Span<byte> prefix = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)length);
        buffer.Write((ReadOnlySpan<byte>)prefix);
        buffer.Write((ReadOnlySpan<byte>)bytes.AsSpan(0, length));
    }
}
