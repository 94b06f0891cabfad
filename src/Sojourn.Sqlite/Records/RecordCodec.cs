using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// The parts of a record that only a <see cref="RecordChange"/> replaces, in one blob: subject, policy, tokens,
/// assurance, claims, extensions. What a touch or an end writes, and what is searched for, has columns of its own.
/// </summary>
internal static class RecordCodec
{
    private const byte Format = 2;

    /// <summary>The format before the context class had a time of its own.</summary>
    private const byte WithoutAcrTime = 1;

    private const byte Persistent = 1;
    private const byte RotateNow = 2;
    private const byte HasPreviousKey = 4;

    public static void Write(ByteWriter to, SessionRecord record)
    {
        var token = record.Token;
        to.Byte(Format)
            .Byte((record.IsPersistent ? Persistent : 0) | (token.RotateNow ? RotateNow : 0) | (token.PreviousKey is null ? 0 : HasPreviousKey))
            .Text(record.Policy)
            .Text(record.Subject)
            .Long(record.AuthenticatedAt?.ToUnixTimeMilliseconds() ?? 0)
            .Long(token.Epoch).Int(token.Lineage).Time(token.Since).Byte(token.Run);
        token.Key.CopyTo(to.Next(LineageKey.Size));
        token.Current.CopyTo(to.Next(TokenHash.Size));
        token.PreviousKey?.CopyTo(to.Next(LineageKey.Size));
        WriteMarks(to, token.Pending);
        WriteMarks(to, token.Retired);
        to.Text(record.Assurance.Acr).Time(record.Assurance.AcrAt).Byte(record.Assurance.Methods.Length);
        foreach (var method in record.Assurance.Methods)
        {
            to.Text(method.Name).Time(method.At);
        }

        to.Bytes(record.Claims.Bytes.AsSpan()).Bytes(record.Extensions.AsSpan());
    }

    /// <summary>Reads the blob into parts; the row's other columns complete the record.</summary>
    public static RecordParts Read(ReadOnlySpan<byte> bytes, KnownNames names)
    {
        var from = new ByteReader(bytes);
        var format = from.Byte();
        if (format is not (Format or WithoutAcrTime))
        {
            throw ByteReader.Damage();
        }

        var flags = from.Byte();
        var policy = names.Of(from.Bytes());
        var subject = from.TextOrNull();
        var authenticated = from.Long();
        var (epoch, lineage, since, run) = (from.Long(), from.Int(), from.Time(), from.Byte());
        var key = new LineageKey(from.Next(LineageKey.Size));
        var current = new TokenHash(from.Next(TokenHash.Size));
        LineageKey? previous = (flags & HasPreviousKey) != 0 ? new LineageKey(from.Next(LineageKey.Size)) : null;
        var token = new TokenState
        {
            Epoch = epoch,
            Lineage = lineage,
            Since = since,
            Run = run,
            Key = key,
            Current = current,
            PreviousKey = previous,
            RotateNow = (flags & RotateNow) != 0,
            Pending = ReadMarks(ref from),
            Retired = ReadMarks(ref from),
        };
        var parts = new RecordParts(policy, subject, (flags & Persistent) != 0, authenticated, token, ReadAssurance(ref from, names, format), new(from.Array()), from.Array());
        from.End();
        return parts;
    }

    private static void WriteMarks(ByteWriter to, ImmutableArray<TokenMark> marks)
    {
        to.Byte(marks.Length);
        foreach (var mark in marks)
        {
            mark.Hash.CopyTo(to.Next(TokenHash.Size));
            to.Time(mark.At);
        }
    }

    private static ImmutableArray<TokenMark> ReadMarks(ref ByteReader from)
    {
        var count = from.Byte();
        if (count == 0)
        {
            return [];
        }

        var marks = ImmutableArray.CreateBuilder<TokenMark>(count);
        for (var i = 0; i < count; i++)
        {
            var hash = new TokenHash(from.Next(TokenHash.Size));
            marks.Add(new(hash, from.Time()));
        }

        return marks.MoveToImmutable();
    }

    private static SessionAssurance ReadAssurance(ref ByteReader from, KnownNames names, byte format)
    {
        var acr = from.TextOrNull();
        var acrAt = format == WithoutAcrTime ? default : from.Time();
        var count = from.Byte();
        if (acr is null && count == 0)
        {
            return SessionAssurance.None;
        }

        var methods = ImmutableArray.CreateBuilder<SessionMethod>(count);
        for (var i = 0; i < count; i++)
        {
            var name = names.Of(from.Bytes());
            methods.Add(new(name, from.Time()));
        }

        return new(acr, methods.MoveToImmutable(), acrAt);
    }
}

/// <summary>What <see cref="RecordCodec"/> reads.</summary>
internal readonly record struct RecordParts(
    string Policy, string? Subject, bool IsPersistent, long AuthenticatedAt, TokenState Token, SessionAssurance Assurance, PackedClaims Claims, ImmutableArray<byte> Extensions);
