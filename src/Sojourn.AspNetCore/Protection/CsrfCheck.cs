using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>
/// Token mode: unsafe requests of signed-in sessions carry a token of their session (NIST-5.1-17). An upgrade cannot: for it,
/// the check of its Origin has to do.
/// </summary>
internal static class CsrfCheck
{
    public const string Missing = "csrf-token-missing";
    public const string Invalid = "csrf-token-invalid";

    /// <summary>The answer to a request that lacks its token; null for one that has it, or needs none. The session is open.</summary>
    public static async ValueTask<SessionAnswer?> RefusalAsync(SessionFeature feature, CsrfTokens tokens)
    {
        var (context, request, options) = (feature.Context, feature.Context.Request, tokens.Options);
        if (!OriginCheck.IsUnsafe(request) || OriginCheck.IsUpgrade(request) || CrossSiteCheck.IsExempt(context)
            || context.GetEndpoint()?.Metadata.GetMetadata<WithoutCsrfTokenAttribute>() is not null
            || feature.Request.Running is not { Subject: not null } session)
        {
            return null;
        }

        var shown = request.Headers[options.HeaderName];
        if (shown.Count == 0 && RequestKind.HasForm(request))
        {
            try
            {
                // The framework keeps the form, so the endpoint reads the same one.
                shown = (await request.ReadFormAsync(context.RequestAborted))[options.FormFieldName];
            }
            catch (BadHttpRequestException fault)
            {
                return SessionAnswer.UnreadableForm(fault.StatusCode);
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException)
            {
                return SessionAnswer.UnreadableForm(StatusCodes.Status400BadRequest);
            }
        }

        var refusal = Check(shown, session.Id, tokens);
        if (refusal is not null)
        {
            SojournWebLog.CsrfRefused(feature.Parts.Logger, request.Method, refusal.Reason!);
        }

        return refusal;
    }

    private static SessionAnswer? Check(in StringValues shown, SessionId session, CsrfTokens tokens)
    {
        if (StringValues.IsNullOrEmpty(shown))
        {
            var (header, field) = (tokens.Options.HeaderName, tokens.Options.FormFieldName);
            return SessionAnswer.CsrfToken(Missing, $"Send it in the header {header}, or in the field {field} of a form: pages have it from HttpContext.SojournCsrfToken, scripts from GET csrf of MapSession().");
        }

        if (HeaderTokens.Single(shown) is not { } token)
        {
            return SessionAnswer.CsrfToken(Invalid, "The request has two different tokens. Send one: where the tag helper writes the field, the form needs no other.");
        }

        return tokens.IsOf(session, token)
            ? null
            : SessionAnswer.CsrfToken(Invalid, "The token is not of this session: the page is from before the last sign-in, or its keys were replaced. Load the page again, and send the request from there.");
    }
}
