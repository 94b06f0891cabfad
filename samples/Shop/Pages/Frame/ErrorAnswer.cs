using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace Shop.Pages;

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
                [nameof(ErrorPage.Text)] = TextOf(code),
            })
            : TypedResults.Problem(statusCode: code);
        return answer.ExecuteAsync(context);
    }

    private static bool IsForPeople(HttpRequest request)
        => !request.Path.StartsWithSegments("/api") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static string TextOf(int code) => code switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status400BadRequest => "Something in the form was missing, or of another kind than it asks for, so nothing was changed. Go back, fill in all of it and send it again.",
        StatusCodes.Status413PayloadTooLarge => "That was more than the shop takes, so nothing was changed. Go back and send something shorter.",
        StatusCodes.Status415UnsupportedMediaType => "The shop reads forms as browsers send them, and this was something else, so nothing was changed. Go back and use the form.",
        _ => "That did not work, and nothing was changed. Go back and try again.",
    };
}
