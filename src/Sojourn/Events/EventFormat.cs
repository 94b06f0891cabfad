using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
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
    private const int VoidedSize = 9;
    private const int MaxOnStack = 512;
    private const int MaxTextBytes = 1024;

    public static StoredEvent Write(in EventDraft draft, string tenant, WriteId writer, long number, DateTimeOffset at, IReadOnlyList<VoidedNumber> voided)
    {
        var personal = Personal(draft);
        var tenantBytes = Text(tenant);
        var detail = Text(draft.Detail ?? "");
        var canonical = new byte[FixedSize + 2 + tenantBytes.Length + 2 + detail.Length + personal.Length * Sha256.Size + 2 + voided.Count * VoidedSize + 2];
        var head = canonical.AsSpan(0, FixedSize);
        head[0] = Version;
        head[1] = (byte)draft.Kind;
        head[2] = (byte)draft.Reason;
        BinaryPrimitives.WriteUInt128BigEndian(head[4..], writer.Value);
        BinaryPrimitives.WriteInt64BigEndian(head[20..], number);
        BinaryPrimitives.WriteInt64BigEndian(head[28..], at.ToUnixTimeMilliseconds());
        head[36] = draft.Shard;
        draft.Session.CopyTo(head[37..]);
        BinaryPrimitives.WriteInt64BigEndian(head[53..], draft.Epoch);
        var rest = Put(Put(canonical.AsSpan(FixedSize), tenantBytes), detail);
        foreach (var value in personal)
        {
            head[3] |= (byte)(1 << (int)value.Field);
            Commit(value, rest);
            rest = rest[Sha256.Size..];
        }

        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)voided.Count);
        rest = rest[2..];
        foreach (var missing in voided)
        {
            BinaryPrimitives.WriteInt64BigEndian(rest, missing.Number);
            rest = rest[VoidedSize..]; // its last byte, the length of its MAC, is zero
        }

        // What is left is the lengths of the previous MAC and of the MAC: zeros too.
        return new StoredEvent
        {
            Writer = writer,
            Number = number,
            At = at,
            Kind = draft.Kind,
            Reason = draft.Reason,
            Shard = draft.Shard,
            Session = draft.Session,
            Canonical = ImmutableCollectionsMarshal.AsImmutableArray(canonical),
            Personal = personal,
        };
    }

    /// <summary>The commitment to a personal value: SHA-256(salt ‖ UTF-8 value), written to the first 32 bytes.</summary>
    public static void Commit(PersonalValue value, Span<byte> commitment)
    {
        var size = value.Salt.Length + Encoding.UTF8.GetByteCount(value.Value);
        var bytes = size <= MaxOnStack ? stackalloc byte[size] : new byte[size];
        value.Salt.AsSpan().CopyTo(bytes);
        Encoding.UTF8.GetBytes(value.Value, bytes[value.Salt.Length..]);
        Sha256.Hash(bytes, commitment[..Sha256.Size]);
    }

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

    private static ReadOnlySpan<byte> Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(bytes.Length, MaxTextBytes);
        while (length < bytes.Length && (bytes[length] & 0xC0) == 0x80)
        {
            length--; // a character is kept whole or not at all
        }

        return bytes.AsSpan(0, length);
    }

    /// <summary>Writes length and text, and gives what is behind them.</summary>
    private static Span<byte> Put(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)text.Length);
        text.CopyTo(destination[2..]);
        return destination[(2 + text.Length)..];
    }
}
