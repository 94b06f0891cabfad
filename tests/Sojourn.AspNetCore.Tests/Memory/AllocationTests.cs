using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>
/// What a request costs in memory. Bytes, not time: they are the same on every machine. Counted on the thread that runs
/// the request to its end, so that tests beside this one do not disturb.
/// </summary>
[Collection(CountsBytes.Name)]
public sealed class AllocationTests
{
    private const int Allowed = 350;

    [Theory]
    [InlineData("/signed-in", false)]
    [InlineData("/editors", false)]
    [InlineData("/signed-in", true)]
    [InlineData("/editors", true)]
    public async Task An_authorized_request_allocates_at_most_350_bytes_more_than_a_bare_hand_written_handler(string path, bool inItsPlace)
    {
        var (bare, sojourn) = (new MemoryServer(), new MemoryServer());
        await using var bareApp = Start(bare, services =>
        {
            services.AddTransient<BareHandler>();
            services.AddAuthentication(options =>
            {
                options.AddScheme("bare", scheme => scheme.HandlerType = typeof(BareHandler));
                options.DefaultScheme = "bare";
            });
        });
        Map(bareApp);
        await bareApp.StartAsync(TestContext.Current.CancellationToken);
        await using var sojournApp = Start(sojourn, services =>
        {
            services.AddSingleton<TimeProvider>(new ManualTimeProvider());
            services.AddSojourn().UseMemory();
            services.RemoveAll<IHostedService>();
        });
        _ = inItsPlace ? sojournApp.UseSojournAuthentication().UseAuthorization() : sojournApp.UseSojourn();
        Map(sojournApp);
        await sojournApp.StartAsync(TestContext.Current.CancellationToken);
        var started = await sojournApp.Services.GetRequiredService<SessionManager>().StartAsync(new SessionStart { Subject = "ada", Principal = User() }, TestContext.Current.CancellationToken);
        var cookie = $"{SojournDefaults.CookieName}={started.Token!.Value.Reveal()}";

        var bareBytes = bare.BytesPerRequest(path, cookie);
        var sojournBytes = sojourn.BytesPerRequest(path, cookie);
        Console.WriteLine($"Memory of a request {path}{(inItsPlace ? " (UseSojournAuthentication)" : "")}: bare handler {bareBytes} B, Sojourn {sojournBytes} B, {sojournBytes - bareBytes} B more.");
        Assert.InRange(sojournBytes - bareBytes, long.MinValue, Allowed);
    }

    private static WebApplication Start(MemoryServer server, Action<IServiceCollection> services) => MemoryServer.Build(server, "Production", log: null, services);

    private static void Map(WebApplication app)
    {
        RequestDelegate answer = static context => context.Response.WriteAsync("ok");
        app.MapGet("/signed-in", answer).RequireAuthorization();
        app.MapGet("/editors", answer).RequireAuthorization(policy => policy.RequireRole("editor"));
    }

    internal static ClaimsPrincipal User() => new(new ClaimsIdentity(
        [new Claim("sub", "ada"), new Claim("name", "Ada L."), new Claim("email", "ada@example.org"), new Claim("role", "editor")], "test", "name", "role"));

    /// <summary>The least that a scheme can do: a fresh principal, ticket and properties for each request.</summary>
    internal sealed class BareHandler : IAuthenticationHandler
    {
        private string _scheme = "";

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
        {
            _scheme = scheme.Name;
            return Task.CompletedTask;
        }

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(User(), new AuthenticationProperties(), _scheme)));

        public Task ChallengeAsync(AuthenticationProperties? properties) => throw new NotSupportedException();

        public Task ForbidAsync(AuthenticationProperties? properties) => throw new NotSupportedException();
    }
}
