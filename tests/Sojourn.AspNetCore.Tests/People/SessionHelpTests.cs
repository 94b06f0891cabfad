using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The texts for people: each in each language, as plain HTML.</summary>
public sealed partial class SessionHelpTests
{
    private static readonly string[] Languages = ["en", "de"];

    public static TheoryData<SessionHelpTopic, string> All { get; } = [.. from topic in Enum.GetValues<SessionHelpTopic>() from language in Languages select (topic, language)];

    [Theory, MemberData(nameof(All))]
    public async Task Every_topic_is_a_heading_and_a_short_text_in_every_language(SessionHelpTopic topic, string language)
    {
        var text = In(language, () => HelpText.Of(topic));
        var html = await RenderAsync(language, new() { ["Topic"] = topic });

        Assert.Equal(language, text.Language);
        Assert.StartsWith($"<section class=\"session-help\" lang=\"{language}\">", html, StringComparison.Ordinal);
        Assert.Contains($"<h2>{Encode(text.Title)}</h2>", html, StringComparison.Ordinal);
        Assert.All(text.Parts.SelectMany(part => part.Lines), line => Assert.Contains($">{Encode(line)}</", html, StringComparison.Ordinal));
        Assert.InRange(text.Parts.Sum(part => part.Lines.Sum(line => line.Split(' ').Length)), 60, 120);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Nothing_in_it_needs_a_policy_of_the_page_s_content_to_give_way(SessionHelpTopic topic, string language)
    {
        foreach (var folded in (bool[])[false, true])
        {
            var html = await RenderAsync(language, new() { ["Topic"] = topic, ["Folded"] = folded });
            Assert.DoesNotMatch(@"(?i)<(script|style|link|img|iframe|a)\b|\sstyle=|\son[a-z]+=|https?:", html);
            Assert.Empty(Tag().Matches(html).Select(tag => tag.Groups[1].Value).Except(["section", "details", "summary", "h2", "p", "ul", "ol", "li"]));
        }
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public void Every_language_has_every_text_and_no_other_and_none_is_empty(string language)
    {
        var culture = language == "en" ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(language);
        var set = HelpText.Resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!;
        var texts = set.Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
        var wanted = Enum.GetNames<SessionHelpTopic>().SelectMany(topic => (string[])[topic + ".Title", topic + ".Text"]).Append("Language");

        Assert.Equal(wanted.Order(StringComparer.Ordinal), texts.Keys.Order(StringComparer.Ordinal));
        Assert.All(texts.Values, text => Assert.False(string.IsNullOrWhiteSpace(text)));
    }

    [Theory]
    [InlineData("de-AT", "de")]
    [InlineData("en-GB", "en")]
    [InlineData("fr-FR", "en")]
    [InlineData("", "en")]
    public async Task A_culture_without_texts_of_its_own_gets_the_nearest_and_the_page_says_which(string culture, string language)
        => Assert.Contains($"lang=\"{language}\"", await RenderAsync(culture, new() { ["Topic"] = SessionHelpTopic.Devices }), StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task The_heading_has_the_level_that_the_page_needs(int level)
    {
        var html = await RenderAsync("en", new() { ["Topic"] = SessionHelpTopic.Devices, ["HeadingLevel"] = level });
        Assert.Contains($"<h{level}>What this list tells you</h{level}>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folded_it_is_one_line_to_open()
    {
        var html = await RenderAsync("en", new() { ["Topic"] = SessionHelpTopic.SharedComputer, ["Folded"] = true });
        Assert.Matches("(?s)^<details class=\"session-help\" lang=\"en\"><summary>On a shared computer</summary>.*<ul>.*</details>$", html);
    }

    [Fact]
    public async Task What_is_to_be_done_in_an_order_is_a_list_with_numbers()
        => Assert.Matches(@"(?s)<ol>\s*<li>Change your password here.*</ol>", await RenderAsync("en", new() { ["Topic"] = SessionHelpTopic.AfterNotMe }));

    [Fact]
    public async Task An_application_s_own_title_and_text_take_the_place_and_are_encoded()
    {
        RenderFragment own = builder => builder.AddContent(0, "Ask <us> at the desk");
        var html = await RenderAsync("en", new() { ["Topic"] = SessionHelpTopic.SharedComputer, ["Title"] = "<Here> & now", ["ChildContent"] = own });
        Assert.Equal("<section class=\"session-help\"><h2>&lt;Here&gt; &amp; now</h2>Ask &lt;us&gt; at the desk</section>", LineStart().Replace(html, ""));
    }

    [Fact]
    public async Task Under_a_title_of_the_application_the_text_still_says_its_language()
        => Assert.StartsWith("<section class=\"session-help\" lang=\"de\"><h2>Call us</h2>", await RenderAsync("de", new() { ["Topic"] = SessionHelpTopic.AfterNotMe, ["Title"] = "Call us" }), StringComparison.Ordinal);

    [Fact]
    public async Task Attributes_go_to_the_outer_element_encoded()
    {
        var html = await RenderAsync("en", new() { ["Topic"] = SessionHelpTopic.Devices, ["id"] = "\"'<script>", ["class"] = "mine" });
        Assert.StartsWith("<section lang=\"en\" id=\"&quot;&#x27;&lt;script&gt;\" class=\"mine\"><h2>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, SessionHelpTopic.Devices)]
    [InlineData(7, SessionHelpTopic.Devices)]
    [InlineData(2, (SessionHelpTopic)99)]
    public async Task What_there_is_not_is_refused(int level, SessionHelpTopic topic)
        => await Assert.ThrowsAsync<InvalidOperationException>(() => RenderAsync("en", new() { ["Topic"] = topic, ["HeadingLevel"] = level }));

    private static async Task<string> RenderAsync(string culture, Dictionary<string, object?> parameters)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture); // as request localization does; it flows no further than this
            var html = (await renderer.RenderComponentAsync<SessionHelp>(ParameterView.FromDictionary(parameters))).ToHtmlString();
            return Space().Replace(html.Trim(), "><");
        });
    }

    private static T In<T>(string culture, Func<T> get)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            return get();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static string Encode(string text) => System.Text.Encodings.Web.HtmlEncoder.Default.Encode(text);

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex LineStart();

    [GeneratedRegex(@">\s+<")]
    private static partial Regex Space();

    [GeneratedRegex(@"<([a-z0-9]+)")]
    private static partial Regex Tag();
}
