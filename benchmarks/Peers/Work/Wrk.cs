using System.Globalization;
using Peers.Measuring;

namespace Peers.Work;

/// <summary>Runs wrk against a contestant: one thread, 32 connections that stay open.</summary>
internal static class Wrk
{
    public const string Command = "wrk -t1 -c32 --latency";

    /// <param name="address">Where.</param>
    /// <param name="work">What.</param>
    /// <param name="cookie">The hot session's cookie.</param>
    /// <param name="cookieFile">The cookies to send by script, one a line.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="cancellationToken">Ends wrk, too.</param>
    public static async Task<WrkOutput> RunAsync(Uri address, Workload work, string cookie, string cookieFile, int seconds, CancellationToken cancellationToken)
    {
        List<string> arguments = ["-t1", "-c32", "--latency", "-d" + seconds.ToString(CultureInfo.InvariantCulture) + "s"];
        var isByList = work.Cookies is CookieUse.HotByScript or CookieUse.InTurn or CookieUse.Once;
        if (work.Cookies == CookieUse.Hot && cookie.Length > 0)
        {
            arguments.AddRange(["-H", "Cookie: " + cookie]);
        }

        if (isByList || work.Method == "POST")
        {
            arguments.AddRange(["-s", Path.Combine(AppContext.BaseDirectory, "Work", isByList ? "cookies.lua" : "post.lua")]);
        }

        arguments.Add(new Uri(address, work.Path).ToString());
        if (isByList)
        {
            arguments.AddRange(["--", work.Method, cookieFile, work.Cookies == CookieUse.Once ? "once" : "turn"]);
        }

        return WrkOutputParser.Parse(await Programs.RunAsync("wrk", arguments, cancellationToken));
    }
}
