using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Sojourn.Engine;
using SessionExtensions = Sojourn.Engine.SessionExtensions;

namespace Sojourn.AspNetCore;

/// <summary>
/// <c>SignInAsync</c>: a new session with a new token, always (ASVS-7.2.4); what the client had before is carried over or
/// replaced. The cookie goes out with the headers, so that an error page still delivers it.
/// </summary>
internal static class SignInFlow
{
    public static async Task SignInAsync(SessionFeature feature, ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        var (context, parts) = (feature.Context, feature.Parts);
        if (context.Response.HasStarted)
        {
            throw new InvalidOperationException("The response has started, so the session's token could not be sent. Sign in before writing.");
        }

        await feature.OpenAsync();
        if (feature.Request.IsUnavailable)
        {
            throw Refuse(feature, new SessionStoreException("Start", "the session store is not available", isTransient: true));
        }

        if (feature.Request.IsOverPlainHttp)
        {
            SojournWebLog.SignInOverHttp(parts.Logger, context.Request.Headers.Host.ToString());
            throw Refuse(feature, RequestSession.PlainHttp());
        }

        var subject = SubjectClaim.Of(user, parts.Options.SubjectClaim);
        if (properties is SessionTicketProperties current && current.Session == feature.Request.Running?.Id && feature.Request.Running?.Subject == subject)
        {
            await feature.Request.ChangeClaimsAsync(ClaimsPacker.Pack(user, subject), ChangeOfItems(parts, current, subject));
            parts.Stamps?.NoteCompared(current.Session);
            return;
        }

        await StartAsync(feature, user, properties, subject);
        ReturnAddress.Follow(context, properties);
    }

    private static async Task StartAsync(SessionFeature feature, ClaimsPrincipal user, AuthenticationProperties? properties, string subject)
    {
        var signIn = properties as SessionSignIn;
        var began = signIn?.AuthenticationBegan;
        if (feature.Parts.Stamps is { } identity)
        {
            feature.Proof?.Correct(user, identity.Options.ClaimsIdentity.UserIdClaimType);
            began ??= await IdentityTickets.BeganAsync(feature.Context, user, identity.Options.ClaimsIdentity.UserIdClaimType);
        }

        // With another person's ticket the application may mean its life span; its tokens are that person's.
        var isForeign = properties is SessionTicketProperties && feature.Request.Running?.Subject != subject;
        var items = feature.Parts.Items.Protect(subject, isForeign ? null : TicketItems.Of(properties));
        var start = new SessionStart
        {
            Subject = subject,
            Principal = user,
            Policy = signIn?.Policy,
            IsPersistent = properties?.IsPersistent == true,
            Methods = signIn is { Methods.Count: > 0 } ? signIn.Methods : AuthenticationMethods.Of(user),
            Acr = signIn?.Acr,
            Client = feature.Request.Client,
            Device = DeviceRecognition.Recognize(feature),
            AuthenticationBegan = began ?? feature.OpenedAt,
            Extensions = items.Length == 0 ? [] : SessionExtensions.With([], SessionExtensions.ProtectedProperties, items),
            Shown = feature.ShownTokens(),
        };
        SessionStartResult result;
        try
        {
            result = await feature.Parts.Engine.Starter.StartAsync(start, feature.Context.RequestAborted);
        }
        catch (SessionStoreException fault)
        {
            throw Refuse(feature, fault);
        }

        if (result.Outcome != SessionStartOutcome.Started)
        {
            throw Refuse(feature, new SessionRefusedException(RefusalOf(result.Outcome), $"The sign-in was refused: {result.Outcome}.") { Elsewhere = result.Elsewhere });
        }

        feature.Request.Adopt(result);
    }

    /// <summary>What a change of claims does to the stored items: nothing unless the application changed them.</summary>
    private static Func<ImmutableArray<byte>, ImmutableArray<byte>>? ChangeOfItems(WebParts parts, SessionTicketProperties ticket, string subject)
    {
        var items = TicketItems.Of(ticket);
        if (!ticket.HasNewItems(items))
        {
            return null;
        }

        var value = parts.Items.Protect(subject, items);
        return blob => value.Length == 0
            ? SessionExtensions.Without(blob, SessionExtensions.ProtectedProperties)
            : SessionExtensions.With(blob, SessionExtensions.ProtectedProperties, value);
    }

    private static SessionRefusal RefusalOf(SessionStartOutcome outcome) => outcome switch
    {
        SessionStartOutcome.LimitReached => SessionRefusal.LimitReached,
        SessionStartOutcome.RevokedMeanwhile => SessionRefusal.RevokedMeanwhile,
        SessionStartOutcome.TooMany => SessionRefusal.TooMany,
        _ => SessionRefusal.StoreFull,
    };

    private static Exception Refuse(SessionFeature feature, Exception fault)
    {
        feature.Refuse(fault);
        return fault;
    }
}
