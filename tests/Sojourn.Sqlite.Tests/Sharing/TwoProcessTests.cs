using System.Globalization;

namespace Sojourn.Sqlite.Tests;

/// <summary>Two processes on one file, as a shop and its command line.</summary>
public sealed class TwoProcessTests
{
    [Fact]
    public async Task At_full_speed_neither_process_starves_the_other()
    {
        using var folder = new TempFolder();
        using var first = HostProcess.Start("speed", folder.Database, "4");
        Assert.Equal("open", await first.ReadLineAsync());
        using var second = HostProcess.Start("speed", folder.Database, "4");
        Assert.Equal("open", await second.ReadLineAsync());
        first.WriteLine("go");
        second.WriteLine("go");
        var results = new[] { Read(await first.ReadLineAsync()), Read(await second.ReadLineAsync()) };
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, results.Select(each => $"{each[0]} starts, p50 {each[1]} ms, p99 {each[2]} ms, longest {each[3]} ms")));

        Assert.All(results, result => Assert.True(result[1] < 100, $"p50 of {result[1]} ms"));
        Assert.True(Math.Min(results[0][0], results[1][0]) * 5 > Math.Max(results[0][0], results[1][0]), $"{results[0][0]} to {results[1][0]} starts");
    }

    [Fact]
    public async Task A_program_that_comes_later_gets_in_while_another_one_writes_at_full_speed()
    {
        using var folder = new TempFolder();
        using var load = HostProcess.Start("load", folder.Database);
        await load.ReadLineAsync();
        var waits = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await using var store = await Samples.OpenAsync(folder.Database);
            await store.StartAsync();
            waits.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"open and started after {waits.Order().ElementAt(5):0} ms at the median, {waits.Max():0} ms at most");
    }

    [Fact]
    public async Task Sqlite_TwoProcesses_RevokeSeen_UnderFullLane()
    {
        using var folder = new TempFolder();
        await using var here = await Samples.OpenAsync(folder.Database);
        await using var there = await Samples.OpenAsync(folder.Database);
        using var load = HostProcess.Start("load", folder.Database);
        await load.ReadLineAsync();
        var waits = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var record = await here.StartAsync();
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var subscription = there.Feed.Subscribe(message =>
            {
                if (message.Kind == FeedMessageKind.Ended && message.Session == record.Id)
                {
                    heard.TrySetResult();
                }
            });
            await Host.Sessions.EndAsync(here, record.Id);
            var acknowledged = TimeProvider.System.GetTimestamp();
            Assert.False((await there.FindAsync(record.Id))!.Value.Record.IsActive);
            await heard.Task.WaitAsync(TimeSpan.FromSeconds(5), Samples.Token);
            waits.Add(TimeProvider.System.GetElapsedTime(acknowledged).TotalMilliseconds);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"told by the feed after {waits.Order().ElementAt(10):0} ms at the median, {waits.Max():0} ms at most");
    }

    private static double[] Read(string? line) => [.. line!.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
}
