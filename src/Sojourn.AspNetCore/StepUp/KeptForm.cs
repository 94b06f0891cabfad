using Microsoft.AspNetCore.Http;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>
/// A form that a step-up interrupted. It waits in the session, so it is of one person on one browser; it can be taken once,
/// within ten minutes, and does not survive a sign-in.
/// </summary>
/// <param name="Address">Where it was sent.</param>
/// <param name="Fields">Its fields in order.</param>
internal sealed record KeptForm(string Address, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public static readonly SessionKey<KeptForm> Key = new("sojourn.form", SojournJsonContext.Default.KeptForm)
    {
        Lifetime = TimeSpan.FromMinutes(10),
        ReadOnce = true,
        SurvivesSignIn = false,
    };

    /// <summary>In JSON; a longer one is not kept, and files never are.</summary>
    private const int MaxCharacters = 16 * 1024;

    /// <summary>
    /// Keeps the request's form, if it is one that can be kept. Never another site's: our own page would send it
    /// again, and authorization may run before the request was checked.
    /// </summary>
    public static async Task<bool> TryKeepAsync(SessionFeature feature)
    {
        var (context, request) = (feature.Context, feature.Context.Request);
        var address = ReturnAddress.Of(request);
        if (!HttpMethods.IsPost(request.Method) || !RequestKind.HasForm(request) || address == "/"
            || CrossSiteCheck.IsFoundForged(context) || CrossSiteCheck.Refusal(feature) is not null)
        {
            return false;
        }

        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            return false; // nothing that could be sent again
        }

        KeyValuePair<string, string>[] fields = [.. form.SelectMany(field => field.Value, (field, value) => KeyValuePair.Create(field.Key, value ?? ""))];
        if (form.Files.Count > 0 || fields.Sum(field => field.Key.Length + field.Value.Length) > MaxCharacters)
        {
            return false;
        }

        feature.Request.Session.Set(Key, new(address, fields));
        return true;
    }
}
