using System.Globalization;

namespace Sojourn.Benchmarks;

/// <summary><c>rounds</c>: the engine's targets, each measured beside its counterpart in the same minute.</summary>
internal static class RoundsProgram
{
    private const string Usage = "usage: rounds [--rounds N] [--no-million] [--output FILE]";

    public static int Run(ReadOnlySpan<string> args)
    {
        var (rounds, withMillion, output) = (7, true, Figures.File);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1000:
                    (rounds, i) = (number, i + 1);
                    break;
                case "--no-million":
                    withMillion = false;
                    break;
                case "--output" when i + 1 < args.Length:
                    (output, i) = (args[i + 1], i + 1);
                    break;
                default:
                    Console.Error.WriteLine(Usage);
                    return 2;
            }
        }

        var figures = new Figures();
        EngineRounds.Run(rounds, figures);
        if (withMillion)
        {
            ScaleRounds.Run(rounds, figures);
        }

        figures.Write(output);
        Console.WriteLine($"Wrote {output}.");
        return 0;
    }
}
