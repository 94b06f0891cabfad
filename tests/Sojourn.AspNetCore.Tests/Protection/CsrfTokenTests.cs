using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore.Tests.Protection;

/// <summary>Token mode: what carries the session's token is served, what does not is refused.</summary>
public sealed partial class CsrfTokenTests
{
    private static readonly (string Name, string Value)[] Navigation = [("Sec-Fetch-Mode", "navigate"), ("Accept", "text/html")];

    [Theory, Requirement("NIST-5.1-17"), Requirement("FM-12"), Requirement("ASVS-3.5.1"), Requirement("WSTG-SESS-05"), Requirement("WSTG-SESS-05.f")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("PROPFIND")]
    public async Task An_unsafe_request_of_a_session_needs_its_token_besides_the_right_origin(string method)
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        var without = await browser.SendAsync(new(method), "/change", []);
        Assert.Equal((403, "csrf-token-missing", 0), (without.Status, without.Reason, app.Effects));
        Assert.Contains(CsrfApp.Header, without.Body, StringComparison.Ordinal); // says what to do
        Assert.Contains("no-store", without.Header("Cache-Control"), StringComparison.Ordinal);

        var elsewhere = await browser.SendAsync(new(method), "/change", [(CsrfApp.Header, token), ("Sec-Fetch-Site", "cross-site")]);
        Assert.Equal((403, "sec-fetch-site", 0), (elsewhere.Status, elsewhere.Reason, app.Effects));

        Assert.Equal((200, 1), ((await browser.SendAsync(new(method), "/change", [(CsrfApp.Header, token)])).Status, app.Effects));
        Assert.Contains(app.App.Log.All, line => line.Contains("CSRF token (csrf-token-missing)", StringComparison.Ordinal));
        Assert.DoesNotContain(app.App.Log.All, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact, Requirement("NIST-5.1-17"), Requirement("WSTG-SESS-05.a")]
    public async Task A_form_carries_it_in_a_field_and_its_handler_reads_the_same_form()
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        foreach (var path in new[] { "/form", "/bound" })
        {
            using var plain = CsrfApp.Form(("note", "hers"), (CsrfApp.Field, token));
            using var multipart = new MultipartFormDataContent { { new StringContent("hers"), "note" }, { new StringContent(token), CsrfApp.Field }, { new ByteArrayContent([1, 2]), "file", "file.bin" } };
            using var without = CsrfApp.Form(("note", "hers"));
            using var multipartWithout = new MultipartFormDataContent { { new StringContent("hers"), "note" } };
            Assert.Contains("hers", (await browser.SendAsync(HttpMethod.Post, path, [], plain)).Body, StringComparison.Ordinal);
            Assert.Contains("hers", (await browser.SendAsync(HttpMethod.Post, path, [], multipart)).Body, StringComparison.Ordinal);
            Assert.Equal("csrf-token-missing", (await browser.SendAsync(HttpMethod.Post, path, [], without)).Reason);
            Assert.Equal("csrf-token-missing", (await browser.SendAsync(HttpMethod.Post, path, [], multipartWithout)).Reason);
        }

