using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCaching;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>
/// Keeps an answer that depends on a session out of the server's own caches, whoever else may ask for the same address
/// (protocol 9). They look at the headers before our cookie is on them, so they have to be told as soon as it is known.
/// </summary>
internal static class SharedCaches
{
    // A response that sets a cookie is one that the response cache never stores, whatever else its headers say or will say.
    private const string Mark = "sojourn-not-for-caches=; max-age=0";

    /// <summary>Whether <see cref="TakeMarkBack"/> is needed.</summary>
    public static bool SwitchOff(HttpContext context)
    {
        if (context.Features.Get<IOutputCacheFeature>() is { } output)
        {
            output.Context.AllowCacheStorage = false;
        }

        if (context.Features.Get<IResponseCachingFeature>() is null || context.Response.HasStarted)
        {
            return false;
        }

        if (!context.Response.Headers.SetCookie.Contains(Mark, StringComparer.Ordinal))
        {
            context.Response.Headers.SetCookie = StringValues.Concat(context.Response.Headers.SetCookie, Mark);
        }

        return true;
    }

    /// <summary>Before the headers go: the mark was for this server only.</summary>
    public static void TakeMarkBack(HttpContext context)
        => context.Response.Headers.SetCookie = new StringValues([.. context.Response.Headers.SetCookie.Where(line => line != Mark)]);
}
