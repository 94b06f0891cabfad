using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The everyday tasks of README.md: the marked part is there word for word, and runs in <see cref="ReadmeTests"/>.</summary>
internal static class EverydayTasks
{
    public static async Task<(Cart Cart, SessionPage Mine)> DoAsync(
        HttpContext context, ClaimsPrincipal user, bool remember, Session session, SessionManager sessions, string line, CancellationToken ct)
    {
        // README begins
        // sign in: always a new session with a new token
        await context.SignInAsync(user, new SessionSignIn { IsPersistent = remember, Policy = "staff", Methods = ["pwd", "otp"] });

        // data: typed keys; parallel requests do not overwrite each other
        session.Set(Keys.Theme, "dark");
        var cart = await session.UpdateAsync(Keys.Cart, old => (old ?? Cart.Empty).With(line), ct);

        // devices: where am I signed in
        var mine = await sessions.ListAsync(session.Subject!, ct: ct);

        // everywhere else: in one step, final when it returns
        await sessions.RevokeSubjectAsync(session.Subject!, SessionEndReason.SignedOutEverywhere, except: session.Id, cancellationToken: ct);

        // step-up: the person has just authenticated again, so the token changes
        await session.StepUpAsync("pwd");
        // README ends
        return (cart, mine);
    }

    internal static class Keys
    {
        public static readonly SessionKey<string> Theme = new("theme");

        public static readonly SessionKey<Cart> Cart = new("cart");
    }

    internal sealed record Cart(ImmutableArray<string> Lines)
    {
        public static Cart Empty { get; } = new([]);

        public Cart With(string line) => new(Lines.Add(line));
    }
}
