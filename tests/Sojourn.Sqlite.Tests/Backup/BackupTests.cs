using Microsoft.Extensions.DependencyInjection;
using Sojourn.Sqlite.Host;

namespace Sojourn.Sqlite.Tests;

public sealed class BackupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Copy => Path.Combine(_folder.Path, "copy.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_restore_every_session_from_before_has_ended()
    {
        var (active, revoked) = await BackUpAndRevokeAsync();
        await using var restored = await Samples.OpenAsync(Copy);
        foreach (var id in new[] { active, revoked })
        {
            var found = (await restored.FindAsync(id))!.Value;
            Assert.True(found.Record.ShardEpoch < found.ShardEpoch);
            Assert.Equal(SessionEndReason.Restored, found.ShardEndReason);
        }

        // Only once: what starts from now on goes on, also after the next opening.
        var started = await restored.StartAsync();
        await restored.DisposeAsync();
        await using var again = await Samples.OpenAsync(Copy);
        var later = (await again.FindAsync(started.Id))!.Value;
        Assert.Equal(later.Record.ShardEpoch, later.ShardEpoch);
    }

    [Fact]
    public async Task The_store_of_an_application_is_a_service_that_can_be_backed_up()
    {
        var services = new ServiceCollection();
        services.AddSojournCore().UseSqlite("not used").UseSqlite(_folder.Database);
        await using (var provider = services.AddLogging().BuildServiceProvider())
        {
            await provider.GetRequiredService<SessionManager>().StartAsync(new() { Subject = "ada" });
            await provider.GetRequiredService<SqliteSessionStore>().BackupAsync(Copy);
        }

        await using var restored = await Samples.OpenAsync(Copy);
    }

    [Fact]
    public async Task A_copy_in_the_place_of_the_original_is_a_restore_too()
    {
        var (active, _) = await BackUpAndRevokeAsync();
        File.Move(Copy, _folder.Database, overwrite: true);
        await using var restored = await Samples.OpenAsync(_folder.Database);
        Assert.Equal(SessionEndReason.Restored, (await restored.FindAsync(active))!.Value.ShardEndReason);
    }

    [Fact]
    public async Task Sessions_of_a_restored_file_go_on_when_that_is_said()
    {
        var (active, revoked) = await BackUpAndRevokeAsync();
        await using var restored = await Samples.OpenAsync(Copy, options => options.AfterRestore = SqliteRestore.KeepSessions);
        foreach (var id in new[] { active, revoked })
        {
            var found = (await restored.FindAsync(id))!.Value;
            Assert.True(found.Record.IsActive && found.Record.ShardEpoch == found.ShardEpoch);
        }
    }

    [Fact]
    public async Task An_older_copy_that_was_put_back_by_hand_is_noticed()
    {
        await using (var store = await Samples.OpenAsync(_folder.Database))
        {
            await store.StartAsync();
        }

        File.Copy(_folder.Database, Copy); // nobody has it open
        await using (var store = await Samples.OpenAsync(_folder.Database))
        {
            await store.StartAsync();
            await store.StartAsync();
        }

        File.Move(Copy, _folder.Database, overwrite: true);
        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => Samples.OpenAsync(_folder.Database));
        Assert.Contains("commits are missing", fault.Message, StringComparison.Ordinal);
        File.Delete(_folder.Database + "-mark");
        await using var restored = await Samples.OpenAsync(_folder.Database);
        await restored.StartAsync();
    }

    [Fact]
    public async Task A_backup_of_a_store_at_work_is_whole_and_for_its_owner_only()
    {
        await using var store = await Samples.OpenAsync(_folder.Database);
        using var stop = new CancellationTokenSource();
        var started = new List<SessionId>();
        var work = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                started.Add((await store.StartAsync()).Id);
            }
        }, Samples.Token);
        while (Volatile.Read(ref started).Count < 200)
        {
            await Task.Delay(5, Samples.Token);
        }

        SessionId[] before = [.. started.Take(200)];
        await store.BackupAsync(Copy, Samples.Token);
        await stop.CancelAsync();
        await work;
        Assert.Equal(["copy.db"], Directory.GetFiles(_folder.Path, "copy.db*").Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Copy));
        }

        using (var connection = Samples.Connect(Copy))
        {
            Assert.Equal(0, connection.ReadInteger("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"));
        }

        await using var restored = await Samples.OpenAsync(Copy);
        Assert.All(await Task.WhenAll(before.Select(restored.FindAsync)), found => Assert.NotNull(found));
    }

    [Fact]
    public async Task A_backup_that_was_given_up_leaves_no_file_and_holds_up_nothing()
    {
        await using var store = await Samples.OpenAsync(_folder.Database, options => options.CheckpointBytes = 1 << 20);
        for (var i = 0; i < 100; i++)
        {
            using var given = new CancellationTokenSource();
            var backup = store.BackupAsync(Copy, given.Token);
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.StartAsync()));
            await given.CancelAsync();
            try
            {
                await backup;
                File.Delete(Copy);
            }
            catch (OperationCanceledException)
            {
                Assert.Empty(Directory.GetFiles(_folder.Path, "copy.db*"));
            }
        }

        // A reader that was left behind would keep the log from beginning anew, and it would hold all that was ever written.
        var log = new FileInfo(_folder.Database + "-wal");
        Assert.True(log.Length < 8 << 20, $"a log of {log.Length} bytes");
    }

    [Fact]
    public async Task A_backup_overwrites_nothing()
    {
        await using var store = await Samples.OpenAsync(_folder.Database);
        await File.WriteAllTextAsync(Copy, "mine", Samples.Token);
        foreach (var taken in new[] { Copy, _folder.Database })
        {
            var fault = await Assert.ThrowsAsync<SessionStoreException>(() => store.BackupAsync(taken, Samples.Token));
            Assert.Contains(taken, fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(Copy, Samples.Token));
    }

    private async Task<(SessionId Active, SessionId Revoked)> BackUpAndRevokeAsync()
    {
        await using var store = await Samples.OpenAsync(_folder.Database);
        var (active, revoked) = ((await store.StartAsync()).Id, (await store.StartAsync()).Id);
        await store.BackupAsync(Copy, Samples.Token);
        await Sessions.EndAsync(store, revoked);
        return (active, revoked);
    }
}
