namespace Sojourn;

/// <summary>
/// Records keep time as whole Unix milliseconds: half the size of a <see cref="DateTimeOffset"/>, and the same value
/// after a round trip through any store. 0 stands for "never".
/// </summary>
internal static class UnixTime
{
    public static long ToMilliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static long ToMilliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? 0;

    public static DateTimeOffset ToTime(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? ToTimeOrNever(long milliseconds) => milliseconds == 0 ? null : ToTime(milliseconds);
}
