namespace Sojourn.AspNetCore.Tests;

/// <summary>Tests that count bytes run alone: beside others the runtime goes on compiling them, and puts off its faster code.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountsBytes
{
    public const string Name = "counts bytes";
}
