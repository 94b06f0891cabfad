using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Through <see cref="SojournUserManager{TUser}"/> a change of credentials ends the user's other sessions at once.</summary>
public sealed class UserManagerTests
{
    [Fact, Requirement("ASVS-7.4.3")]
    public async Task A_new_password_ends_the_other_sessions_at_once_and_only_those()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var here = await IdentityApp.SignInAsync(app);
        using var there = await IdentityApp.SignInAsync(app);
        using var further = await IdentityApp.SignInAsync(app);
        Assert.Equal("Succeeded", (await here.PostAsync($"/password?old={IdentityApp.Password}&next=battery staple")).Body);

        Assert.Equal("7", (await here.GetAsync("/who")).Body);
        Assert.Equal("credentialsChanged", (await there.GetAsync("/private")).Reason);
        Assert.Equal("credentialsChanged", (await further.GetAsync("/private")).Reason);
        Assert.Single((await app.Sessions.ListAsync("7", ct: TestContext.Current.CancellationToken)).Sessions);
    }

    [Fact]
    public async Task Without_a_refresh_the_session_of_the_change_ends_with_its_next_comparison()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var here = await IdentityApp.SignInAsync(app);
        await here.PostAsync($"/password?refresh=false&old={IdentityApp.Password}&next=battery staple");
        Assert.Equal("7", (await here.GetAsync("/who")).Body);
        app.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("credentialsChanged", (await here.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task A_change_by_somebody_else_or_by_a_job_ends_all_of_the_user_s_sessions()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var first = await IdentityApp.SignInAsync(app);
        using var stranger = app.NewBrowser();
        await stranger.PostAsync("/new-stamp");
        Assert.Equal("credentialsChanged", (await first.GetAsync("/private")).Reason);

        using var second = await IdentityApp.SignInAsync(app);
        using (var scope = app.Services.CreateScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<Member>>();
            await users.UpdateSecurityStampAsync((await users.FindByNameAsync("ada"))!);
        }

        Assert.Equal("credentialsChanged", (await second.GetAsync("/private")).Reason);
    }

    [Fact, Requirement("ASVS-7.4.3")]
    public async Task A_session_without_a_stamp_ends_with_the_others()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var here = await IdentityApp.SignInAsync(app);
        var bare = await app.Sessions.StartAsync(new SessionStart { Subject = "7" }, TestContext.Current.CancellationToken);
        await here.PostAsync($"/password?old={IdentityApp.Password}&next=battery staple");

        Assert.Equal(SessionEndReason.CredentialsChanged, (await app.Sessions.FindAsync(bare.Session!.Id, TestContext.Current.CancellationToken))!.EndReason);
    }

    [Fact]
    public async Task A_change_with_a_token_that_was_just_replaced_is_refused_before_anything_changes()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var here = await IdentityApp.SignInAsync(app);
        app.Time.Advance(TimeSpan.FromMinutes(16));
        using var tab = here.Copy();
        await here.GetAsync("/who"); // brings the successor
        await here.GetAsync("/who"); // shows it, so the tab's token is retired
        Assert.NotEqual(tab.Session, here.Session);
        var answer = await tab.PostAsync($"/password?old={IdentityApp.Password}&next=battery staple");
        Assert.Equal((409, "superseded"), (answer.Status, answer.Reason));

        Assert.Equal("Succeeded", (await here.PostAsync($"/password?old={IdentityApp.Password}&next=battery staple")).Body);
        Assert.Equal("7", (await here.GetAsync("/who")).Body);
    }

    [Fact]
    public async Task An_update_that_leaves_the_stamp_alone_lists_nothing()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        app.Store.ResetCalls();
        Assert.Equal("Succeeded", (await browser.PostAsync("/touch-user")).Body);
        Assert.Equal("Failed", (await browser.PostAsync("/in?password=wrong")).Body); // counts a failure in the user store
        Assert.Equal(0, app.Store.Calls(StoreOperation.List));
        await browser.PostAsync("/new-stamp");
        Assert.Equal(1, app.Store.Calls(StoreOperation.List));
        Assert.Equal(1, app.Store.Calls(StoreOperation.EndSubject));
    }

    [Fact]
    public async Task A_user_that_came_from_elsewhere_is_listed_and_ends_only_what_is_outdated()
    {
        var (app, members) = await IdentityApp.StartAsync(endpoints: routes => routes.MapPost("/update-from-elsewhere", async (MemberDatabase database, UserManager<Member> users)
            => (await users.UpdateAsync((await database.FindAsync(_ => true))!)).ToString()));
        await using var _1 = app;
        using var old = await IdentityApp.SignInAsync(app);
        members.Change("7", ada => ada.SecurityStamp = "another");
        using var fresh = await IdentityApp.SignInAsync(app);
        using var stranger = app.NewBrowser();
        Assert.Equal("Succeeded", (await stranger.PostAsync("/update-from-elsewhere")).Body);

        Assert.Equal("credentialsChanged", (await old.GetAsync("/private")).Reason);
        Assert.Equal("7", (await fresh.GetAsync("/who")).Body);
    }

    [Fact, Requirement("ASVS-7.4.2")]
    public async Task Deleting_the_user_ends_all_sessions_at_once()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var here = await IdentityApp.SignInAsync(app);
        using var there = await IdentityApp.SignInAsync(app);
        Assert.Equal("Succeeded", (await here.PostAsync("/delete-user")).Body);

        Assert.Equal("subjectDisabled", (await here.GetAsync("/private")).Reason);
        Assert.Equal("subjectDisabled", (await there.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task With_the_session_store_down_the_answer_is_503_and_the_comparison_ends_what_is_outdated()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var there = await IdentityApp.SignInAsync(app);
        using var stranger = app.NewBrowser();
        var before = await members.FindAsync(_ => true);
        app.Store.Inject(StoreOperation.List, StoreFault.FailBefore);
        Assert.Equal(503, (await stranger.PostAsync("/new-stamp")).Status);
        app.Repair();
        Assert.NotEqual(before!.SecurityStamp, (await members.FindAsync(_ => true))!.SecurityStamp); // it was changed
        Assert.Equal("7", (await there.GetAsync("/who")).Body);
        app.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("credentialsChanged", (await there.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task A_parallel_request_of_the_session_that_changes_its_credentials_does_not_end_it()
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (app, _) = await IdentityApp.StartAsync(endpoints: routes => routes.MapPost("/slow-change", async (SignInManager<Member> signIn) =>
        {
            var ada = (await signIn.UserManager.FindByIdAsync("7"))!;
            await signIn.UserManager.UpdateSecurityStampAsync(ada);
            changed.SetResult();
            await goOn.Task;
            await signIn.RefreshSignInAsync(ada);
        }));
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(290));
        using var tab = browser.Copy();
        var slow = browser.PostAsync("/slow-change");
        await changed.Task;
        app.Time.Advance(TimeSpan.FromSeconds(15)); // the tab's comparison is due, and finds another stamp
        Assert.Equal("7", (await tab.GetAsync("/who")).Body);
        goOn.SetResult();
        await slow;

        Assert.Equal("7", (await browser.GetAsync("/who")).Body);
        app.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("7", (await browser.GetAsync("/who")).Body);
    }

    [Fact]
    public async Task Sessions_are_found_by_the_claim_that_the_application_names()
    {
        var (app, _) = await IdentityApp.StartAsync(web: web => web.SubjectClaim = System.Security.Claims.ClaimTypes.Name);
        await using var _1 = app;
        using var browser = app.NewBrowser();
        await browser.PostAsync("/in?password=" + IdentityApp.Password);
        Assert.Equal("ada", (await browser.GetAsync("/who")).Body);
        using var stranger = app.NewBrowser();
        await stranger.PostAsync("/new-stamp");

        Assert.Equal("credentialsChanged", (await browser.GetAsync("/private")).Reason);
    }
}
