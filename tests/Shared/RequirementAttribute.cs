using Xunit.v3;

/// <summary>Names a requirement that a test shows to hold; the ids are in <c>requirements.tsv</c> of the convention tests.</summary>
/// <remarks>In the global namespace, so that it needs no using in any test project that this file is compiled into.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class RequirementAttribute(string id) : Attribute, ITraitAttribute
{
    public string Id { get; } = id;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Requirement", Id)];
}
