using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>
/// The outermost frame of a request: session data is committed before the first byte, and when the session layer has to
/// answer in the application's place, it does so here, whatever exception pages stand between.
/// </summary>
internal sealed class SessionFrameMiddleware(RequestDelegate next, WebParts parts)
{
    /// <summary>A page that only has to be loaded again is answered before the application sees it: nothing may send it to the sign-in first.</summary>
    public Task InvokeAsync(HttpContext context)
        => parts.Arrival is { } arrival && arrival.TryAnswer(context, out var answered) ? answered : FrameAsync(context);

    private async Task FrameAsync(HttpContext context)
    {
        var feature = new SessionFeature(context, parts);
        context.Features.Set(feature);
        var inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var body = new CommittingBody(inner, feature.CommitAsync);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        CommittingUpgrade.Install(context.Features, body);
        context.Response.OnStarting(static state =>
        {
            ResponseCommit.WriteHeaders((SessionFeature)state);
            return Task.CompletedTask;
        }, feature);
        try
        {
            await RunAsync(feature, body);
        }
        finally
        {
            context.Features.Set(inner);
            Finish(feature);
        }
    }

    private async Task RunAsync(SessionFeature feature, CommittingBody body)
    {
        try
        {
            await next(feature.Context);
            await body.EnsureCommittedAsync(CancellationToken.None);
        }
        catch (Exception fault) when (!feature.Context.Response.HasStarted && IsOurs(feature, fault))
        {
            feature.Refuse(fault);
        }
        catch when (!feature.Context.Response.HasStarted && feature.Request.Delivery is { Kind: DeliveryKind.Privilege })
        {
            await DeliverWithoutPageAsync(feature, body);
            throw;
        }

        if (feature.Answer is { } answer && !feature.Context.Response.HasStarted)
        {
            feature.Request.GoesOnWithout = true;
            TakeBack(feature.Context, body);
            await SessionAnswers.WriteAsync(feature, answer);
        }
    }

    /// <summary>
    /// No page tells of an exception, and the server's own 500 would carry no cookie. After a change of privilege the old
    /// token is dead already, so without the new one the person would be signed out.
    /// </summary>
    private static Task DeliverWithoutPageAsync(SessionFeature feature, CommittingBody body)
    {
        TakeBack(feature.Context, body);
        feature.Context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        feature.Context.Response.ContentLength = 0;
        return body.Inner.StartAsync();
    }

    /// <summary>
    /// An answer that has been decided wins over any exception; a store fault or refusal that comes up here becomes one.
    /// </summary>
    private static bool IsOurs(SessionFeature feature, Exception fault)
        => feature.Answer is not null || fault is SessionStoreException or SessionRefusedException or AnsweredException;

    /// <summary>
    /// Takes back what the pipeline put on the response, but not what tells of the host (ASVS-3.4.1: HSTS on all responses).
    /// Our cookies are written as the headers go out.
    /// </summary>
    private static void TakeBack(HttpContext context, CommittingBody body)
    {
        body.Discard();
        context.Features.Set(body.Inner);
        context.Response.StatusCode = StatusCodes.Status200OK;
        var ofTheHost = context.Response.Headers.StrictTransportSecurity;
        context.Response.Headers.Clear();
        context.Response.Headers.StrictTransportSecurity = ofTheHost;
    }

    /// <summary>A session whose token the client never got is ended: nobody could use it or sign out of it.</summary>
    private static void Finish(SessionFeature feature)
    {
        feature.Request.Release();
        if (feature.Request.Delivery is { IsWritten: false, Kind: DeliveryKind.SignIn or DeliveryKind.Visit } delivery)
        {
            // Headers that have not gone out yet still may carry it: the server sends them after this.
            feature.Context.Response.OnCompleted(() => delivery.IsWritten ? Task.CompletedTask : EndUndeliveredAsync(feature, delivery));
        }
    }

    private static async Task EndUndeliveredAsync(SessionFeature feature, SessionDelivery delivery)
    {
        try
        {
            await feature.Parts.Engine.Ender.EndAsync(delivery.Record, SessionEndReason.Abandoned);
        }
        catch (SessionStoreException fault)
        {
            SojournWebLog.UndeliveredNotEnded(feature.Parts.Logger, delivery.Record.Id, fault); // the sweep ends it in ten minutes
        }
    }
}
