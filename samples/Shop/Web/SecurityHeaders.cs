namespace Shop.Web;

/// <summary>
/// Puts on every answer what tells browsers to keep to the shop: nothing from elsewhere, no framing, https only. As the
/// headers go out, so that answers of the session layer and error pages have it too, which clear what was set before.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, IHostEnvironment environment)
{
    // ASVS-3.4.3 and 3.4.6. Browsers read frame-ancestors, so X-Frame-Options would say nothing new.
    private const string Content = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private readonly bool _insistsOnHttps = !environment.IsDevelopment();

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Content;
            headers.XContentTypeOptions = "nosniff"; // ASVS-3.4.4
            headers["Referrer-Policy"] = "same-origin"; // ASVS-3.4.5; "no-referrer" would have browsers send "Origin: null" with forms
            headers["Cross-Origin-Opener-Policy"] = "same-origin"; // ASVS-3.4.8
            headers["Cross-Origin-Resource-Policy"] = "same-origin"; // ASVS-3.5.8
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            if (_insistsOnHttps && context.Request.IsHttps && !IsLocalhost(context.Request.Host))
            {
                headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains"; // ASVS-3.4.1
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>Browsers would insist on https for every program on this machine. For bare addresses they never do (RFC 6797, 8.1.1).</summary>
    private static bool IsLocalhost(HostString host) => host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
}
