using System.Globalization;
using System.Text.RegularExpressions;

namespace Peers.Measuring;

/// <summary>What wrk says about a run.</summary>
/// <param name="Requests">Answered requests.</param>
/// <param name="PerSecond">Requests per second.</param>
/// <param name="P50">Median latency.</param>
/// <param name="P99">Latency that 99 of 100 stayed under.</param>
/// <param name="Refused">Answers that were neither 2xx nor 3xx.</param>
/// <param name="Broken">Connections that failed; slow answers are not among them.</param>
internal sealed record WrkOutput(long Requests, double PerSecond, TimeSpan P50, TimeSpan P99, long Refused, long Broken);

/// <summary>Reads wrk's output.</summary>
internal static partial class WrkOutputParser
{
    /// <exception cref="FormatException">Something is missing; the message has the output.</exception>
    public static WrkOutput Parse(string text)
    {
        var requests = long.Parse(Only(RequestsLine().Match(text), text), CultureInfo.InvariantCulture);
        var usedUp = UsedUpLine().Match(text);
        var perSecond = usedUp.Success
            ? requests / double.Parse(usedUp.Groups[1].Value, CultureInfo.InvariantCulture)
            : double.Parse(Only(RateLine().Match(text), text), CultureInfo.InvariantCulture);
        var refused = RefusedLine().Match(text);
        var broken = BrokenLine().Match(text);
        return new(
            requests,
            perSecond,
            Duration(Only(MedianLine().Match(text), text)),
            Duration(Only(TailLine().Match(text), text)),
            refused.Success ? long.Parse(refused.Groups[1].Value, CultureInfo.InvariantCulture) : 0,
            broken.Success ? broken.Groups.Cast<Group>().Skip(1).Sum(group => long.Parse(group.Value, CultureInfo.InvariantCulture)) : 0);
    }

    /// <summary>A time as wrk writes it: <c>950.00us</c>, <c>1.10ms</c>, <c>2.00s</c>, <c>1.50m</c>, <c>1.00h</c>.</summary>
    public static TimeSpan Duration(string text)
    {
        var unit = text.TrimStart([.. "0123456789."]);
        var number = double.Parse(text[..^unit.Length], CultureInfo.InvariantCulture);
        return unit switch
        {
            "us" => TimeSpan.FromMicroseconds(number),
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => throw new FormatException($"wrk wrote a time with an unknown unit: {text}"),
        };
    }

    private static string Only(Match match, string text) => match.Success ? match.Groups[1].Value : throw new FormatException($"wrk said something else than expected:\n{text}");

    [GeneratedRegex(@"^\s*(\d+) requests in ", RegexOptions.Multiline)]
    private static partial Regex RequestsLine();

    [GeneratedRegex(@"^Requests/sec:\s+([\d.]+)", RegexOptions.Multiline)]
    private static partial Regex RateLine();

    [GeneratedRegex(@"^used up after ([\d.]+) s", RegexOptions.Multiline)]
    private static partial Regex UsedUpLine();

    [GeneratedRegex(@"^\s+50%\s+([\d.]+[a-z]+)", RegexOptions.Multiline)]
    private static partial Regex MedianLine();

    [GeneratedRegex(@"^\s+99%\s+([\d.]+[a-z]+)", RegexOptions.Multiline)]
    private static partial Regex TailLine();

    [GeneratedRegex(@"^\s*Non-2xx or 3xx responses: (\d+)", RegexOptions.Multiline)]
    private static partial Regex RefusedLine();

    [GeneratedRegex(@"^\s*Socket errors: connect (\d+), read (\d+), write (\d+),", RegexOptions.Multiline)]
    private static partial Regex BrokenLine();
}
