using System.Diagnostics;
using Shop.Accounts;

namespace Shop.Tests;

public sealed class AccountTests
{
    [Fact]
    public void An_unknown_name_takes_as_long_to_refuse_as_a_wrong_password()
    {
        var accounts = AccountList.For(demo: true);
        Assert.True(Median("nobody") > Median("alice") / 2);

        TimeSpan Median(string user) => Enumerable.Range(0, 7).Select(_ => Time(accounts, user)).Order().ElementAt(3);
    }

    [Fact]
    public void Without_demo_nobody_gets_in()
    {
        var accounts = AccountList.For(demo: false);
        Assert.False(accounts.HasDemoAccounts);
        Assert.All(DemoAccounts.Users, user => Assert.Null(accounts.Find(user, DemoAccounts.Password)));
        Assert.Null(accounts.Find("", ""));
    }

    private static TimeSpan Time(AccountList accounts, string user)
    {
        var start = Stopwatch.GetTimestamp();
        Assert.Null(accounts.Find(user, "wrong"));
        return Stopwatch.GetElapsedTime(start);
    }
}
