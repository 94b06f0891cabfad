using System.Globalization;

namespace Peers.Measuring;

/// <summary>The CPU time of another process, from <c>/proc/PID/stat</c>.</summary>
internal static class ProcessTime
{
    /// <summary>Linux tells programs the time in hundredths of a second, whatever its own clock does (USER_HZ).</summary>
    private const double TickMicroseconds = 10_000;

    public static double Microseconds(int processId) => Parse(File.ReadAllText($"/proc/{processId}/stat"));

    /// <summary>utime + stime: fields 14 and 15. The second, a name in brackets, may hold spaces and brackets itself.</summary>
    public static double Parse(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * TickMicroseconds;
    }
}
