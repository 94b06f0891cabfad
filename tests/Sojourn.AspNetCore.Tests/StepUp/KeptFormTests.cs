using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A form that a step-up interrupts is kept for its person, and goes on afterwards.</summary>
public sealed partial class KeptFormTests
{
    private static readonly (string Name, string Value)[] Navigation = [("Sec-Fetch-Mode", "navigate"), ("Accept", "text/html")];

    [Fact]
    public async Task It_goes_on_after_the_step_up_once_with_every_field()
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        const string Note = "two\r\nlines & <b>\"more\"</b> 'ü' ";
        var asked = await SendAsync(browser, ("note", Note), ("gift", "1"), ("gift", "2"));
        var back = WayBack(asked);

        await browser.PostAsync("/step-up");
        Assert.Equal(204, (await browser.GetAsync(back, [.. Navigation, ("Sec-Purpose", "prefetch")])).Status); // takes nothing
        var page = await browser.GetAsync(back, Navigation);
        Assert.Equal((200, "no-store"), (page.Status, page.Header("Cache-Control")));
        Assert.Contains("frame-ancestors 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        var fields = Fields(page.Body);
        Assert.Equal([("note", Note), ("gift", "1"), ("gift", "2")], fields);
        Assert.Equal("/order?from=cart", WebUtility.HtmlDecode(Action().Match(page.Body).Groups[1].Value));
        Assert.Equal($"ordered {Note} 1,2", (await SendAsync(browser, fields)).Body);
        Assert.Equal((303, "/"), (await browser.GetAsync(back, Navigation)) is var again ? (again.Status, again.Header("Location")) : default);
    }

    [Fact]
    public async Task Two_tabs_keep_one_each_and_the_oldest_of_many_gives_way()
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        var backs = new List<string>();
        foreach (var note in (string[])["first", "second", "third", "fourth"])
        {
            backs.Add(WayBack(await SendAsync(browser, ("note", note))));
        }

