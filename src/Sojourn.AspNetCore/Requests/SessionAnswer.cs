using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>An answer that the session layer gives in the application's place.</summary>
internal sealed record SessionAnswer(int Status, string Title, string? Reason, string Detail)
{
    /// <summary>Seconds for Retry-After; 0 for none.</summary>
    public int RetryAfter { get; init; }

    /// <summary>Whether a page is to be sent to the same address once more: its browser has, or will get, a newer token.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>Where else the person is signed in, to whoever showed a right password and met the limit.</summary>
    public RunningElsewhere? Elsewhere { get; init; }

    /// <summary>The sign-in for which the session had to make room.</summary>
    public OtherSignIn? DisplacedBy { get; init; }

    /// <summary>Neither signed in nor signed out (rule 6).</summary>
    public static SessionAnswer StoreDown() => new(
        StatusCodes.Status503ServiceUnavailable, "The session store is not available", null, "Whether you are signed in cannot be told right now. Your session is as it was; try again in a moment.")
    {
        RetryAfter = RandomNumberGenerator.GetInt32(1, 6),
    };

    public static SessionAnswer SignedOutHereOnly() => new(
        StatusCodes.Status503ServiceUnavailable, "You are signed out on this browser only", null,
        "The session store is not available, so the session itself could not be ended. This browser has forgotten it. Sign in and out again later to be sure.")
    {
        RetryAfter = RandomNumberGenerator.GetInt32(1, 6),
    };

    public static SessionAnswer PlainHttp() => new(
        StatusCodes.Status400BadRequest, "A session needs https", "plainHttp",
        "This address is plain http, where anybody on the way could take the session. Use https. Behind a proxy that ends TLS, call app.UseForwardedHeaders(), the proxy's address in KnownProxies, and then app.UseAuthentication() and app.UseAuthorization().");

    public static SessionAnswer CrossSite(string? failure, string? detail) => new(
        StatusCodes.Status403Forbidden, "The request does not come from this site", failure, detail ?? "Send the request from a page of this site.");

    public static SessionAnswer Antiforgery() => new(
        StatusCodes.Status403Forbidden, "The request was found to be forged", "antiforgery",
        "The framework's antiforgery check, which ran before, did not accept the request. Send it from a page of this site that was loaded after the last sign-in.");

    public static SessionAnswer CsrfToken(string reason, string detail) => new(
        StatusCodes.Status403Forbidden, "The request needs this session's CSRF token", reason, detail);

    public static SessionAnswer UnreadableForm(int status) => new(
        status, "The form cannot be read", "form", "The body is not the form that its Content-Type promises, or larger than forms may be. Send the CSRF token in the header, and the body is left to the endpoint.");

    /// <summary>The answer to something that the engine refused.</summary>
    public static SessionAnswer Of(SessionRefusedException refused) => refused.Refusal switch
    {
        SessionRefusal.Superseded => new(StatusCodes.Status409Conflict, "The session token was replaced", Reasons.Superseded, "Another request got a newer token. Repeat the request with it.") { MayRepeat = true },
        SessionRefusal.Ended => new(StatusCodes.Status401Unauthorized, "The session has ended", Reasons.Of(SessionOutcome.Ended, refused.EndReason), "Sign in again."),
        SessionRefusal.DataTooLarge => new(StatusCodes.Status413PayloadTooLarge, "The session holds too much", null, refused.Message),
        SessionRefusal.LimitReached => new(StatusCodes.Status409Conflict, "There are too many sessions", Reasons.LimitReached, "You are signed in on as many devices as are allowed. Sign out on one of them and try again.") { Elsewhere = refused.Elsewhere },
        SessionRefusal.RevokedMeanwhile => new(StatusCodes.Status401Unauthorized, "The sign-in was overtaken", "revokedMeanwhile", "All sessions of this account were ended while you were signing in. Sign in again."),
        SessionRefusal.TooMany => new(StatusCodes.Status429TooManyRequests, "Too many attempts", null, "Too many sessions were started in a short time. Try again in a moment.") { RetryAfter = 5 },
        SessionRefusal.PlainHttp => PlainHttp(),
        _ => new(StatusCodes.Status507InsufficientStorage, "The session store is full", null, refused.Message),
    };

    public Task WriteAsync(HttpContext context)
    {
        if (RetryAfter > 0)
        {
            context.Response.Headers.RetryAfter = RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        var problem = new ProblemBody(Title, Status, Detail, Reason)
        {
            DisplacedBy = PlaceBody.Of(DisplacedBy),
            Running = Elsewhere?.Count,
            RunningOn = PlaceBody.Of(Elsewhere?.Latest),
        };
        return SessionProblem.WriteAsync(context, Status, problem, SojournJsonContext.Default.ProblemBody);
    }
}
