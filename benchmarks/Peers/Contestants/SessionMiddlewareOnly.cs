using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Peers.Contestants;

/// <summary>UseSession on the distributed memory cache, the user kept in it as one more value.</summary>
internal sealed class SessionMiddlewareOnly : IContestant
{
    public string Name => "session";

    public string Title => "UseSession on the distributed memory cache";

    public Can Can => Can.Read | Can.Write | Can.SignIn | Can.SignOut | Can.Refuse | Can.EndAtSignOut | Can.KeepOnServer;

    /// <summary>Sessions in memory; the keys that protect the cookie live as long as the process, and no home folder gets them.</summary>
    public static void AddSession(IServiceCollection services, StoreCalls? calls)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddDistributedMemoryCache();
        if (calls is not null)
        {
            services.AddSingleton<IDistributedCache>(provider => new CountingCache(
                new MemoryDistributedCache(provider.GetRequiredService<IOptions<MemoryDistributedCacheOptions>>()), calls));
        }

        services.AddSession();
    }

    public void AddServices(IServiceCollection services, StoreCalls? calls) => AddSession(services, calls);

    public void Map(WebApplication app)
    {
        app.UseSession();
        app.MapGet("/me", static (HttpContext context) => context.Session.GetString("user") is { } user
            ? Answer.Of(user, context.Session.GetInt32("cart"))
            : Answer.Refuse(context));
        app.MapPost("/write", static (HttpContext context) =>
        {
            if (context.Session.GetString("user") is not { } user)
            {
                return Answer.Refuse(context);
            }

            context.Session.SetInt32("seen", Answer.NextSeen());
            return Answer.Of(user, context.Session.GetInt32("cart"));
        });
        app.MapPost("/sign-in/{user?}", static (string? user, HttpContext context) =>
        {
            context.Session.SetString("user", user ?? Answer.NextUser());
            context.Session.SetInt32("cart", Answer.Cart);
            return Answer.Done;
        });
        app.MapPost("/sign-out", static (HttpContext context) =>
        {
            context.Session.Clear();
            return Answer.Done;
        });
    }
}
