using System.Globalization;
using Peers;
using Peers.Contestants;
using Peers.Work;

switch (args)
{
    case ["serve", var name, "--port", var text, .. var rest] when int.TryParse(text, CultureInfo.InvariantCulture, out var port):
        if (ContestantList.Find(name) is not { } contestant)
        {
            Console.Error.WriteLine($"There is no {name}; there are {string.Join(", ", ContestantList.All.Select(each => each.Name))}.");
            return 2;
        }

        await Server.ServeAsync(contestant, port, counts: rest.Contains("--count"), isChild: rest.Contains("--child"));
        return 0;
    case ["run", .. var rest]:
        try
        {
            return await Runner.RunAsync(RunOptions.Parse(rest), string.Join(' ', ["./benchmarks/run.sh", .. rest]));
        }
        catch (RunException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return 2;
        }

    default:
        Console.Error.WriteLine("usage: dotnet Peers.dll serve CONTESTANT --port N [--count]\n       dotnet Peers.dll run [options]\n" + RunOptions.Usage);
        return 2;
}
