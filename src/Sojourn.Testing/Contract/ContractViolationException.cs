namespace Sojourn.Testing;

/// <summary>A store broke a rule of the contract. The message says the rule, what was expected and what was seen.</summary>
public sealed class ContractViolationException : Exception
{
    /// <summary>Describes a violation.</summary>
    /// <param name="rule">The rule's sentence.</param>
    /// <param name="expected">What the rule expects.</param>
    /// <param name="seen">What the store did.</param>
    /// <param name="inner">The exception that the store threw, if it was one.</param>
    public ContractViolationException(string rule, string expected, string seen, Exception? inner = null)
        : base($"{rule}.{Environment.NewLine}Expected: {expected}{Environment.NewLine}Seen:     {seen}", inner)
    {
        Rule = rule;
        Expected = expected;
        Seen = seen;
    }

    /// <summary>The rule's sentence.</summary>
    public string Rule { get; }

    /// <summary>What the rule expects.</summary>
    public string Expected { get; }

    /// <summary>What the store did.</summary>
    public string Seen { get; }
}
