namespace Microsoft.AspNetCore.Http;

using Sojourn;
using Sojourn.AspNetCore;

/// <summary>The session of a request.</summary>
public static class SojournHttpContextExtensions
{
    extension(HttpContext context)
    {
        /// <summary>
        /// The request's session; never null. In a hub it is <c>Context.GetHttpContext()!.SojournSession</c>. Its getters throw
        /// until something has opened it: <c>UseSojourn()</c>, the authentication scheme, or <c>OpenSessionAsync()</c>.
        /// </summary>
        /// <exception cref="InvalidOperationException"><c>AddSojourn()</c> was not called.</exception>
        public Session SojournSession => Feature(context).Request.Session;

        /// <summary>
        /// A CSRF token of the request's session, for a form's field or a script's header (<see cref="SojournCsrfOptions"/>):
        /// another text each time, good as long as the session. Null when nobody is signed in, or without
        /// <c>AddCsrfTokens()</c>.
        /// </summary>
        /// <exception cref="InvalidOperationException"><c>AddSojourn()</c> was not called, or nothing has opened the session yet.</exception>
        public string? SojournCsrfToken => Feature(context) is { Parts.Csrf: { } tokens, Request.Session: { IsSignedIn: true, Id: { } id } } ? tokens.Create(id) : null;
    }

    /// <summary>Validates the request's token now, once: for middleware that stands in front of <c>UseSojourn()</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Cancels the wait, not the validation, which others may wait for.</param>
    public static async Task<Session> OpenSessionAsync(this HttpContext context, CancellationToken cancellationToken = default)
    {
        var feature = Feature(context);
        await feature.OpenAsync().WaitAsync(cancellationToken);
        return feature.Request.Session;
    }

    private static SessionFeature Feature(HttpContext context)
        => context.Features.Get<SessionFeature>() ?? throw new InvalidOperationException("This request has no session: builder.Services.AddSojourn() is missing.");
}
