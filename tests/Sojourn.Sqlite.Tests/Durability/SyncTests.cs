using System.Globalization;
using System.Text.RegularExpressions;

namespace Sojourn.Sqlite.Tests;

/// <summary>An acknowledged write is on the disk: seen in the system calls, and in what a power cut would leave.</summary>
public sealed partial class SyncTests
{
    private const int Starts = 40;

    [Fact]
    public async Task One_sync_of_the_log_comes_before_each_acknowledgement()
    {
        using var folder = new TempFolder();
        var calls = await TraceAsync(folder);
        var syncs = 0;
        var acknowledged = 0;
        foreach (var call in calls)
        {
            if (call.Acknowledged is null)
            {
                syncs += call.IsSync ? 1 : 0;
                continue;
            }

            // The first one may follow syncs of the opening.
            Assert.True(acknowledged++ == 0 ? syncs >= 1 : syncs == 1, $"{syncs} syncs of the log before acknowledgement {acknowledged}");
            syncs = 0;
        }

        Assert.Equal(Starts, acknowledged);
    }

    [Fact]
    public async Task Sqlite_PowerCutAtLastSync_KeepsEveryAcknowledgement()
    {
        using var folder = new TempFolder();
        var calls = await TraceAsync(folder);
        long written = 0, synced = 0;
        var acknowledged = new List<SessionId>();
        var cuts = 0;
        foreach (var call in calls)
        {
            written = Math.Max(written, call.End);
            synced = call.IsSync ? written : synced;
            if (call.Acknowledged is { } id)
            {
                acknowledged.Add(SessionId.Parse(id));
                if (acknowledged.Count % 4 == 0)
                {
                    await ExpectAsync(folder, synced, acknowledged, ++cuts);
                }
            }
        }

        Assert.Equal(Starts / 4, cuts);
    }

    /// <summary>What is left after a power cut: the database, which no checkpoint touched, and the log up to its last sync.</summary>
    private static async Task ExpectAsync(TempFolder folder, long synced, List<SessionId> acknowledged, int cut)
    {
        var left = Directory.CreateDirectory(Path.Combine(folder.Path, $"cut-{cut}")).FullName;
        var file = Path.Combine(left, "sojourn.db");
        File.Copy(folder.Database, file);
        File.Copy(folder.Database + "-wal", file + "-wal");
        using (var log = File.OpenWrite(file + "-wal"))
        {
            Assert.True(synced > 0 && synced <= log.Length);
            log.SetLength(synced);
        }

        // The mark is not synced with the commits: after a power cut it is the one of the beginning.
        await using var store = await Samples.OpenAsync(file, options => options.AfterRestore = SqliteRestore.KeepSessions);
        foreach (var id in acknowledged)
        {
            Assert.True((await store.FindAsync(id))?.Record.IsActive, $"session {id} was acknowledged before cut {cut} and is lost");
        }
    }

    private static async Task<List<Call>> TraceAsync(TempFolder folder)
    {
        Assert.SkipUnless(HostProcess.Has("strace"), "strace is not installed");
        var trace = Path.Combine(folder.Path, "trace");
        using var host = HostProcess.StartUnder(
            ["strace", "-f", "-y", "-s", "64", "-e", "trace=write,pwrite64,pwritev,fsync,fdatasync", "-o", trace], "steps", folder.Database, $"{Starts}");
        var (_, output) = await host.EndAsync();
        Assert.True(output.Contains("ACK", StringComparison.Ordinal), output);
        return [.. File.ReadLines(trace).Select(Read).OfType<Call>()];
    }

    private static Call? Read(string line)
    {
        if (Acknowledgement().Match(line) is { Success: true } acknowledgement)
        {
            return new(0, false, acknowledgement.Groups[1].Value);
        }

        // A call that another thread's interrupts in the trace has ended only where it is resumed.
        if (line.Contains("sync resumed>", StringComparison.Ordinal)
            || (line.Contains("-wal>)", StringComparison.Ordinal) && line.Contains("sync(", StringComparison.Ordinal) && line.TrimEnd().EndsWith("= 0", StringComparison.Ordinal)))
        {
            return new(0, true, null);
        }

        return LogWrite().Match(line) is { Success: true } write
            ? new(long.Parse(write.Groups[1].Value, CultureInfo.InvariantCulture) + long.Parse(write.Groups[2].Value, CultureInfo.InvariantCulture), false, null)
            : null;
    }

    [GeneratedRegex(@"write\(\d+<.*""ACK ([A-Za-z0-9_-]{22})\\n""")]
    private static partial Regex Acknowledgement();

    [GeneratedRegex(@"pwrite64\(\d+<[^>]*-wal>, .*, (\d+), (\d+)\)? ")]
    private static partial Regex LogWrite();

    private sealed record Call(long End, bool IsSync, string? Acknowledged);
}
