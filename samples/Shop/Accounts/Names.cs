namespace Shop.Accounts;

/// <summary>What may be the name of an account: a mail address, in characters that look like themselves.</summary>
internal static class Names
{
    public const int MaxLength = 100;

    /// <summary>
    /// Refuses what could pass for another name (letters of other scripts, marks that turn the direction of writing) or
    /// break a letter's head (line ends). Whether the address exists, only a letter can tell.
    /// </summary>
    public static bool IsMailAddress(string name)
        => name.Length is >= 3 and <= MaxLength
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or '@')
            && name.IndexOf('@', StringComparison.Ordinal) is var at && at > 0 && at == name.LastIndexOf('@') && at < name.Length - 1;
}
