namespace Shop.Accounts;

/// <summary>
/// An account that waits for its owner to type the code from the letter. It is session data: nothing reaches the
/// database before, and it goes away by itself. Only hashes are kept.
/// </summary>
/// <param name="Name">The mail address.</param>
/// <param name="PasswordHash">The password, hashed as in the database.</param>
/// <param name="CodeHash">The code, hashed; of no code at all when the name is taken.</param>
/// <param name="Letter">The letter, which a demo shows.</param>
/// <param name="Tries">How often a code was tried.</param>
internal sealed record PendingAccount(string Name, string PasswordHash, byte[] CodeHash, string Letter, int Tries = 0)
{
    public const int MaxTries = 5;
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>What is left when the code was used, or has lapsed: no code is right any more.</summary>
    public static PendingAccount Gone { get; } = new("", "", [], "", MaxTries + 1);

    /// <summary>Keeps the address and the hashes out of logs, where a record would print them.</summary>
    public override string ToString() => $"PendingAccount({Tries} tries)";
}
