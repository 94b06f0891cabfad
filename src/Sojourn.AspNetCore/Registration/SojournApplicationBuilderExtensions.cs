using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

using Sojourn.AspNetCore;

/// <summary>Puts Sojourn into the request pipeline.</summary>
public static class SojournApplicationBuilderExtensions
{
    /// <summary>
    /// Validates sessions before the endpoints run and refuses unsafe requests from other sites. Anywhere before the
    /// endpoints; it calls neither <c>UseAuthentication</c> nor <c>UseAuthorization</c>. Where <c>UseRouting</c> is called,
    /// after it: what an endpoint says (<c>AllowCrossSite</c>) is not known before, and unsafe requests are then refused.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSojourn()</c> was not called.</exception>
    public static IApplicationBuilder UseSojourn(this IApplicationBuilder app)
    {
        var parts = app.ApplicationServices.GetService<WebParts>()
            ?? throw new InvalidOperationException("UseSojourn() needs builder.Services.AddSojourn().");
        parts.IsInPipeline = true;
        return app.UseMiddleware<SessionMiddleware>();
    }
}
