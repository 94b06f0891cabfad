using System.Security.Claims;
using System.Security.Principal;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>
/// The user of a request whose token could not be checked. Neither signed in nor signed out (rule 6): a handler that
/// asks must not take the person for a guest, so asking is a fault.
/// </summary>
internal sealed class UnknowablePrincipal : ClaimsPrincipal
{
    public override IIdentity? Identity => throw RequestSession.Unavailable();

    public override IEnumerable<ClaimsIdentity> Identities => throw RequestSession.Unavailable();

    public override IEnumerable<Claim> Claims => throw RequestSession.Unavailable();

    public override bool IsInRole(string role) => throw RequestSession.Unavailable();
}

/// <summary>
/// Says so for <c>HttpContext.User</c> and for authorization, which asks for a ticket before it asks for the user. An
/// endpoint that names its schemes has the framework replace a user it could not find by nobody: nobody is not what we know.
/// </summary>
internal sealed class UnknowableUser : IHttpAuthenticationFeature, IAuthenticateResultFeature
{
    private ClaimsPrincipal? _user = new UnknowablePrincipal();

    /// <inheritdoc/>
    public ClaimsPrincipal? User
    {
        get => _user;
        set => _user = value is UnknowablePrincipal || value?.Identities.Any(identity => identity.IsAuthenticated) is true ? value : new UnknowablePrincipal();
    }

    /// <inheritdoc/>
    public AuthenticateResult? AuthenticateResult { get; set; } = AuthenticateResult.Fail("The session store is not available.");
}
