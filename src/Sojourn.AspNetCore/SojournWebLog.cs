using Microsoft.Extensions.Logging;

namespace Sojourn.AspNetCore;

/// <summary>The web layer's log messages, ids 100 to 199. Neither tokens nor addresses' queries appear.</summary>
internal static partial class SojournWebLog
{
    [LoggerMessage(100, LogLevel.Error, "The session store failed in a {Method} request; it is answered with 503")]
    public static partial void StoreFault(ILogger logger, string method, Exception fault);

    [LoggerMessage(101, LogLevel.Warning, "A session token came over plain http to {Host} and is refused. Use https; behind a proxy that ends TLS call UseForwardedHeaders(), its address in KnownProxies, and then UseAuthentication() and UseAuthorization(), which otherwise come first")]
    public static partial void TokenOverHttp(ILogger logger, string host);

    [LoggerMessage(102, LogLevel.Warning, "A sign-in over plain http to {Host} is refused. Use https; behind a proxy that ends TLS call UseForwardedHeaders(), its address in KnownProxies, and then UseAuthentication() and UseAuthorization(), which otherwise come first")]
    public static partial void SignInOverHttp(ILogger logger, string host);

    [LoggerMessage(103, LogLevel.Warning, "An unsafe {Method} request was refused as coming from another site ({Check})")]
    public static partial void CrossSiteRefused(ILogger logger, string method, string check);

    [LoggerMessage(104, LogLevel.Warning, "Session {Session} was started, but its token could not be sent, and it could not be ended; it ends by itself in ten minutes")]
    public static partial void UndeliveredNotEnded(ILogger logger, SessionId session, Exception fault);

    [LoggerMessage(105, LogLevel.Warning, "Plain http is served to other machines ({Addresses}): sign-ins and tokens that come by it are refused. It is fine if it only redirects to https, or if a proxy that ends TLS stands in front (then call UseForwardedHeaders(), its address in KnownProxies, and UseAuthentication() after it); otherwise serve https")]
    public static partial void PlainHttpServed(ILogger logger, string addresses);

    [LoggerMessage(106, LogLevel.Warning, "Session {Session}: the items of its authentication properties (saved tokens) cannot be decrypted and read as absent; the key ring of Data Protection was lost or replaced. Said once a minute at most")]
    public static partial void ItemsUnreadable(ILogger logger, SessionId session, Exception fault);

    [LoggerMessage(107, LogLevel.Error, "Session {Session}: its security stamp could not be compared, since the user store failed; the request is answered with 503")]
    public static partial void UserStoreFault(ILogger logger, SessionId session, Exception fault);

    [LoggerMessage(108, LogLevel.Warning, "Sign-ins with a passkey are recorded as \"pwd\": the IPasskeyHandler that is registered last was registered after AddSojourn().AddIdentity(), and the application's UserManager does not derive from SojournUserManager. Derive it, or call AddIdentity() after the registration")]
    public static partial void PasskeysUnseen(ILogger logger);

    [LoggerMessage(109, LogLevel.Warning, "A {Method} request was refused for want of its session's CSRF token ({Check})")]
    public static partial void CsrfRefused(ILogger logger, string method, string check);

    [LoggerMessage(110, LogLevel.Warning, "A {Method} request was refused, since the framework's antiforgery check, which ran before, did not accept it")]
    public static partial void AntiforgeryRefused(ILogger logger, string method);

    [LoggerMessage(111, LogLevel.Warning, "{Header} came from {Peer} and was not used: if that is your proxy, add it to KnownProxies (ForwardedHeadersOptions), and call UseForwardedHeaders() before authentication. Said once for each address")]
    public static partial void ForwardedUnused(ILogger logger, string header, ClientAddress peer);

    [LoggerMessage(112, LogLevel.Warning, "{Header} came from {Peer}, and ASP.NET Core does not read it: if that is your proxy, have it send X-Forwarded-Proto, X-Forwarded-Host and X-Forwarded-For, and add it to KnownProxies (ForwardedHeadersOptions). Said once for each address")]
    public static partial void ForwardedUnreadable(ILogger logger, string header, ClientAddress peer);

    [LoggerMessage(113, LogLevel.Debug, "A page was asked for from another site, and so without the SameSite=Strict session cookie; the browser loads it again from this one")]
    public static partial void LoadedAgain(ILogger logger);

    [LoggerMessage(120, LogLevel.Error, "{Endpoint} is marked Passive(), but its session was opened before the endpoint was known, so asking counts as activity and keeps it alive. Call UseRouting() before authentication and UseSojourn(). Said once")]
    public static partial void PassiveInVain(ILogger logger, string endpoint);
}
