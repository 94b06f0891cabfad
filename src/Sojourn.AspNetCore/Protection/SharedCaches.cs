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
    private const string Anything = "*";

    /// <summary>Whether <see cref="TakeMarkBack"/> is needed.</summary>
    public static bool SwitchOff(HttpContext context)
    {
        if (context.Features.Get<IOutputCacheFeature>() is { } output)
        {
            output.Context.AllowCacheStorage = false;
        }

        // The response cache has no switch; "Vary: *" is what it never stores.
        if (context.Features.Get<IResponseCachingFeature>() is null || context.Response.HasStarted)
        {
            return false;
        }

        context.Response.Headers.Vary = StringValues.Concat(context.Response.Headers.Vary, Anything);
        return true;
    }

    /// <summary>Before the headers go: the mark was for this server only.</summary>
    public static void TakeMarkBack(HttpContext context)
        => context.Response.Headers.Vary = new StringValues([.. context.Response.Headers.Vary.Where(value => value != Anything)]);
}
