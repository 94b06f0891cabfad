using Microsoft.AspNetCore.Authentication.Cookies;

namespace Peers.Contestants;

/// <summary>Cookie authentication that keeps its tickets in memory, as the framework's own sample does.</summary>
internal sealed class CookieTicketStore : IContestant
{
    public string Name => "cookie+tickets";

    public string Title => "cookie authentication with an ITicketStore in memory";

    public Can Can => Can.Read | Can.SignIn | Can.SignOut | Can.Refuse | Can.EndAtSignOut | Can.KeepOnServer;

    public void AddServices(IServiceCollection services, StoreCalls? calls)
    {
        CookieTickets.AddCookies(services);
        services.AddMemoryCache();
        services.AddSingleton<MemoryTicketStore>();
        services.AddSingleton<ITicketStore>(provider =>
        {
            var store = provider.GetRequiredService<MemoryTicketStore>();
            return calls is null ? store : new CountingTicketStore(store, calls);
        });
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<ITicketStore>(static (options, store) => options.SessionStore = store);
    }

    public void Map(WebApplication app)
    {
        app.MapGet("/me", CookieTickets.Me).RequireAuthorization();
        CookieTickets.MapSignInAndOut(app);
    }
}
