using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>How a session ended, as a blob.</summary>
internal static class EndingCodec
{
    private const byte Format = 1;

    public static void Write(ByteWriter to, SessionEnding ending) => to.Byte(Format)
        .Byte((int)ending.Reason).Write(ending.Write).Time(ending.At).Time(ending.KeepUntil)
        .Byte(ending.KeepDataUntil is null ? 0 : 1).Long(ending.KeepDataUntil?.ToUnixTimeMilliseconds() ?? 0).Text(ending.Heir);

    public static SessionEnding Read(ReadOnlySpan<byte> bytes)
    {
        var from = new ByteReader(bytes);
        if (from.Byte() != Format)
        {
            throw ByteReader.Damage();
        }

        var (reason, write, at, keepUntil) = ((SessionEndReason)from.Byte(), from.Write(), from.Time(), from.Time());
        var (isSealed, keepDataUntil, heir) = (from.Byte() == 1, from.Time(), from.TextOrNull());
        from.End();
        return new() { Reason = reason, Write = write, At = at, KeepUntil = keepUntil, KeepDataUntil = isSealed ? keepDataUntil : null, Heir = heir };
    }
}
