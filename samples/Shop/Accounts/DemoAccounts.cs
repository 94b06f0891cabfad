namespace Shop.Accounts;

/// <summary>Accounts whose password everybody knows. They exist in Development, or when asked for with <c>--demo</c>.</summary>
internal static class DemoAccounts
{
    public const string Password = "sojourn-demo-1";
    public const string Names = "alice, bob or admin";

    public static readonly string[] Users = ["alice", "bob", "admin"];
}
