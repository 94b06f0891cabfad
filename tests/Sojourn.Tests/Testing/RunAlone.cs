namespace Sojourn.Tests.Testing;

/// <summary>Tests that race threads run alone: beside others the racers would seldom be on their processors at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunAlone
{
    public const string Name = "runs alone";
}
