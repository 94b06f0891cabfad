using FsCheck;
using FsCheck.Fluent;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Properties over texts: strings put together at random from pieces that matter, and any other characters.</summary>
internal static class Texts
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(3000);

    /// <summary>Checks a property for texts made of the pieces, with a random character now and then.</summary>
    public static void ForAll(string[] pieces, Func<string, bool> holds) => Prop.ForAll(Of(pieces).ToArbitrary(), holds).Check(Config);

    /// <summary>Checks a property for lists of up to three such texts: a header that was sent several times.</summary>
    public static void ForAllLines(string[] pieces, Func<string[], bool> holds)
        => Prop.ForAll(Gen.Choose(0, 3).SelectMany(count => Of(pieces).ArrayOf(count)).ToArbitrary(), holds).Check(Config);

    private static Gen<string> Of(string[] pieces) => Gen.Choose(0, 7).SelectMany(count => Piece(pieces).ArrayOf(count)).Select(string.Concat);

    private static Gen<string> Piece(string[] pieces) => Gen.Frequency(
        (8, Gen.Elements(pieces)),
        (1, Gen.Choose(0, char.MaxValue).Select(code => ((char)code).ToString())));
}
