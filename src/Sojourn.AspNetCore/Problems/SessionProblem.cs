using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>Answers with problem details (RFC 9457): rule 12, a clear answer instead of an empty page. Never stored by a cache.</summary>
internal static class SessionProblem
{
    public const string ContentType = "application/problem+json";

    /// <param name="context">The request; its response must not have started.</param>
    /// <param name="status">The status code.</param>
    /// <param name="title">What kind of problem, the same each time.</param>
    /// <param name="reason">A word from <see cref="Reasons"/>, or null.</param>
    /// <param name="detail">One sentence on what to do, or null.</param>
    public static Task WriteAsync(HttpContext context, int status, string title, string? reason, string? detail)
        => WriteAsync(context, status, new(title, status, detail, reason), SojournJsonContext.Default.ProblemBody);

    /// <summary>One with further members.</summary>
    public static async Task WriteAsync<T>(HttpContext context, int status, T problem, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, type);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        NoStore.Apply(response.Headers);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }
}
