using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

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
        Assert.Equal((303, "/confirm?returnUrl=%2Fsession%2Fresume"), (asked.Status, asked.Header("Location")));

        await browser.PostAsync("/step-up");
        var page = await browser.GetAsync("/session/resume", Navigation);
        Assert.Equal((200, "no-store"), (page.Status, page.Header("Cache-Control")));
        Assert.Contains("frame-ancestors 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        var fields = Fields(page.Body);
        Assert.Equal([("note", Note), ("gift", "1"), ("gift", "2")], fields);
        Assert.Equal("/order?from=cart", WebUtility.HtmlDecode(Action().Match(page.Body).Groups[1].Value));
        Assert.Equal($"ordered {Note} 1,2", (await SendAsync(browser, fields)).Body);
        Assert.Equal((303, "/"), (await browser.GetAsync("/session/resume", Navigation)) is var again ? (again.Status, again.Header("Location")) : default);
    }

    [Fact]
    public async Task It_is_of_one_person_on_one_browser()
    {
        await using var app = await StartAsync();
        using var ada = await StaleAsync(app);
        using var elsewhere = await app.SignInAsync("ada");
        await SendAsync(ada, ("note", "hers"));
        Assert.Equal(303, (await elsewhere.GetAsync("/session/resume", Navigation)).Status);

        await ada.PostAsync("/sign-in/bob"); // at the same browser
        Assert.Equal(303, (await ada.GetAsync("/session/resume", Navigation)).Status);
    }

    [Fact]
    public async Task It_waits_ten_minutes()
    {
        await using var app = await StartAsync();
        using var browser = await StaleAsync(app);
        await SendAsync(browser, ("note", "hers"));
        app.Time.Advance(TimeSpan.FromMinutes(10));
        await browser.PostAsync("/step-up");

        Assert.Equal(303, (await browser.GetAsync("/session/resume", Navigation)).Status);
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

        await browser.PostAsync("/step-up");
        Assert.Equal(303, (await browser.GetAsync("/session/resume", Navigation)).Status);
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

    private static Task<TestApp> StartAsync(Action<WebApplication>? pipeline = null) => TestApp.StartAsync(pipeline: pipeline, web: web => web.StepUpPath = "/confirm", endpoints: routes =>
    {
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
