using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>What every request needs of the program, found once.</summary>
internal sealed class WebParts(SessionEngine engine, IOptions<SojournWebOptions> options, ILogger<SessionFeature> logger, IOptions<AuthenticationOptions> authentication, IServiceProvider services, SecurityStamps? stamps = null, CsrfTokens? csrf = null)
{
    private int _toldOfPassive;

    public SessionEngine Engine => engine;

    public SojournWebOptions Options { get; } = options.Value;

    public ILogger Logger => logger;

    public SetCookieTemplate SessionCookie { get; } = new(options.Value.Cookie);

    public SetCookieTemplate VisitCookie { get; } = new(options.Value.AnonymousCookie);

    public SetCookieTemplate DeviceCookie { get; } = new(options.Value.DeviceCookie);

    /// <summary>Marks for some seconds that a page was sent to the same address once more.</summary>
    public SetCookieTemplate RepeatCookie { get; } = new(Beside(options.Value.Cookie, "-repeat", options.Value.Cookie.SameSite));

    /// <summary>What lets people come in from other sites; null unless the session cookie is SameSite=Strict.</summary>
    public StrictArrival? Arrival { get; } = options.Value.Cookie.SameSite == SameSiteMode.Strict
        ? new(logger, new(options.Value.Cookie), new(Beside(options.Value.Cookie, "-hint", SameSiteMode.Lax)), new(Beside(options.Value.Cookie, "-again", SameSiteMode.Lax)))
        : null;

    public PrincipalFactory Principals { get; } = new();

    public TicketItems Items { get; } = new(services, engine, logger);

    /// <summary>What sessions know of ASP.NET Core Identity; null in an application without it.</summary>
    public SecurityStamps? Stamps => stamps;

    /// <summary>Token mode: null unless <c>AddCsrfTokens()</c> was called.</summary>
    public CsrfTokens? Csrf => csrf;

    public UnlistedProxies Proxies { get; } = new(logger);

    /// <summary>The scheme of a request's user: Sojourn's, or the application's name for it.</summary>
    public string DefaultScheme { get; } = authentication.Value.DefaultAuthenticateScheme ?? authentication.Value.DefaultScheme ?? SojournDefaults.AuthenticationScheme;

    /// <summary>Set by <c>UseSojourn()</c> and <c>UseSojournAuthentication()</c>; without either the start fails.</summary>
    public bool IsInPipeline { get; set; }

    /// <summary>True once: the order of middleware is the same for every request.</summary>
    public bool TellsOfPassive() => Interlocked.Exchange(ref _toldOfPassive, 1) == 0;

    /// <summary>Where a form that a step-up interrupted is sent again; null unless <c>MapSession()</c> was called.</summary>
    public string? ResumeAddress { get; set; }

    /// <summary>A helper of the session cookie: sent where that is, and with what else its browsers need, a partition say.</summary>
    private static CookieBuilder Beside(CookieBuilder session, string suffix, SameSiteMode sameSite)
    {
        var cookie = new CookieBuilder
        {
            Name = session.Name + suffix,
            Path = session.Path,
            Domain = session.Domain,
            HttpOnly = true,
            SameSite = sameSite,
            SecurePolicy = session.SecurePolicy,
        };
        foreach (var extension in session.Extensions)
        {
            cookie.Extensions.Add(extension);
        }

        return cookie;
    }
}
