namespace Sojourn.Testing;

/// <summary>One sentence that must be true of every store, and the code that tries it.</summary>
/// <remarks>Immutable. A rule works in tenants of its own, so rules may share a fixture, one after the other or in parallel.</remarks>
public sealed class ContractRule
{
    private readonly Func<Trial, Task> _body;

    internal ContractRule(string capability, string name, Func<Trial, Task> body)
    {
        Capability = capability;
        Name = name;
        _body = body;
    }

    /// <summary>What the rule is about, in one word: "starting", "data", "races".</summary>
    public string Capability { get; }

    /// <summary>The rule as a sentence; no two have the same.</summary>
    public string Name { get; }

    /// <summary>Tries the rule against a store.</summary>
    /// <param name="fixture">Gives the store.</param>
    /// <param name="cancellationToken">Gives up; the rule is then neither kept nor broken.</param>
    /// <exception cref="ContractViolationException">The store does not keep the rule.</exception>
    public async Task RunAsync(SessionStoreFixture fixture, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        try
        {
            await _body(await Trial.OpenAsync(fixture, cancellationToken));
        }
        catch (ExpectationException failure)
        {
            throw new ContractViolationException(Name, failure.Expected, failure.Seen);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ContractViolationException(Name, "no exception", $"{fault.GetType().Name}: {fault.Message}", fault);
        }
    }

    /// <summary>The sentence, so that a test runner shows it.</summary>
    public override string ToString() => Name;
}
