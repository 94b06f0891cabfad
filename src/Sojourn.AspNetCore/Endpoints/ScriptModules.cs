using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Sojourn.AspNetCore;

/// <summary>The modules that pages load, and the style of the one that is ours. They lie in the library, so an application needs no build step for them.</summary>
internal static class ScriptModules
{
    private static readonly string[] Names = ["step-up.js", "time-left.js", "resume.js", "resume.css", "done.js"];

    public static void Map(RouteGroupBuilder group)
    {
        foreach (var name in Names)
        {
            var bytes = Read(name);
            var type = name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
            RequestDelegate serve = context =>
            {
                context.Response.Headers.CacheControl = "no-cache"; // kept, and asked for by its tag: an update of the library counts at once
                return TypedResults.Bytes(bytes, type, entityTag: tag).ExecuteAsync(context);
            };
            group.MapGet("/" + name, serve).WithoutSession();
        }
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(ScriptModules).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
