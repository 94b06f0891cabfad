using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>The remembered answer to a data write: a <see cref="DataResult"/>, a <see cref="DataValue"/>, or null for "there was none".</summary>
internal static class AnswerCodec
{
    private const byte Nothing = 0;
    private const byte Value = 1;
    private const byte Result = 2;

    public static void Write(ByteWriter to, DataValue? taken)
    {
        if (taken is null)
        {
            to.Byte(Nothing);
            return;
        }

        to.Byte(Value);
        WriteValue(to, taken);
    }

    public static void Write(ByteWriter to, DataResult result)
    {
        to.Byte(Result).Byte((int)result.Status).Long(result.Version).Text(result.ConflictKey).Byte(result.Current is null ? 0 : 1);
        if (result.Current is { } current)
        {
            WriteValue(to, current);
        }
    }

    public static object? Read(ReadOnlySpan<byte> bytes)
    {
        var from = new ByteReader(bytes);
        var kind = from.Byte();
        if (kind == Nothing)
        {
            return null;
        }

        if (kind == Value)
        {
            return ReadValue(ref from);
        }

        var (status, version, key, hasCurrent) = ((DataStatus)from.Byte(), from.Long(), from.TextOrNull(), from.Byte() == 1);
        return new DataResult(status, version, key, hasCurrent ? ReadValue(ref from) : null);
    }

    private static void WriteValue(ByteWriter to, DataValue value) => to
        .Text(value.Key).Long(value.Version).Byte(value.ExpiresAt is null ? 0 : 1).Long(value.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0)
        .Byte(value.SurvivesSignIn ? 1 : 0).Bytes(value.Bytes.AsSpan());

    private static DataValue ReadValue(ref ByteReader from)
    {
        var (key, version, lapses, expires, survives) = (from.Text(), from.Long(), from.Byte() == 1, from.Time(), from.Byte() == 1);
        return new(key, from.Array(), version, lapses ? expires : null, survives);
    }
}
