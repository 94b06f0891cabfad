using Microsoft.AspNetCore.Http.HttpResults;

namespace Shop.Pages;

/// <summary>Where to go after the sign-in. It comes from the browser, so only an address of this shop will do.</summary>
internal static class ReturnUrl
{
    /// <remarks>No page begins with an escape; a proxy that decodes once more would make "//evil.example" of "/%2fevil.example".</remarks>
    public static string Checked(string? url)
        => url is ['/', ..] and not ['/', '%', ..] && url.All(c => c is > ' ' and < '\x7f') && RedirectHttpResult.IsLocalUrl(url) ? url : "/";
}
