using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sojourn.AspNetCore;

/// <summary>
/// With a SameSite=Strict session cookie, whoever follows a link from another site comes without it, and would land
/// signed out. A hint beside it, which browsers do send then, only says that there is one (CK-15); the answer is a page that
/// is loaded again, now from this site, with the session cookie. Nobody is served by the hint.
/// </summary>
/// <param name="logger">For the log.</param>
/// <param name="session">The session cookie.</param>
/// <param name="hint">Set and removed together with it, SameSite=Lax.</param>
/// <param name="again">Marks for some seconds which page was loaded again, so that nothing can make a loop of it.</param>
internal sealed class StrictArrival(ILogger logger, SetCookieTemplate session, SetCookieTemplate hint, SetCookieTemplate again)
{
    private const string HintMark = "1";

    // A window that was opened from a sandbox without its origin stays a stranger however often it asks.
    private static readonly TimeSpan AgainLifetime = TimeSpan.FromSeconds(10);

    /// <summary>Answers a page that would come without its session; false for everything else.</summary>
    public bool TryAnswer(HttpContext context, out Task written)
    {
        written = Task.CompletedTask;
        var (request, cookies) = (context.Request, context.Request.Headers.Cookie);
        if (!IsArrival(request) || !CookieHeader.TryGetValue(cookies, hint.Name, out _, out _)
            || CookieHeader.Find(cookies, session.Name, out _) != CookieLookup.Absent || !ReturnAddress.TryOf(request, out var address))
        {
            return false;
        }

        var mark = Mark(address);
        var isMarked = CookieHeader.TryGetValue(cookies, again.Name, out var last, out var conflicting);
        if (conflicting || (isMarked && last.SequenceEqual(mark)))
        {
            return false;
        }

        SojournWebLog.LoadedAgain(logger);
        SetCookie.Replace(context.Response.Headers, again.Name, again.Write(mark, AgainLifetime));
        written = ArrivalPage.WriteAsync(context, address);
        return true;
    }

    /// <summary>Says beside the session cookie that there is one, for as long.</summary>
    public void WriteHint(IHeaderDictionary headers, TimeSpan? lifetime) => SetCookie.Replace(headers, hint.Name, hint.Write(HintMark, lifetime));

    public void ClearHint(IHeaderDictionary headers) => SetCookie.Replace(headers, hint.Name, hint.Clear());

    /// <summary>A page that takes the whole window, asked for from another site. What no browser tells counts as none.</summary>
    private static bool IsArrival(HttpRequest request)
    {
        var headers = request.Headers;
        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && headers["Sec-Fetch-Site"] == "cross-site"
            && headers["Sec-Fetch-Mode"] == "navigate"
            && headers["Sec-Fetch-Dest"] is var destination && (destination.Count == 0 || destination == "document");
    }

    /// <summary>Stands for an address; a cookie could not hold them all, and need not tell.</summary>
    private static string Mark(string address) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(address)).AsSpan(0, 12));
}
