using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>Adds the scheme, and makes it the default when the application has set none.</summary>
internal sealed class SchemeSetup : IConfigureOptions<AuthenticationOptions>, IPostConfigureOptions<AuthenticationOptions>
{
    public void Configure(AuthenticationOptions options)
        => options.AddScheme(SojournDefaults.AuthenticationScheme, scheme => scheme.HandlerType = typeof(SojournHandler));

    public void PostConfigure(string? name, AuthenticationOptions options)
    {
        if (options.DefaultScheme is null && options.DefaultAuthenticateScheme is null)
        {
            options.DefaultScheme = SojournDefaults.AuthenticationScheme;
        }
    }
}
