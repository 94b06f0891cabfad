using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Sojourn.Benchmarks;

if (args is ["rounds", ..])
{
    return RoundsProgram.Run(args.AsSpan(1));
}

// In this process: a process for each benchmark would need a restore and a build for each. Two hundred milliseconds are
// enough for medians, and all of it takes minutes. The files are where the report of benchmarks/Peers looks for them.
var config = ManualConfig.CreateEmpty()
    .AddJob(Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithWarmupCount(4)
        .WithIterationCount(15)
        .WithIterationTime(TimeInterval.FromMilliseconds(200)))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddColumn(StatisticColumn.Median)
    .AddLogger(ConsoleLogger.Default)
    .AddExporter(MarkdownExporter.GitHub, JsonExporter.Brief)
    .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));

SessionBenchmark.WithMillion = args.Contains(SessionBenchmark.MillionOption);
var rest = args.Where(each => each != SessionBenchmark.MillionOption).ToArray();
BenchmarkSwitcher.FromAssembly(typeof(SessionBenchmark).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest, config);
return 0;
