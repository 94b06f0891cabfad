using Microsoft.AspNetCore.Authentication;

namespace Sojourn;

/// <summary>
/// What <c>HttpContext.SignInAsync</c> may say of a session: <c>new SessionSignIn { IsPersistent = form.Remember,
/// Methods = ["pwd", "otp"] }</c>. Plain <see cref="AuthenticationProperties"/> work too.
/// </summary>
public sealed class SessionSignIn : AuthenticationProperties
{
    /// <summary>The policy by name; null for the subject's or the default one.</summary>
    public string? Policy { get; set; }

    /// <summary>The authentication methods that succeeded, as in RFC 8176 (<c>pwd</c>, <c>otp</c>, <c>hwk</c>).</summary>
    public IReadOnlyList<string> Methods { get; set; } = [];

    /// <summary>The authentication context class, or null.</summary>
    public string? Acr { get; set; }

    /// <summary>
    /// When the authentication began, for sign-ins that take several requests; null for the start of this request. The
    /// sign-in is refused when the subject's sessions were revoked after that.
    /// </summary>
    public DateTimeOffset? AuthenticationBegan { get; set; }
}
