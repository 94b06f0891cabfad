using System.Security.Claims;
using System.Security.Principal;
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
