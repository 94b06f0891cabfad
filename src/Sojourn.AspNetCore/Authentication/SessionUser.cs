using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Sojourn.Storage;

namespace Sojourn.AspNetCore;

/// <summary>
/// The signed-in user of a request for <c>HttpContext.User</c> and for authorization, made when one of them asks. It is
/// who was signed in when the session was opened, as with the framework's own middleware: a sign-out during the request
/// does not change it. Whoever asks makes the answer depend on the session, so that it stays out of the server's caches.
/// </summary>
internal sealed class SessionUser(SessionFeature feature, SessionRecord record) : IHttpAuthenticationFeature, IAuthenticateResultFeature
{
    private ClaimsPrincipal? _user;
    private AuthenticateResult? _result;
    private bool _isReplaced;

    /// <inheritdoc/>
    public ClaimsPrincipal? User
    {
        get => Use() && _isReplaced ? _user : _user ??= feature.Parts.Principals.Create(record);
        set => (_user, _result, _isReplaced) = (value, null, true);
    }

    /// <inheritdoc/>
    public AuthenticateResult? AuthenticateResult
    {
        get => Use() && _isReplaced ? _result : _result ??= SojournHandler.Success(feature, record, User!, feature.Parts.DefaultScheme);
        set => (_user, _result, _isReplaced) = (value?.Principal, value, true);
    }

    /// <summary>Always true: each look marks the answer, since a cache may have begun to listen only behind the one before.</summary>
    private bool Use()
    {
        feature.Request.Use();
        return true;
    }
}
