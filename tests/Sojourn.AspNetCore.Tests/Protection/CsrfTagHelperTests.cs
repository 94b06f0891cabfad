using System.Text.Encodings.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn.AspNetCore.Tests.Protection;

/// <summary>The tag helper writes the token into forms that change something here, and into no other.</summary>
public sealed class CsrfTagHelperTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = Services(isOn: true);

    [Theory]
    [InlineData("post", null)]
    [InlineData("POST", "")]
    [InlineData(" post ", "/change")]
    [InlineData("post", "change?at=10:30")]
    [InlineData("post", "/a/b:c")]
    [InlineData("post", "?page=2")]
    [InlineData("post", "#part")]
    [InlineData("post", "./there")]
    public async Task A_form_that_posts_here_gets_it(string method, string? action)
    {
        var html = await WriteAsync(_services, method, action);
        Assert.Matches("^<input type=\"hidden\" name=\"__csrf\" value=\"[A-Za-z0-9_-]{100,200}\">$", html);
    }

    [Theory]
    [InlineData(null, "/search")]
    [InlineData("get", "/search")]
    [InlineData("dialog", null)]
    [InlineData("post", "https://evil.example/")]
    [InlineData("post", "HTTPS:evil.example")]
    [InlineData("post", "//evil.example/")]
    [InlineData("post", " //evil.example/")]
    [InlineData("post", "\\\\evil.example/")]
    [InlineData("post", "/\\evil.example/")]
    [InlineData("post", "/\t/evil.example/")]
    [InlineData("post", "ht\ntps://evil.example/")]
    [InlineData("post", "\u0001//evil.example/")]
    [InlineData("post", "javascript:send()")]
    [InlineData("post", "mailto:a@b.example")]
    public async Task Any_other_form_gets_none(string? method, string? action) => Assert.Equal("", await WriteAsync(_services, method, action));

    [Fact]
    public async Task Encoded_attributes_are_read_as_the_browser_reads_them()
    {
        Assert.Equal("", await WriteAsync(_services, new HtmlString("&#112;ost"), new HtmlString("&#47;&#47;evil.example")));
        Assert.NotEqual("", await WriteAsync(_services, new HtmlString("&#112;ost"), new HtmlString("/change?a=1&amp;b=2")));
    }

    [Fact]
    public async Task Nobody_signed_in_or_no_token_mode_means_no_field()
    {
        Assert.Equal("", await WriteAsync(_services, "post", null, isSignedIn: false));
        await using var off = Services(isOn: false);
        Assert.Equal("", await WriteAsync(off, "post", null));
    }

    [Fact]
    public async Task A_name_with_quotes_stays_a_name()
    {
        await using var services = Services(isOn: true, csrf => csrf.FormFieldName = "a\"><script>");
        Assert.StartsWith("<input type=\"hidden\" name=\"a&quot;&gt;&lt;script&gt;\" value=\"", await WriteAsync(services, "post", null), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static async Task<string> WriteAsync(IServiceProvider services, object? method, object? action, bool isSignedIn = true)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        var feature = new SessionFeature(context, services.GetRequiredService<WebParts>());
        context.Features.Set(feature);
        context.Request.Scheme = "https";
        if (isSignedIn)
        {
            var started = await services.GetRequiredService<SessionManager>().StartAsync(new SessionStart { Subject = "ada", Principal = TestApp.User("ada") }, TestContext.Current.CancellationToken);
            context.Request.Headers.Cookie = $"{SojournDefaults.CookieName}={started.Token!.Value.Reveal()}";
        }

        await feature.OpenAsync();
        Assert.Equal(isSignedIn, context.SojournSession.IsSignedIn);
        var attributes = new TagHelperAttributeList();
        foreach (var (name, value) in new[] { ("method", method), ("action", action) })
        {
            if (value is not null)
            {
                attributes.Add(name, value);
            }
        }

        var output = new TagHelperOutput("form", attributes, (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        new SessionCsrfTagHelper { ViewContext = new ViewContext { HttpContext = context } }
            .Process(new TagHelperContext("form", attributes, new Dictionary<object, object>(), "1"), output);
        return output.PostContent.GetContent(HtmlEncoder.Default);
    }

    private static ServiceProvider Services(bool isOn, Action<SojournCsrfOptions>? csrf = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        var builder = services.AddSojourn().UseMemory();
        return (isOn ? builder.AddCsrfTokens(csrf) : builder).Services.BuildServiceProvider();
    }
}
