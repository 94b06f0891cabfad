using Microsoft.AspNetCore.Authentication;

namespace Sojourn.AspNetCore;

/// <summary>
/// <c>SignOutAsync</c>: the session ends, the browser forgets. With the store down the person is told so, and the cookie
/// is cleared all the same: it is what they asked for (row 33).
/// </summary>
internal static class SignOutFlow
{
    public static async Task SignOutAsync(SessionFeature feature, AuthenticationProperties? properties)
    {
        var (context, session) = (feature.Context, feature.Request);
        await feature.OpenAsync();
        feature.ClearsStorage = feature.Parts.Options.ClearStorageAtSignOut;
        await session.EndAsync(CancellationToken.None);
        if (properties?.RedirectUri is { } address && ReturnAddress.IsLocal(address))
        {
            context.Response.Redirect(address);
        }
    }
}
