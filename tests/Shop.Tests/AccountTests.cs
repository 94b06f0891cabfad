using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Shop.Accounts;

namespace Shop.Tests;

public sealed class AccountTests
{
    [Fact]
    public async Task After_five_wrong_passwords_the_right_one_has_to_wait_too()
    {
        await using var shop = await ShopServer.StartAsync([]);
        using var browser = shop.Open();
        for (var i = 0; i < 5; i++)
        {
            (await browser.PostAsync("/api/sign-in", """{"user":"alice","password":"wrong"}""")).IsProblem(HttpStatusCode.Unauthorized);
        }

        (await browser.PostAsync("/api/sign-in", """{"user":"alice","password":"sojourn-demo-1"}""")).IsProblem(HttpStatusCode.Unauthorized);
        await browser.SignInAsync("bob");
    }

    [Fact]
    public async Task Without_demo_nobody_gets_in_and_demo_accounts_of_an_earlier_run_are_gone()
    {
        var data = Directory.CreateTempSubdirectory("shop-accounts-");
        await using (var demo = await ShopServer.StartAsync(["--data", data.FullName]))
        {
            Assert.Equal(3, await CountAsync(demo));
        }

        await using (var shop = await ShopServer.StartAsync(["--data", data.FullName, "--environment", "Production"]))
        {
            using var browser = shop.Open();
            Assert.Equal(0, await CountAsync(shop));
            (await browser.PostAsync("/api/sign-in", """{"user":"alice","password":"sojourn-demo-1"}""")).IsProblem(HttpStatusCode.Unauthorized);
            Assert.DoesNotContain("Demo accounts", (await browser.GoAsync("/sign-in")).Text, StringComparison.Ordinal);
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task Accounts_outlive_the_shop_and_only_their_owner_may_read_them()
    {
        var data = Path.Combine(Directory.CreateTempSubdirectory("shop-accounts-").FullName, "data");
        await using (var shop = await ShopServer.StartAsync(["--data", data]))
        {
            using var browser = shop.Open();
            await RegistrationTests.RegisterAsync(browser, "ada@example.org");
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data));
        }

        await using (var shop = await ShopServer.StartAsync(["--data", data]))
        {
            using var browser = shop.Open();
            await browser.SubmitAsync("/sign-in", ("user", "Ada@Example.org"), ("password", RegistrationTests.Password));
            Assert.Contains("ada@example.org", (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
        }

        Directory.Delete(Path.GetDirectoryName(data)!, recursive: true);
    }

    private static async Task<int> CountAsync(ShopServer shop)
    {
        await using var scope = shop.App.Services.CreateAsyncScope();
        return scope.ServiceProvider.GetRequiredService<UserManager<Customer>>().Users.Count();
    }
}
