using Sojourn.Sqlite.Host;

namespace Sojourn.Sqlite.Tests;

public sealed class FullDiskTests
{
    [Fact]
    public async Task On_a_full_disk_starts_are_refused_ends_go_on_and_with_space_everything_goes_on()
    {
        using var folder = new TempFolder();
        var disk = Directory.CreateDirectory(Path.Combine(folder.Path, "disk")).FullName;
        try
        {
            await HostProcess.RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk);
        }
        catch (Exception fault) when (fault is Xunit.Sdk.XunitException or System.ComponentModel.Win32Exception)
        {
            Assert.Skip("no right to mount a small disk; the next test does the same with a bound on the pages");
        }

        try
        {
            var ballast = Path.Combine(disk, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[8 << 20], Samples.Token);
            using var host = HostProcess.Start("fill", Path.Combine(disk, "sojourn.db"), ballast);
            var (code, output) = await host.EndAsync();
            Assert.True(code == 0, output);
            Assert.Contains("no room left for " + disk, output, StringComparison.Ordinal);
            Assert.Contains("ended 50", output, StringComparison.Ordinal);
            Assert.Contains("goes on, reserve True", output, StringComparison.Ordinal);
        }
        finally
        {
            await HostProcess.RunAsync("umount", disk);
        }
    }

    [Fact, Requirement("ASVS-16.5.2")]
    public async Task When_there_is_no_room_the_reserve_is_left_for_ends()
    {
        using var folder = new TempFolder();
        await using var store = await Samples.OpenAsync(new SqliteStoreOptions { Path = folder.Database, ReserveBytes = 1 << 20, MaxPages = 900 });
        Assert.True(File.Exists(folder.Database + "-reserve"));
        var started = new List<SessionId>();
        var fault = await Assert.ThrowsAsync<SessionStoreException>(async () =>
        {
            while (started.Count < 100_000)
            {
                started.Add((await store.StartAsync()).Id);
            }
        });
        Assert.True(fault.IsTransient && !fault.InDoubt);
        Assert.Contains(folder.Database, fault.Message, StringComparison.Ordinal);
        Assert.Contains("Free space", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.Database + "-reserve"));

        foreach (var id in started.Take(100))
        {
            Assert.Equal(EndStatus.Ended, (await Sessions.EndAsync(store, id)).Status);
        }

        await Assert.ThrowsAsync<SessionStoreException>(() => store.StartAsync());
        Assert.All(await Task.WhenAll(started.Select(store.FindAsync)), found => Assert.NotNull(found));
    }
}
