using Microsoft.AspNetCore.Http;

namespace Sojourn;

/// <summary>How sessions meet the web: <c>AddSojourn().ConfigureWeb(web => …)</c>. Checked at the start.</summary>
public sealed class SojournWebOptions
{
    internal const string DefaultReturnUrlParameter = "returnUrl";

    /// <summary>
    /// The session cookie. Default: <c>__Host-session</c>, Path=/, Secure, SameSite=Lax. Programs on one host need
    /// different names, since cookies ignore ports. HttpOnly cannot be switched off, and a life span cannot be set: it
    /// is the session's. With SameSite=Strict a page that is asked for from another site is loaded once more from this one,
    /// since only then the browser shows the cookie; a second cookie, <c>-hint</c> added to the name, says when.
    /// </summary>
    public CookieBuilder Cookie { get; } = Builder(SojournDefaults.CookieName);

    /// <summary>
    /// The cookie of anonymous visitors. Default: <c>-visit</c> added to the name of <see cref="Cookie"/>, otherwise as the
    /// default of that. Leave it SameSite=Lax: with Strict, whoever comes from another site finds an empty cart, and loses
    /// the full one if the page keeps something.
    /// </summary>
    public CookieBuilder AnonymousCookie { get; } = Builder(null);

    /// <summary>
    /// The cookie by which a browser is recognised at its next sign-in; set at sign-in only. Default: as
    /// <see cref="Cookie"/>, <c>-device</c> added to its name, for 400 days.
    /// </summary>
    public CookieBuilder DeviceCookie { get; } = Builder(null);

    /// <summary>Whether devices are recognised by <see cref="DeviceCookie"/>. Default true.</summary>
    public bool RecognizeDevices { get; set; } = true;

    /// <summary>Where pages that need a sign-in send the browser, with a local return address. Null (the default): they answer 401.</summary>
    public PathString? SignInPath { get; set; }

    /// <summary>Where pages that are forbidden send the browser. Null (the default): they answer 403.</summary>
    public PathString? ForbiddenPath { get; set; }

    /// <summary>
    /// The application's page on which a person authenticates once more, and which then calls <see cref="Session.StepUpAsync(string[])"/>
    /// and goes to the return address. Null (the default): also pages get problem details.
    /// </summary>
    public PathString? StepUpPath { get; set; }

    /// <summary>The query parameter that carries the return address. Default <c>returnUrl</c>.</summary>
    public string ReturnUrlParameter { get; set; } = DefaultReturnUrlParameter;

    /// <summary>
    /// The claim that is the subject. Null (the default): <c>sub</c>, then <c>NameIdentifier</c>. A claim of an outside
    /// issuer is kept together with its issuer.
    /// </summary>
    public string? SubjectClaim { get; set; }

    /// <summary>
    /// Other origins that may send unsafe requests, as <c>https://host[:port]</c>, compared exactly. Default none.
    /// </summary>
    public ISet<string> TrustedOrigins { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether sign-out also has the browser drop what scripts stored (<c>Clear-Site-Data: "storage"</c>). Default
    /// false. Never <c>"cookies"</c>, which reaches other applications on the domain, nor <c>"cache"</c>.
    /// </summary>
    public bool ClearStorageAtSignOut { get; set; }

    private static CookieBuilder Builder(string? name)
    {
        var cookie = new CookieBuilder
        {
            Path = "/",
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            SecurePolicy = CookieSecurePolicy.Always,
            IsEssential = true,
        };
        if (name is not null)
        {
            cookie.Name = name;
        }

        return cookie;
    }
}