        await browser.PostAsync("/step-up");
        Assert.Equal(303, (await browser.GetAsync(backs[0], Navigation)).Status);
        Assert.Equal([("note", "third")], Fields((await browser.GetAsync(backs[2], Navigation)).Body));
        Assert.Equal([("note", "second")], Fields((await browser.GetAsync(backs[1], Navigation)).Body));
        Assert.Equal([("note", "fourth")], Fields((await browser.GetAsync(backs[3], Navigation)).Body));
    }

    [Theory, InlineData("/session/resume"), InlineData("/session/resume?form="), InlineData("/session/resume?form=00000000000000000000000000000000")]
    [Requirement("WSTG-SESS-05.b"), Requirement("FM-11")]
    public async Task A_link_that_does_not_know_it_takes_nothing(string link)
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        var back = WayBack(await SendAsync(browser, ("note", "hers")));
        await browser.PostAsync("/step-up");

        Assert.Equal(303, (await browser.GetAsync(link, [.. Navigation, ("Sec-Fetch-Site", "cross-site")])).Status);
        Assert.Equal(200, (await browser.GetAsync(back, Navigation)).Status);
    }

    [Theory, MemberData(nameof(Orders.Names), MemberType = typeof(Orders))]
    [Requirement("WSTG-SESS-05.a"), Requirement("WSTG-SESS-05.c")]
    public async Task A_form_of_another_site_is_never_kept_wherever_authorization_stands(string order)
    {
        await using var app = await StartAsync(pipeline: Orders.Named(order));
        using var browser = await StaleAsync(app);
        foreach (var site in (string[])["cross-site", "same-site"])
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("note", "mallory's")]);
            var reply = await browser.SendAsync(HttpMethod.Post, "/order", [.. Navigation, ("Sec-Fetch-Site", site)], form);
            Assert.Equal(403, reply.Status);
            Assert.Contains("sec-fetch-site", reply.Body, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("password"), InlineData("newPassword"), InlineData("card-number"), InlineData("CVC")]
    public async Task A_form_with_a_secret_is_not_kept(string name)
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);

        Assert.Equal("/confirm?returnUrl=%2F", (await SendAsync(browser, ("note", "x"), (name, "y"))).Header("Location"));
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("note", "x")]);
        Assert.Equal("/confirm?returnUrl=%2F", (await browser.SendAsync(HttpMethod.Post, "/never-kept", Navigation, form)).Header("Location"));
    }

    [Fact]
    public async Task One_that_does_not_fit_beside_the_session_s_data_is_not_kept_and_the_step_up_goes_on()
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);

        Assert.Equal("/confirm?returnUrl=%2F", (await SendAsync(browser, ("note", new string('ж', 16_000)))).Header("Location"));
        var kept = WayBack(await SendAsync(browser, ("note", new string('ж', 8_000))));
        await browser.PostAsync("/step-up");
        Assert.Equal(200, (await browser.GetAsync(kept, Navigation)).Status);
    }

    [Fact]
    public async Task It_is_encoded_as_it_was()
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        using var parts = new MultipartFormDataContent { { new StringContent("hers"), "note" } };
        var back = WayBack(await browser.SendAsync(HttpMethod.Post, "/order", Navigation, parts));
        await browser.PostAsync("/step-up");

        var page = (await browser.GetAsync(back, Navigation)).Body;
        Assert.Contains(" enctype=\"multipart/form-data\">", page, StringComparison.Ordinal);
        Assert.Equal([("note", "hers")], Fields(page));
    }

    [Fact]
    public async Task Below_a_path_base_it_comes_back_there_too()
    {
        await using var app = await StartAsync(pipeline: pipeline => pipeline.UsePathBase("/shop").UseRouting().UseSojournAuthentication().UseAuthorization());
        using var browser = await StaleAsync(app);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("note", "hers")]);
        var asked = await browser.SendAsync(HttpMethod.Post, "/shop/order", Navigation, form);

        Assert.StartsWith("/shop/confirm?returnUrl=%2Fshop%2Fsession%2Fresume%3Fform%3D", asked.Header("Location"), StringComparison.Ordinal);
        await browser.PostAsync("/step-up");
        Assert.Equal("/shop/order", WebUtility.HtmlDecode(Action().Match((await browser.GetAsync(WayBack(asked), Navigation)).Body).Groups[1].Value));
    }

    [Fact]
    public async Task It_is_of_one_person_on_one_browser()
    {
        await using var app = await StartAsync();
        using var ada = await StaleAsync(app);
        using var elsewhere = await app.SignInAsync("ada");
        var back = WayBack(await SendAsync(ada, ("note", "hers")));
        Assert.Equal(303, (await elsewhere.GetAsync(back, Navigation)).Status);

        await ada.PostAsync("/sign-in/ada"); // a new session of the same person, which takes over what survives a sign-in
        Assert.Equal(303, (await ada.GetAsync(back, Navigation)).Status);
    }

    [Fact]
    public async Task It_waits_ten_minutes()
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        var back = WayBack(await SendAsync(browser, ("note", "hers")));
        app.Time.Advance(TimeSpan.FromMinutes(9));
        await SendAsync(browser, ("note", "another")); // which does not give the first one more time
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await browser.PostAsync("/step-up");

        Assert.Equal(303, (await browser.GetAsync(back, Navigation)).Status);
    }

    [Fact]
    public async Task A_long_form_one_with_a_file_and_data_are_not_kept()
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        Assert.Equal("/confirm?returnUrl=%2F", (await SendAsync(browser, ("note", new string('x', 17_000)))).Header("Location"));
        using var upload = new MultipartFormDataContent { { new ByteArrayContent([1, 2]), "file", "file.bin" } };
        Assert.Equal("/confirm?returnUrl=%2F", (await browser.SendAsync(HttpMethod.Post, "/order", Navigation, upload)).Header("Location"));
        using var data = new StringContent("note=1", null, "application/x-www-form-urlencoded");
        Assert.Equal(403, (await browser.SendAsync(HttpMethod.Post, "/order", [("Sec-Fetch-Mode", "cors")], data)).Status);

    }

    [Theory, Requirement("WSTG-SESS-05")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "")]
    public async Task A_form_of_another_site_is_not_kept_even_where_authorization_comes_first(string header, string value)
    {
        await using var app = await StartAsync(Orders.Named("named, Sojourn last"));
        using var browser = await StaleAsync(app);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("note", "eve's")]);
        var asked = await browser.SendAsync(HttpMethod.Post, "/order?from=cart", [.. Navigation, (header, value)], form);
        Assert.DoesNotContain("resume", asked.Header("Location"), StringComparison.Ordinal);

        await browser.PostAsync("/step-up");
        Assert.Equal(303, (await browser.GetAsync("/session/resume", Navigation)).Status);
    }

    [Theory]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nnever ends")]
    [InlineData("no boundary")]
    public async Task One_that_cannot_be_read_is_not_kept(string body)
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        using var form = new StringContent(body) { Headers = { ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x") } };

        Assert.Equal("/confirm?returnUrl=%2F", (await browser.SendAsync(HttpMethod.Post, "/order", Navigation, form)).Header("Location"));
    }

    private static async Task<Browser> StaleAsync(TestApp app)
    {
        var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(6));
        return browser;
    }

    private static async Task<Reply> SendAsync(Browser browser, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await browser.SendAsync(HttpMethod.Post, "/order?from=cart", Navigation, form);
    }

    private static (string Name, string Value)[] Fields(string page)
        => [.. Field().Matches(page).Select(field => (WebUtility.HtmlDecode(field.Groups[1].Value), WebUtility.HtmlDecode(field.Groups[2].Value)))];

    private static string WayBack(Reply asked)
    {
        Assert.Equal(303, asked.Status);
        var back = QueryHelpers.ParseQuery(new Uri(new("https://any.example"), asked.Header("Location")).Query)["returnUrl"].ToString();
        Assert.Contains("/session/resume?form=", back, StringComparison.Ordinal);
        return back;
    }

    private static Task<TestApp> StartAsync(Action<WebApplication>? pipeline = null) => TestApp.StartAsync(pipeline: pipeline, web: web => web.StepUpPath = "/confirm", endpoints: routes =>
    {
        routes.MapPost("/never-kept", () => "done").RequireStepUp(TimeSpan.FromMinutes(5)).WithoutKeptForm();
        routes.MapSession();
        routes.MapPost("/order", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            return $"ordered {form["note"]} {form["gift"]}";
        }).RequireStepUp(TimeSpan.FromMinutes(5));
    });

    [GeneratedRegex("<textarea hidden name=\"([^\"]*)\">\\n([^<]*)</textarea>")]
    private static partial Regex Field();

    [GeneratedRegex("action=\"([^\"]*)\"")]
    private static partial Regex Action();
}
