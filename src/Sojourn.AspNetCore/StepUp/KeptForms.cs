using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>
/// The forms of a session that wait for a step-up. Each can be taken once, within ten minutes, and does not survive a sign-in.
/// </summary>
internal static class KeptForms
{
    /// <summary>As many tabs may wait at once; the oldest gives way.</summary>
    private const int MaxForms = 3;

    /// <summary>Names and values together; a longer form is not kept, and files never are.</summary>
    private const int MaxCharacters = 16 * 1024;

    /// <summary>A body beyond it is not even read.</summary>
    private const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private static readonly SessionKey<KeptForm[]> Key = new("sojourn.forms", SojournJsonContext.Default.KeptFormArray)
    {
        Lifetime = Lifetime,
        SurvivesSignIn = false,
    };

    // What nobody wants to find in a store, or in a hidden field of a page that the browser remembers.
    private static readonly string[] Secrets = ["password", "passwd", "passphrase", "secret", "cardnumber", "ccnumber", "cccsc", "cvc", "cvv"];

    /// <summary>
    /// Keeps the request's form, if it is one that can be kept, and returns its id; null if not.
    /// </summary>
    public static async Task<string?> TryKeepAsync(SessionFeature feature)
    {
        var (context, session) = (feature.Context, feature.Request);
        if (!CanBeKept(feature, out var address) || await ReadAsync(context) is not { } fields)
        {
            return null;
        }

        var id = RandomBytes.Number().ToString("x32", CultureInfo.InvariantCulture);
        var isMultipart = context.Request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
        var form = new KeptForm(id, address, feature.Parts.Engine.Clock.Now, isMultipart, fields);
        var isKept = await session.TryUpdateAsync(Key, forms => [.. Waiting(forms, form.KeptAt).TakeLast(MaxForms - 1), form])
            || await session.TryUpdateAsync(Key, _ => [form]);
        return isKept ? id : null;
    }

    /// <summary>Takes a form away; null when it is gone: of two that ask at once, one gets it.</summary>
    public static async Task<KeptForm?> TakeAsync(SessionFeature feature, string id)
    {
        var (session, now) = (feature.Request, feature.Parts.Engine.Clock.Now);
        if (!Waiting(await session.GetAsync(Key, CancellationToken.None), now).Any(form => form.Id == id))
        {
            return null;
        }

        KeptForm? taken = null;
        await session.UpdateAsync(
            Key,
            forms =>
            {
                taken = Waiting(forms, now).FirstOrDefault(form => form.Id == id);
                return [.. Waiting(forms, now).Where(form => form.Id != id)];
            },
            CancellationToken.None);
        return taken;
    }

    private static IEnumerable<KeptForm> Waiting(KeptForm[]? forms, DateTimeOffset now) => (forms ?? []).Where(form => now - form.KeptAt < Lifetime);

    /// <summary>One of this site, also where the endpoint takes those of others: our own page would send it again as ours.</summary>
    private static bool CanBeKept(SessionFeature feature, out string address)
    {
        var (context, request) = (feature.Context, feature.Context.Request);
        return ReturnAddress.TryOf(request, out address)
            && HttpMethods.IsPost(request.Method)
            && RequestKind.HasForm(request)
            && request.ContentLength is <= MaxBytes
            && OriginCheck.Check(request, feature.Parts.Options.TrustedOrigins).IsAllowed
            && !CrossSiteCheck.IsFoundForged(context)
            && context.GetEndpoint()?.Metadata.GetMetadata<WithoutKeptFormAttribute>() is null;
    }

    private static async Task<KeyValuePair<string, string>[]?> ReadAsync(HttpContext context)
    {
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            return null; // nothing that could be sent again
        }

        KeyValuePair<string, string>[] fields = [.. form.SelectMany(field => field.Value, (field, value) => KeyValuePair.Create(field.Key, value ?? ""))];
        return form.Files.Count == 0
            && fields.Sum(field => field.Key.Length + field.Value.Length) <= MaxCharacters
            && !Array.Exists(fields, field => IsSecret(field.Key))
            ? fields
            : null;
    }

    /// <summary>Whether the name says so, however it is spelt: <c>newPassword</c>, <c>card-number</c>.</summary>
    private static bool IsSecret(string name)
    {
        var letters = string.Concat(name.Where(char.IsAsciiLetter));
        return Array.Exists(Secrets, secret => letters.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }
}
