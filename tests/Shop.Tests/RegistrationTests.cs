using System.Net;
using System.Text.RegularExpressions;

namespace Shop.Tests;

public sealed partial class RegistrationTests(ShopServer shop) : IClassFixture<ShopServer>
{
    public const string Password = "correct horse battery";

    public static TheoryData<string> BadNames { get; } =
    [
        "", " ", "ada", "@", "ada@", "@example.org", "ada@b@example.org", "ada example@example.org", "ada@example.org\r\nBcc: eve@example.org", "ada\u0007@example.org",
        "\u202egro.elpmaxe@ada", "\u0430da@example.org", "ada\u200b@example.org", "<script>@example.org", "ada@exämple.org", "'or1=1--@x", new string('a', 90) + "@example.org", new string('a', 10_240) + "@example.org", "🦊@example.org",
    ];

    public static TheoryData<string> BadPasswords { get; } = ["", "short", "eleven char", new string('a', 129), new string('a', 10_240)];

    [Fact]
    public async Task A_new_account_is_opened_with_the_code_of_the_letter_and_the_cart_comes_along()
    {
        using var browser = shop.Open();
        await browser.SubmitAsync("/cart", ("sku", "lantern"), ("quantity", "1"));
        var page = await RegisterAsync(browser, "lovelace@example.org");
        Assert.Contains("lovelace@example.org", page.Text, StringComparison.Ordinal);
        Assert.Contains("Storm lantern</span>", page.Text, StringComparison.Ordinal);
        Assert.Contains("Begin again", (await browser.GoAsync("/register/code")).Text, StringComparison.Ordinal); // the code is used up
        var session = (await browser.GetAsync("/api/session")).Json;
        Assert.True(Guid.TryParse(session.GetProperty("subject").GetString(), out _)); // the id, which never changes; the name may
        await browser.SubmitAsync("/sign-out");
        await browser.SubmitAsync("/sign-in", ("user", "lovelace@example.org"), ("password", Password));
        Assert.Contains("Sign out</button>", (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_the_same_answers_and_another_letter()
    {
        using var first = shop.Open();
        using var second = shop.Open();
        using var third = shop.Open();
        await RegisterAsync(first, "grace@example.org");
        var free = await second.SubmitAsync("/register", ("user", "new@example.org"), ("password", Password));
        var taken = await third.SubmitAsync("/register", ("user", "GRACE@example.org"), ("password", Password));
        Assert.Equal(free.Status, taken.Status);
        Assert.Equal(Shape(free.Text), Shape(taken.Text));
        Assert.Contains("You have one already", await LetterAsync(third, taken), StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\d{6}", (await LetterAsync(third, taken)).Replace("@example.org", "", StringComparison.Ordinal));
        Assert.Contains("not the code", (await third.SubmitAsync("/register/code", ("code", "123456"))).Text, StringComparison.Ordinal);
        Assert.Equal(Shape((await second.SubmitAsync("/register/code", ("code", "x"))).Text), Shape((await third.SubmitAsync("/register/code", ("code", "x"))).Text));

        static string Shape(string page) => Letter().Replace(page, "").Replace("new@example.org", "X", StringComparison.OrdinalIgnoreCase).Replace("grace@example.org", "X", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_code_can_be_tried_five_times_also_in_parallel()
    {
        using var browser = shop.Open();
        var page = await browser.SubmitAsync("/register", ("user", "guess@example.org"), ("password", Password));
        var code = Code(await LetterAsync(browser, page));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => browser.NavigateAsync(Browser.Form("/register/code", ("code", "wrong")))));
        Assert.Contains("Begin again", (await browser.SubmitAsync("/register/code", ("code", code))).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign out", (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_clicks_with_the_right_code_one_opens_the_account()
    {
        using var browser = shop.Open();
        var code = Code(await LetterAsync(browser, await browser.SubmitAsync("/register", ("user", "clicks@example.org"), ("password", Password))));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => browser.NavigateAsync(Browser.Form("/register/code", ("code", code)))));
        Assert.Single(answers, answer => answer.Location is { } next && next.StartsWith("/sign-in/done", StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.True((int)answer.Status < 500, answer.Text));
    }

    [Fact]
    public async Task Two_browsers_that_register_one_address_at_once_get_one_account()
    {
        using var first = shop.Open();
        using var second = shop.Open();
        Browser[] both = [first, second];
        var codes = new List<string>();
        foreach (var browser in both)
        {
            codes.Add(Code(await LetterAsync(browser, await browser.SubmitAsync("/register", ("user", "both@example.org"), ("password", Password)))));
        }

        var answers = await Task.WhenAll(both.Select((browser, i) => browser.NavigateAsync(Browser.Form("/register/code", ("code", codes[i])))));
        Assert.Single(answers, answer => answer.Location is { } next && next.StartsWith("/sign-in/done", StringComparison.Ordinal));
        Assert.Single(answers, answer => answer.Location == "/register/code");
    }

    [Fact]
    public async Task An_address_gets_three_letters_an_hour_and_the_answers_stay_the_same()
    {
        using var browser = shop.Open();
        for (var i = 0; i < 3; i++)
        {
            Assert.NotEmpty(Code(await LetterAsync(browser, await browser.SubmitAsync("/register", ("user", "many@example.org"), ("password", Password)))));
        }

        var page = await browser.SubmitAsync("/register", ("user", "Many@example.org"), ("password", Password));
        Assert.Contains("A letter is on its way", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Letter().Match(page.Text).Value)).Status); // no letter was written
    }

    [Fact]
    public async Task A_code_works_once_and_in_its_own_browser_only()
    {
        using var browser = shop.Open();
        using var other = shop.Open();
        var code = Code(await LetterAsync(browser, await browser.SubmitAsync("/register", ("user", "own@example.org"), ("password", Password))));
        Assert.Contains("Begin again", (await other.SubmitAsync("/register/code", ("code", code))).Text, StringComparison.Ordinal);
        Assert.Contains("Sign out", (await browser.SubmitAsync("/register/code", ("code", $" {code} "))).Text, StringComparison.Ordinal);
        Assert.Contains("Begin again", (await browser.SubmitAsync("/register/code", ("code", code))).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_name_that_cannot_be_gets_a_page_that_says_what_to_do(string name)
    {
        using var browser = shop.Open();
        var page = await browser.SubmitAsync("/register", ("user", name), ("password", Password));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("Give a mail address such as", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Choose a password", page.Text, StringComparison.Ordinal);
        Assert.Contains("""name="user" type="email" autocomplete="username" maxlength="100" required""", page.Text, StringComparison.Ordinal); // and is not repeated
        Assert.Empty(browser.Cookies);
    }

    [Theory]
    [MemberData(nameof(BadPasswords))]
    public async Task A_password_that_cannot_be_gets_a_page_that_says_what_to_do_and_keeps_the_name(string password)
    {
        using var browser = shop.Open();
        var page = await browser.SubmitAsync("/register", ("user", "keep@example.org"), ("password", password));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("Choose a password of 12 to 128 characters", page.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"keep@example.org\"", page.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Cookies);
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task Signing_in_with_any_name_leads_back_to_the_form(string name)
    {
        using var browser = shop.Open();
        var page = await browser.SubmitAsync("/sign-in", ("user", name), ("password", "\u202e\ud83e\udd8a" + new string('x', 10_240)));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("do not belong together", page.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Cookies);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    public async Task A_zero_byte_in_a_form_is_refused_with_a_page(string path)
    {
        using var browser = shop.Open();
        var page = await browser.SubmitAsync(path, ("user", "ada\0@example.org"), ("password", Password));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status); // by the framework's reader of forms
        Assert.Contains("Go back", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    [InlineData("/register/code")]
    [InlineData("/preferences")]
    public async Task A_form_of_another_type_or_without_its_fields_gets_a_page_that_says_what_to_do(string path)
    {
        using var browser = shop.Open();
        foreach (var (content, status) in ((HttpContent, HttpStatusCode)[])[(new StringContent("{}", null, "application/json"), HttpStatusCode.UnsupportedMediaType), (new FormUrlEncodedContent([]), HttpStatusCode.BadRequest),
            (new StringContent(new string('a', 100_000), null, "application/x-www-form-urlencoded"), HttpStatusCode.RequestEntityTooLarge), (new ByteArrayContent([0, 255]), HttpStatusCode.UnsupportedMediaType)])
        {
            var page = await browser.NavigateAsync(new(HttpMethod.Post, path) { Content = content });
            Assert.True(status == page.Status || page.Status == HttpStatusCode.BadRequest, $"{page.Status} for {content}");
            Assert.Contains("Go back", page.Text, StringComparison.Ordinal);
            Assert.Contains("nothing was changed", page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_demo_letters_are_files_for_the_owner_of_the_folder_alone()
    {
        var data = Directory.CreateTempSubdirectory("shop-letters-");
        await using var open = await ShopServer.StartAsync(["--environment", "Production", "--data", data.FullName]);
        using var browser = open.Open();
        var page = await browser.SubmitAsync("/register", ("user", "ada@example.org"), ("password", Password));
        Assert.Contains("A letter is on its way", page.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch(Letter(), page.Text);
        var letter = Assert.Single(Directory.GetFiles(Path.Combine(data.FullName, "letters")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(letter));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/letters/" + Path.GetFileNameWithoutExtension(letter))).Status);
        data.Delete(recursive: true);
    }

    internal static async Task<Answer> RegisterAsync(Browser browser, string name)
    {
        var page = await browser.SubmitAsync("/register", ("user", name), ("password", Password));
        return await browser.SubmitAsync("/register/code", ("code", Code(await LetterAsync(browser, page))));
    }

    private static async Task<string> LetterAsync(Browser browser, Answer page) => (await browser.GetAsync(Letter().Match(page.Text).Value)).Text;

    private static string Code(string letter) => SixDigits().Match(letter).Value;

    [GeneratedRegex("/letters/[0-9a-f]{32}")]
    private static partial Regex Letter();

    [GeneratedRegex(@"\d{6}")]
    private static partial Regex SixDigits();
}
