using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>"This wasn't me", seen by the stranger's browser and by the person's others.</summary>
public sealed class DisownedTests
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(5);

    [Fact, Requirement("ASVS-7.5.2"), Requirement("ASVS-7.4.1"), Requirement("NIST-5.3-2")]
    public async Task The_stranger_is_out_and_what_needs_a_recent_authentication_asks_again_elsewhere()
    {
        await using var app = await StartAsync();
        using var caller = await app.SignInAsync("ada");
        using var other = await app.SignInAsync("ada");
        using var stranger = await app.SignInAsync("ada");
        using var mate = stranger.Copy();
        mate.Cookies.Remove(SojournDefaults.CookieName);
        await mate.PostAsync("/sign-in/ada");
        await mate.GetAsync("/who");
        Assert.Equal("paid", (await other.PostAsync("/pay")).Body);

        Assert.Equal("2 ended, 1 must step up", (await caller.PostAsync($"/not-me/{stranger.SessionId}")).Body);

        Assert.Equal((401, "reportedByOwner"), (await stranger.PostAsync("/pay") is var ended ? ended.Status : 0, ended.Reason));
        Assert.Equal("reportedByOwner", (await mate.GetAsync("/private")).Reason);
        Assert.Equal((403, "step-up-required"), (await other.PostAsync("/pay") is var asked ? asked.Status : 0, asked.Reason));
        Assert.Equal((403, "step-up-required"), (await other.PostAsync("/transfer") is var method ? method.Status : 0, method.Reason)); // its time is no help
        Assert.Equal("ada", (await other.GetAsync("/private")).Body);
        Assert.Equal("paid", (await caller.PostAsync("/pay")).Body);

        await other.PostAsync("/step-up");
        Assert.Equal("paid", (await other.PostAsync("/pay")).Body);
    }

    [Fact, Requirement("NIST-5.3-2")]
    public async Task A_password_alone_does_not_make_the_forgotten_second_factor_fresh()
    {
        await using var app = await StartAsync();
        using var caller = await app.SignInAsync("ada");
        using var other = await app.SignInAsync("ada");
        using var stranger = await app.SignInAsync("ada");
        await other.PostAsync("/step-up"); // with the second factor
        Assert.Equal("both", (await other.PostAsync("/both")).Body);
        await caller.PostAsync($"/not-me/{stranger.SessionId}");

        await other.PostAsync("/password-again");
        Assert.Equal((403, "step-up-required"), (await other.PostAsync("/both") is var asked ? asked.Status : 0, asked.Reason));
        await other.PostAsync("/step-up");
        Assert.Equal("both", (await other.PostAsync("/both")).Body);
    }

    [Fact]
    public async Task The_other_session_gets_a_new_token_with_its_next_answer_and_no_page_breaks_on_the_missing_time()
    {
        await using var app = await StartAsync();
        using var caller = await app.SignInAsync("ada");
        using var other = await app.SignInAsync("ada");
        using var stranger = await app.SignInAsync("ada");
        var before = other.Session;
        await caller.PostAsync($"/not-me/{stranger.SessionId}");

        Assert.Equal("none", (await other.GetAsync("/authenticated")).Body);
        Assert.NotEqual(before, other.Session);
        Assert.Equal("none", (await other.GetAsync("/authenticated")).Body); // the successor's, too
        await other.PostAsync("/step-up");
        Assert.NotEqual("none", (await other.GetAsync("/authenticated")).Body);
    }

    [Fact]
    public async Task Rule6_With_the_store_down_it_is_503_and_said_again_it_is_done()
    {
        await using var app = await StartAsync();
        using var caller = await app.SignInAsync("ada");
        using var other = await app.SignInAsync("ada");
        using var stranger = await app.SignInAsync("ada");
        app.Store.Inject(StoreOperation.Change, StoreFault.FailBefore);
        Assert.Equal(503, (await caller.PostAsync($"/not-me/{stranger.SessionId}")).Status);
        app.Repair();

        Assert.Equal("reportedByOwner", (await stranger.GetAsync("/private")).Reason);
        Assert.Equal("paid", (await other.PostAsync("/pay")).Body);
        Assert.Equal("0 ended, 1 must step up", (await caller.PostAsync($"/not-me/{stranger.SessionId}")).Body);
        Assert.Equal(403, (await other.PostAsync("/pay")).Status);
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(endpoints: routes =>
    {
        routes.MapPost("/pay", () => "paid").RequireStepUp(Within);
        routes.MapPost("/transfer", () => "moved").RequireStepUp(Within, null, "pwd");
        routes.MapPost("/both", () => "both").RequireStepUp(Within, null, "pwd", "otp");
        routes.MapPost("/password-again", (Session session) => session.StepUpAsync("pwd").AsTask());
        routes.MapGet("/authenticated", (Session session) => session.AuthenticatedAt?.ToString("O") ?? "none").RequireAuthorization();
        routes.MapPost("/not-me/{id}", async (string id, Session session, SessionManager sessions, CancellationToken ct) =>
        {
            var result = await sessions.DisownAsync(SessionId.Parse(id), by: session.Id, cancellationToken: ct);
            return $"{result.Ended} ended, {result.MustStepUp} must step up";
        }).RequireAuthorization();
    });
}
