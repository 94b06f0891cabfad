namespace Shop.Accounts;

/// <summary>What the shop writes to people.</summary>
internal static class Letters
{
    public const string YouHaveAnAccount =
        """
        Somebody, probably you, wanted to open an account at Wayside with this address. You have one already: go to the
        sign-in page. If it was not you, there is nothing to do.
        """;

    public static string YourCode(string code) =>
        $"""
        Your code for Wayside is {code}

        Type it where you asked for it, within 15 minutes. Nobody at the shop will ever ask you for it. If you did not want
        an account, there is nothing to do.
        """;
}
