using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>Writes an answer of the session layer: problem details, and for pages a way on.</summary>
internal static class SessionAnswers
{
    private const string RetryMark = "1";

    public static async Task WriteAsync(SessionFeature feature, SessionAnswer answer)
    {
        var context = feature.Context;
        if (answer.MayRepeat && RequestKind.IsPage(context) && TryRepeat(feature))
        {
            return;
        }

        if (answer.Status == StatusCodes.Status401Unauthorized && RequestKind.IsPage(context) && feature.Parts.Options.SignInPath is { HasValue: true })
        {
            SignInRedirect.Write(feature, answer.Reason);
            return;
        }

        if (answer is { Status: StatusCodes.Status401Unauthorized, Reason: Reasons.LimitReached })
        {
            answer = answer with { DisplacedBy = await feature.Request.FindDisplacerAsync(context.RequestAborted) };
        }

        await answer.WriteAsync(context);
    }

    /// <summary>
    /// Sends a page to the same address with GET, once: by then the browser shows the newer token. A short-lived cookie
    /// tells the second time.
    /// </summary>
    public static bool TryRepeat(SessionFeature feature)
    {
        var context = feature.Context;
        var mark = feature.Parts.RepeatCookie;
        if (CookieHeader.TryGetValue(context.Request.Headers.Cookie, mark.Name, out _, out _))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = ReturnAddress.Of(context.Request);
        SetCookie.Replace(context.Response.Headers, mark.Name, mark.Write(RetryMark, TimeSpan.FromSeconds(10)));
        NoStore.Apply(context.Response.Headers);
        return true;
    }
}
