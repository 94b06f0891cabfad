using System.Security.Claims;

namespace Shop.Accounts;

/// <summary>Somebody who may sign in.</summary>
internal sealed record Account(string User)
{
    public string PasswordHash { get; init; } = "";

    /// <summary>Who that is, for SignInAsync. The claim <c>sub</c> becomes the session's subject.</summary>
    public ClaimsPrincipal ToPrincipal() => new(new ClaimsIdentity([new("sub", User), new("name", User)], "password", "name", "role"));
}
