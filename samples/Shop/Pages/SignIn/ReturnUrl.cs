using Microsoft.AspNetCore.Http.HttpResults;

namespace Shop.Pages;

/// <summary>Where to go after the sign-in. It comes from the browser, so only an address of this shop will do.</summary>
internal static class ReturnUrl
{
    public static string Checked(string? url)
        => url is not null && url.All(c => c is > ' ' and < '\x7f') && RedirectHttpResult.IsLocalUrl(url) && !url.StartsWith('~') ? url : "/";
}
