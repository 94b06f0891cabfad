using System.Runtime.InteropServices;
using Peers.Contestants;
using Peers.Measuring;
using Peers.Report;

namespace Peers.Work;

/// <summary><c>peers run</c>: everything in its order, then the report.</summary>
internal static class Runner
{
    public static async Task<int> RunAsync(RunOptions options, string command)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Programs.KillAll();
        var folder = Directory.CreateDirectory(Path.Combine("artifacts", "benchmarks", $"peers-{Environment.ProcessId}"));
        Environment.SetEnvironmentVariable(ContestantList.StoreFolder, folder.FullName); // the contestants inherit it
        try
        {
            var results = await MeasureAsync(options, folder.FullName, stop.Token);
            await ReportAsync(options, command, results, stop.Token);
            return 0;
        }
        catch (Exception) when (stop.IsCancellationRequested) // whatever the stopped programs caused
        {
            Console.WriteLine("Stopped; nothing was written.");
            return 130;
        }
        catch (Exception fault) when (fault is RunException or FormatException or HttpRequestException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
        finally
        {
            Programs.KillAll();
            folder.Delete(recursive: true);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // the children are stopped first
            stop.Cancel();
        }
    }

    private static async Task<Measurements> MeasureAsync(RunOptions options, string folder, CancellationToken cancellationToken)
    {
        var results = new Measurements();
        var hasStillRuns = options.IsQuick || options.Works.Count == Workload.All.Count;
        var progress = new Progress(options.Works.Sum(work => Rounds.Steps(options, work)) + (hasStillRuns ? StillRuns.Steps(options) : 0));
        var rounds = new Rounds(options, folder, results, progress);
        foreach (var work in options.Works)
        {
            await rounds.RunAsync(work, cancellationToken);
        }

        if (hasStillRuns)
        {
            await new StillRuns(options, results, progress).RunAsync(cancellationToken);
        }

        return results;
    }

    private static async Task ReportAsync(RunOptions options, string command, Measurements results, CancellationToken cancellationToken)
    {
        var page = ResultsPage.Write(options, results, EngineRounds.Load(), MicroResults.Load(), await Machine.DescribeAsync(command, cancellationToken));
        if (options.Output is not { } output)
        {
            Console.WriteLine(page);
            Console.WriteLine("Nothing was written: a quick run, or a part of the whole. --output FOLDER would write it.");
            return;
        }

        var charts = Directory.CreateDirectory(Path.Combine(output, "charts")).FullName;
        await File.WriteAllTextAsync(Path.Combine(output, "results.md"), page, cancellationToken);
        foreach (var (name, svg) in Charts.Of(results))
        {
            await File.WriteAllTextAsync(Path.Combine(charts, name), svg, cancellationToken);
        }

        Console.WriteLine($"Wrote {Path.Combine(output, "results.md")} and its charts.");
    }
}
