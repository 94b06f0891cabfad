using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>
/// What happens between the handler and the first byte: data is written, a successor is stored; then, as the headers
/// go out, the cookie is written to them.
/// </summary>
internal static class ResponseCommit
{
    /// <summary>Called once, before the first byte. False: the session layer answers instead, and the body is discarded.</summary>
    public static async ValueTask<bool> CommitAsync(SessionFeature feature)
    {
        var session = feature.Request;
        if (!session.IsOpen)
        {
            return feature.Answer is null;
        }

        if (session.IsUnavailable)
        {
            session.GoesOnWithout = true;
            if (!feature.IsWithoutSession)
            {
                feature.Refuse(SessionAnswer.StoreDown());
            }
        }

        var error = feature.Context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (error is not null)
        {
            feature.Refuse(error); // a store fault that an exception page was about to hide
            session.DropChanges();
        }

        if (feature.Answer is null && session.EndedMeanwhile is { } reason)
        {
            feature.Refuse(SessionDataWriter.Ended(reason));
        }

        if (feature.Answer is null && session.HasChanges)
        {
            try
            {
                await session.CommitAsync(CancellationToken.None);
            }
            catch (Exception fault) when (fault is SessionStoreException or SessionRefusedException)
            {
                feature.Refuse(fault);
            }
        }

        if (feature.Answer is null)
        {
            await RotateAsync(feature);
            return true;
        }

        session.DropChanges();
        return false;
    }

    /// <summary>Registered first, so it runs last: right before the headers go out.</summary>
    public static void WriteHeaders(SessionFeature feature)
    {
        var (context, session, parts) = (feature.Context, feature.Request, feature.Parts);
        var headers = context.Response.Headers;
        if (feature.IsMarkedForCaches)
        {
            SharedCaches.TakeMarkBack(context);
        }

        if (!session.IsOpen)
        {
            return;
        }

        if (session.Delivery is { Kind: DeliveryKind.Rotation } && (feature.Answer is not null || !MayCarry(feature)))
        {
            session.WithdrawDelivery(); // it counts as lost: the next one comes after the spacing
        }

        if (session.ForgetsCookie)
        {
            ForgetCookies(feature);
        }

        if (session.Delivery is { } delivery)
        {
            WriteToken(feature, delivery);
        }
        else if (session.HasToldPlace || (!session.ForgetsCookie && session.IsSignedIn && !feature.IsWithoutSession))
        {
            NoStore.ApplyUnlessDeclared(headers);
        }
    }

    private static void WriteToken(SessionFeature feature, SessionDelivery delivery)
    {
        var (headers, parts) = (feature.Context.Response.Headers, feature.Parts);
        var template = delivery.Kind == DeliveryKind.Visit ? parts.VisitCookie : parts.SessionCookie;
        var lifetime = Lifetime(delivery, parts);
        SetCookie.Replace(headers, template.Name, template.Write(delivery.Token.Reveal(), lifetime));
        if (delivery.Kind != DeliveryKind.Visit)
        {
            parts.Arrival?.WriteHint(headers, lifetime);
        }

        if (delivery.Kind == DeliveryKind.SignIn)
        {
            DeviceRecognition.WriteCookie(feature);
            ClearVisit(feature);
            if (feature.SessionCookie == CookieLookup.Conflicting)
            {
                // A browser can hold our name twice, once partitioned. Both would stay in conflict for ever: the one
                // place where a name is set twice (CK-10), since these are two cookies.
                headers.Append("Set-Cookie", template.Clear() + "; Partitioned");
            }
        }

        delivery.IsWritten = true;
        NoStore.Apply(headers);
    }

    private static void ForgetCookies(SessionFeature feature)
    {
        var headers = feature.Context.Response.Headers;
        SetCookie.Replace(headers, feature.Parts.SessionCookie.Name, feature.Parts.SessionCookie.Clear());
        feature.Parts.Arrival?.ClearHint(headers);
        ClearVisit(feature);
        if (feature.ClearsStorage && feature.Context.Request.IsHttps)
        {
            headers["Clear-Site-Data"] = "\"storage\""; // CSD-04: https only; never "cookies" (CSD-03)
        }

        NoStore.Apply(headers);
    }

    private static async ValueTask RotateAsync(SessionFeature feature)
    {
        var session = feature.Request;
        if (feature.IsBySessionCookie && !feature.IsPassive && session.Delivery is null && !session.ForgetsCookie
            && feature.Parts.Engine.Rotator.IsDue(session.Validation) && MayCarry(feature)
            && await feature.Parts.Engine.Rotator.DeliverAsync(session.Validation, isEligible: true) is { } successor)
        {
            session.Deliver(successor);
        }
    }

    private static bool MayCarry(SessionFeature feature)
        => !feature.IsWithoutSession && RotationEligibility.MayCarry(feature.Context, feature.OpenedAt, feature.Parts.Engine.Clock.Now);

    /// <summary>Only a remembered session's cookie outlives the browser (CSMCS-17), and never its session.</summary>
    private static TimeSpan? Lifetime(SessionDelivery delivery, WebParts parts)
        => delivery.Record.IsPersistent ? delivery.Record.AbsoluteExpiresAt - parts.Engine.Clock.Now : null;

    private static void ClearVisit(SessionFeature feature)
    {
        var visit = feature.Parts.VisitCookie;
        if (CookieHeader.TryGetValue(feature.Context.Request.Headers.Cookie, visit.Name, out _, out var conflicting) || conflicting)
        {
            SetCookie.Replace(feature.Context.Response.Headers, visit.Name, visit.Clear());
        }
    }
}
