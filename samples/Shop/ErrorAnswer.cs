using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Shop.Pages;

namespace Shop;

/// <summary>Fills in answers that have a status and nothing else: a page for people, problem details for programs.</summary>
internal static class ErrorAnswer
{
    public static Task WriteAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        var code = context.Response.StatusCode;
        var answer = IsForPeople(context.Request)
            ? Page.Of<ErrorPage>(new()
            {
                [nameof(ErrorPage.Title)] = ReasonPhrases.GetReasonPhrase(code),
                [nameof(ErrorPage.Text)] = code == StatusCodes.Status404NotFound ? "There is nothing at this address." : "That did not work, and nothing was changed.",
            })
            : TypedResults.Problem(statusCode: code);
        return answer.ExecuteAsync(context);
    }

    private static bool IsForPeople(HttpRequest request)
        => !request.Path.StartsWithSegments("/api") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
