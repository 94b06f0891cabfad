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
        await feature.OpenAsync();
        feature.ClearsStorage = feature.Parts.Options.ClearStorageAtSignOut;
        await feature.Request.EndAsync(CancellationToken.None);
        ReturnAddress.Follow(feature.Context, properties);
    }
}
