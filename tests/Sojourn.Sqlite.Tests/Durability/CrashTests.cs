using Sojourn.Sqlite.Host;

namespace Sojourn.Sqlite.Tests;

/// <summary>
/// A program that is killed loses nothing that it acknowledged. (The page cache survives a killed process, so this says
/// nothing about the disk: that is what <see cref="SyncTests"/> are for.)
/// </summary>
public sealed class CrashTests
{
    private const int Rounds = 20;

    [Fact, Requirement("ASVS-7.4.1")]
    public async Task Killed_at_twenty_moments_under_load_every_acknowledged_start_and_end_is_there()
    {
        using var folder = new TempFolder();
        var (started, ended) = (new HashSet<SessionId>(), new HashSet<SessionId>());
        var moments = new Random(4711);
        for (var round = 0; round < Rounds; round++)
        {
            await LoadAndKillAsync(folder.Database, TimeSpan.FromMilliseconds(20 + moments.Next(150)), started, ended);
            await using var store = await Samples.OpenAsync(folder.Database);
            await ExpectAllAsync(store, started, ended);
        }

        Assert.True(started.Count > 5 * Rounds && ended.Count > Rounds, $"a load worth the name, not {started.Count} starts and {ended.Count} ends");
        ExpectWhole(folder.Database);
        TestContext.Current.TestOutputHelper?.WriteLine($"{started.Count} starts and {ended.Count} ends were acknowledged, and all are there");
    }

    private static async Task LoadAndKillAsync(string file, TimeSpan after, HashSet<SessionId> started, HashSet<SessionId> ended)
    {
        using var host = HostProcess.Start("load", file);
        Note(await host.ReadLineAsync(), started, ended); // from here on it is at work
        await Task.Delay(after, Samples.Token);
        host.Kill();
        foreach (var line in (await host.EndAsync()).Output.Split('\n'))
        {
            Note(line, started, ended);
        }
    }

    private static void Note(string? line, HashSet<SessionId> started, HashSet<SessionId> ended)
    {
        if (line?.Length == SessionId.TextLength + 2)
        {
            (line[0] == 'S' ? started : ended).Add(SessionId.Parse(line[2..]));
        }
    }

    private static async Task ExpectAllAsync(SqliteSessionStore store, HashSet<SessionId> started, HashSet<SessionId> ended)
    {
        foreach (var id in started)
        {
            var found = await store.FindAsync(id);
            Assert.True(found is not null, $"session {id} was acknowledged and is gone");
            Assert.False(found.Value.Record.IsActive && ended.Contains(id), $"session {id} had ended and is back");
            var seal = found.Value.Record.IsActive ? 1 : 0;
            Assert.Equal(seal, found.Value.Data.Count);
        }
    }

    /// <summary>Nothing half-written: counts, data, events and indexes fit the sessions, those included that nobody was told of.</summary>
    private static void ExpectWhole(string file)
    {
        using var connection = Samples.Connect(file);
        Assert.Equal(0, connection.ReadInteger("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"));
        Assert.Equal(0, connection.ReadInteger("SELECT count(*) FROM owner o WHERE active <> (SELECT count(*) FROM session WHERE owner = o.n AND is_ended = 0)"));
        Assert.Equal(0, connection.ReadInteger("SELECT count(*) FROM owner o WHERE ended <> (SELECT count(*) FROM session WHERE owner = o.n AND is_ended = 1)"));
        Assert.Equal(0, connection.ReadInteger("SELECT count(*) FROM session s WHERE is_ended = 0 AND (SELECT count(*) FROM data WHERE session = s.n) <> 1"));
        Assert.Equal(0, connection.ReadInteger("SELECT count(*) FROM session s WHERE (SELECT count(*) FROM event WHERE session = s.id AND kind = 2) <> 1"));
        Assert.Equal(0, connection.ReadInteger("SELECT count(*) FROM session s WHERE (SELECT count(*) FROM event WHERE session = s.id AND kind = 6) <> is_ended"));
    }
}
