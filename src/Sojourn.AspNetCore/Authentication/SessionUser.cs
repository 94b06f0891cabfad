using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.OutputCaching;
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

    /// <summary>Does what the framework's middleware would, for a session that is open.</summary>
    public static void Set(SessionFeature feature)
    {
        var (context, features) = (feature.Context, feature.Context.Features);
        if (features.Get<IOutputCacheFeature>() is not null)
        {
            // It has looked for a kept answer already, without knowing who asks: somebody signed in would get a stranger's page.
            throw new InvalidOperationException("app.UseOutputCache() stands in front of app.UseSojournAuthentication(), where it cannot know who is signed in. Put it behind.");
        }

        features.Set<IAuthenticationFeature>(new AuthenticationFeature { OriginalPath = context.Request.Path, OriginalPathBase = context.Request.PathBase });
        if (!feature.Request.IsUnavailable && feature.Request.Running is { Subject: not null } record)
        {
            var user = new SessionUser(feature, record);
            features.Set<IHttpAuthenticationFeature>(user);
            features.Set<IAuthenticateResultFeature>(user);
        }
    }

    /// <summary>Always true: each look marks the answer, since a cache may have begun to listen only behind the one before.</summary>
    private bool Use()
    {
        feature.Request.Use();
        return true;
    }
}
