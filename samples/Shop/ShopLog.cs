namespace Shop;

/// <summary>The shop's log messages. What somebody typed into a form is never among them.</summary>
internal static partial class ShopLog
{
    [LoggerMessage(1, LogLevel.Information, "{User} signed in")]
    public static partial void SignedIn(ILogger logger, string user);

    [LoggerMessage(2, LogLevel.Warning, "A sign-in failed: {Why}")]
    public static partial void SignInFailed(ILogger logger, string why);
}