        Assert.Equal(4, app.Effects);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("multipart/form-data")]
    public async Task With_the_header_the_body_is_left_to_a_handler_that_streams_it(string type)
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        using var body = new ByteArrayContent("a=1&__csrf=no"u8.ToArray()) { Headers = { { "Content-Type", type } } };

        Assert.Equal("a=1&__csrf=no", (await browser.SendAsync(HttpMethod.Post, "/stream", [(CsrfApp.Header, token)], body)).Body);
    }

    [Fact]
    public async Task It_is_another_text_each_time_and_outlives_rotation_and_step_up_but_not_the_session()
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        Assert.NotEqual(token, await CsrfApp.TokenAsync(browser));

        var before = browser.Session;
        app.App.Time.Advance(TimeSpan.FromMinutes(30));
        await browser.GetAsync("/private"); // rotates
        Assert.NotEqual(before, browser.Session);
        Assert.Equal(200, (await browser.PostAsync("/change", (CsrfApp.Header, token))).Status);

        before = browser.Session;
        Assert.Equal(200, (await browser.PostAsync("/step-up", (CsrfApp.Header, token))).Status);
        Assert.NotEqual(before, browser.Session);
        Assert.Equal(200, (await browser.PostAsync("/change", (CsrfApp.Header, token))).Status);

        Assert.Equal(200, (await browser.PostAsync("/sign-out", (CsrfApp.Header, token))).Status);
        Assert.Equal("none", await CsrfApp.TokenAsync(browser));
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_needs_one_and_neither_does_what_only_reads()
    {
        await using var app = await CsrfApp.StartAsync();
        using var stranger = app.App.NewBrowser();
        Assert.Equal("none", await CsrfApp.TokenAsync(stranger));
        Assert.Equal(200, (await stranger.PostAsync("/data/cart/tea")).Status); // a visitor's session begins
        Assert.NotNull(stranger.Visit);
        Assert.Equal("none", await CsrfApp.TokenAsync(stranger));
        Assert.Equal(200, (await stranger.PostAsync("/change")).Status);
        Assert.Equal(200, (await stranger.PostAsync("/sign-in/ada")).Status);

        Assert.Equal("ada", (await stranger.GetAsync("/private")).Body);
        Assert.Equal(403, (await stranger.PostAsync("/sign-in/bob")).Status); // from now on
    }

    [Fact, Requirement("FM-08")]
    public async Task Not_asked_for_are_endpoints_for_other_callers_and_upgrades_which_the_Origin_covers()
    {
        await using var app = await CsrfApp.StartAsync(pipeline: pipeline => pipeline.UseWebSockets().UseSojourn());
        var (browser, _) = await app.SignInAsync();
        Assert.Equal(200, (await browser.PostAsync("/hook", ("Sec-Fetch-Site", "cross-site"))).Status);
        using (await Sockets.ConnectAsync(browser, "/socket", browser.Address.GetLeftPart(UriPartial.Authority)))
        {
            Assert.Equal(2, app.Effects);
        }

        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => Sockets.ConnectAsync(browser, "/socket", "https://evil.example"));
        Assert.Equal(2, app.Effects);
    }

    [Fact]
    public async Task Scripts_ask_for_it_which_is_no_activity()
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, _) = await app.SignInAsync();
        using var stranger = app.App.NewBrowser();
        var reply = await browser.GetAsync("/session/csrf");
        var body = JsonDocument.Parse(reply.Body).RootElement;
        Assert.Equal((200, "no-store", "application/json"), (reply.Status, reply.Header("Cache-Control"), reply.ContentHeaders.ContentType!.MediaType));
        Assert.Equal(204, (await browser.PostAsync("/session/stay", (body.GetProperty("header").GetString()!, body.GetProperty("token").GetString()!))).Status);
        Assert.Equal(403, (await browser.PostAsync("/session/stay")).Status);
        var none = await stranger.GetAsync("/session/csrf");
        Assert.Equal((401, "", "no-store"), (none.Status, none.Body, none.Header("Cache-Control")));

        app.App.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(200, (await browser.GetAsync("/session/csrf")).Status);
        app.App.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(401, (await browser.GetAsync("/session/csrf")).Status);
    }

    [Fact]
    public async Task Without_token_mode_there_is_none_and_none_is_asked_for()
    {
        await using var app = await CsrfApp.StartAsync(isOn: false);
        var (browser, token) = await app.SignInAsync();

        Assert.Equal("none", token);
        Assert.Equal(404, (await browser.GetAsync("/session/csrf")).Status);
        Assert.Equal(200, (await browser.PostAsync("/change")).Status);
    }

    [Fact]
    public async Task An_endpoint_may_do_without_it_and_keeps_the_check_of_the_origin()
    {
        await using var app = await CsrfApp.StartAsync(endpoints: (routes, self) =>
        {
            routes.MapPost("/beacon", () => self.Count("taken")).WithoutCsrfToken();
            routes.MapPost("/marked", [WithoutCsrfToken] () => self.Count("taken"));
        });
        var (browser, _) = await app.SignInAsync();

        Assert.Equal(("taken", "taken"), ((await browser.PostAsync("/beacon")).Body, (await browser.PostAsync("/marked")).Body));
        Assert.Equal("sec-fetch-site", (await browser.PostAsync("/beacon", ("Sec-Fetch-Site", "cross-site"))).Reason);
    }

    [Fact]
    public async Task A_form_that_a_step_up_interrupted_goes_on_with_the_token_that_it_had()
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        app.App.Time.Advance(TimeSpan.FromMinutes(6));
        using var form = CsrfApp.Form(("note", "hers"), (CsrfApp.Field, token));
        var asked = (await browser.SendAsync(HttpMethod.Post, "/order", Navigation, form)).Header("Location");
        Assert.StartsWith("/confirm?returnUrl=%2Fsession%2Fresume%3Fform%3D", asked, StringComparison.Ordinal);
        await browser.PostAsync("/step-up", (CsrfApp.Header, token));

        var page = await browser.GetAsync(Uri.UnescapeDataString(asked["/confirm?returnUrl=".Length..]), Navigation);
        using var again = new FormUrlEncodedContent(HiddenArea().Matches(page.Body)
            .Select(area => KeyValuePair.Create(WebUtility.HtmlDecode(area.Groups[1].Value), WebUtility.HtmlDecode(area.Groups[2].Value))));
        Assert.Equal(("ordered hers", 1), ((await browser.SendAsync(HttpMethod.Post, "/order", Navigation, again)).Body, app.Effects));
    }

    [Fact]
    public async Task While_the_store_is_down_a_sign_out_still_clears_the_cookie()
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, _) = await app.SignInAsync();
        app.App.Store.InjectAll(Sojourn.Testing.StoreFault.FailBefore);

        Assert.Equal(503, (await browser.PostAsync("/sign-out")).Status);
        Assert.Null(browser.Session);
    }

    [Fact]
    public async Task The_names_are_the_application_s()
    {
        await using var app = await CsrfApp.StartAsync(csrf => (csrf.HeaderName, csrf.FormFieldName) = ("X-Own", "own<field>"));
        var (browser, token) = await app.SignInAsync();
        using var form = CsrfApp.Form(("note", "hers"), ("own<field>", token));
        using var usual = CsrfApp.Form(("note", "hers"), (CsrfApp.Field, token));

        Assert.Equal("X-Own", JsonDocument.Parse((await browser.GetAsync("/session/csrf")).Body).RootElement.GetProperty("header").GetString());
        Assert.Equal(200, (await browser.PostAsync("/change", ("X-Own", token))).Status);
        Assert.Equal("hers", (await browser.SendAsync(HttpMethod.Post, "/form", [], form)).Body);
        Assert.Equal(403, (await browser.SendAsync(HttpMethod.Post, "/form", [], usual)).Status);
        Assert.Equal(403, (await browser.PostAsync("/change", (CsrfApp.Header, token))).Status);
    }

    [Theory]
    [InlineData("", "field")]
    [InlineData("X CSRF", "field")]
    [InlineData("X-CSRF:", "field")]
    [InlineData(null, "field")]
    [InlineData("X-CSRF", "")]
    [InlineData("X-CSRF", null)]
    public async Task Names_under_which_no_token_can_arrive_fail_the_start(string? header, string? field)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddSojourn().UseMemory().AddCsrfTokens(csrf => (csrf.HeaderName, csrf.FormFieldName) = (header!, field!));
        await using var app = builder.Build();

        await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            app.UseSojourn();
            await app.StartAsync(TestContext.Current.CancellationToken);
        });
    }

    [GeneratedRegex("<textarea hidden name=\"([^\"]*)\">\\n([^<]*)</textarea>")]
    private static partial Regex HiddenArea();
}
