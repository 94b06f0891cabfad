using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Lets a test say in the header <c>X-From</c> where a request comes from, before anything looks at it.</summary>
internal sealed class FromAddress : IStartupFilter
{
    public static void Add(IServiceCollection services) => services.AddTransient<IStartupFilter, FromAddress>();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, rest) =>
        {
            if (IPAddress.TryParse(context.Request.Headers["X-From"], out var address))
            {
                context.Connection.RemoteIpAddress = address;
            }

            return rest(context);
        });
        next(app);
    };
}
