using Microsoft.AspNetCore.Authentication;

namespace Peers.Contestants;

/// <summary>
/// A scheme by hand that asks nobody and makes what each request must have of its own: principal, ticket, properties.
/// The least that anything behind [Authorize] can cost.
/// </summary>
internal sealed class FreshPrincipal : IContestant
{
    public string Name => ContestantList.Fresh;

    public string Title => "a handler by hand: fresh principal (5 claims), ticket and properties";

    public Can Can => Can.Read;

    public void AddServices(IServiceCollection services, StoreCalls? calls)
    {
        services.AddAuthorization();
        services.AddTransient<Handler>();
        services.AddAuthentication(static options =>
        {
            options.AddScheme("fresh", scheme => scheme.HandlerType = typeof(Handler));
            options.DefaultScheme = "fresh";
        });
    }

    public void Map(WebApplication app) => app.MapGet("/me", CookieTickets.Me).RequireAuthorization();

    private sealed class Handler : IAuthenticationHandler
    {
        private string _scheme = "";

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
        {
            _scheme = scheme.Name;
            return Task.CompletedTask;
        }

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(
            AuthenticateResult.Success(new AuthenticationTicket(Answer.Principal(Answer.HotUser), new AuthenticationProperties(), _scheme)));

        public Task ChallengeAsync(AuthenticationProperties? properties) => throw new NotSupportedException();

        public Task ForbidAsync(AuthenticationProperties? properties) => throw new NotSupportedException();
    }
}
