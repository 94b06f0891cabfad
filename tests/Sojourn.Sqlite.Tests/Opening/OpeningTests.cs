using System.Runtime.Versioning;

namespace Sojourn.Sqlite.Tests;

/// <summary>What is refused at the start says what is wrong and what to do.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Requirement("CSMCS-05"), UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_may_read_the_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        await using (var store = await Samples.OpenAsync(_folder.Database, options => options.ReserveBytes = 1 << 20))
        {
            await store.StartAsync();
            ExpectOwnerOnly(5);
        }

        // An earlier version, or a person, made it readable.
        File.SetUnixFileMode(_folder.Database, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using (var store = await Samples.OpenAsync(_folder.Database))
        {
            await store.StartAsync();
            ExpectOwnerOnly(5);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        await File.WriteAllTextAsync(_folder.Database, new string('x', 5000), Samples.Token);
        var fault = await ExpectRefusedAsync("is not a database of Sojourn");
        Assert.False(fault.IsTransient);
    }

    [Theory, InlineData(4096), InlineData(8192), UnsupportedOSPlatform("windows")]
    public async Task A_database_of_another_program_is_left_alone(int pageSize)
    {
        using (var other = Connection.Open($"file:{_folder.Database}", SqliteCode.OpenReadWrite | SqliteCode.OpenCreate))
        {
            other.Execute($"PRAGMA page_size = {pageSize}; CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('Ada')");
        }

        File.SetUnixFileMode(_folder.Database, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var before = await File.ReadAllBytesAsync(_folder.Database, Samples.Token);
        var fault = await ExpectRefusedAsync("is not a database of Sojourn");
        Assert.False(fault.IsTransient);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Database, Samples.Token));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(_folder.Database));
        Assert.Equal([_folder.Database], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_file_behind_linked_folders_has_one_name()
    {
        var (real, link) = (Directory.CreateDirectory(Path.Combine(_folder.Path, "real")).FullName, Path.Combine(_folder.Path, "link"));
        Directory.CreateSymbolicLink(link, real);
        await using var store = await Samples.OpenAsync(Path.Combine(link, "sojourn.db"));
        Assert.Equal(Path.Combine(real, "sojourn.db"), new DatabaseFile(Path.Combine(link, "sojourn.db")).Path);
        Assert.True(File.Exists(Path.Combine(real, "sojourn.db-mark")));
    }

    [Fact]
    public async Task A_missing_folder_is_named()
    {
        var file = Path.Combine(_folder.Path, "missing", "sojourn.db");
        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => Samples.OpenAsync(file));
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
        Assert.Contains("folder", fault.Message, StringComparison.Ordinal);
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task A_file_that_may_not_be_written_is_named_with_the_cure()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "made for Linux");
        await using (var store = await Samples.OpenAsync(_folder.Database))
        {
            await store.StartAsync();
        }

        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        try
        {
            // Root may write anything, so the host becomes nobody.
            string[] under = Environment.UserName == "root" ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
            using var host = HostProcess.StartUnder(under, "open", _folder.Database);
            var (code, output) = await host.EndAsync();
            Assert.True(code == 3, output);
            Assert.Contains(_folder.Database, output, StringComparison.Ordinal);
            Assert.Contains("the right to write to it", output, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_newer_schema_that_still_allows_this_program_is_fine()
    {
        await using var store = await Samples.OpenAsync(_folder.Database);
        Upgrade(version: 99, oldestReader: SchemaUpgrade.Current);
        await store.StartAsync();
        await using var later = await Samples.OpenAsync(_folder.Database);
        await later.StartAsync();
    }

    [Fact]
    public async Task A_newer_schema_that_forbids_this_program_stops_it_at_the_start()
    {
        await (await Samples.OpenAsync(_folder.Database)).DisposeAsync();
        Upgrade(version: 99, oldestReader: 98);
        var fault = await ExpectRefusedAsync("The schema has version 99");
        Assert.Contains("update it", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsTransient);
    }

    [Fact]
    public async Task A_newer_schema_that_comes_while_this_program_runs_stops_it()
    {
        await using var store = await Samples.OpenAsync(_folder.Database);
        var record = await store.StartAsync();
        Upgrade(version: 99, oldestReader: 98);
        var write = await Assert.ThrowsAsync<SessionStoreException>(() => store.StartAsync());
        Assert.Contains("The schema has version 99", write.Message, StringComparison.Ordinal);
        var read = await Assert.ThrowsAsync<SessionStoreException>(() => store.FindAsync(record.Id));
        Assert.Equal("Find", read.Operation);
    }

    [Fact]
    public async Task A_file_that_another_program_keeps_locked_is_named()
    {
        await using var store = await Samples.OpenAsync(_folder.Database, options => options.LockTimeout = TimeSpan.FromMilliseconds(100));
        var record = await store.StartAsync();
        using (var other = Samples.Connect(_folder.Database))
        {
            other.Execute("BEGIN IMMEDIATE");
            var fault = await Assert.ThrowsAsync<SessionStoreException>(() => store.StartAsync());
            Assert.True(fault.IsTransient && !fault.InDoubt);
            Assert.Contains($"kept {_folder.Database} locked", fault.Message, StringComparison.Ordinal);
            Assert.NotNull(await store.FindAsync(record.Id));
            other.Execute("ROLLBACK");
        }

        await store.StartAsync();
    }

    [Theory]
    [InlineData("/data/sessions", "nfs4")]
    [InlineData("/data/sessions/deep", "nfs4")]
    [InlineData("/data", "fuse.sshfs")]
    [InlineData("/data/with space", "cifs")]
    [InlineData("/data/sessionsnot", "fuse.sshfs")]
    [InlineData("/", null)]
    [InlineData("/home/ada", null)]
    public void A_network_file_system_is_recognised(string folder, string? type) => Assert.Equal(type, FileSystems.RemoteTypeOf(folder,
    [
        "proc /proc proc rw 0 0", "/dev/vda / ext4 rw 0 0", "host:/x /data fuse.sshfs rw 0 0", "host:/y /data/sessions nfs4 rw 0 0", @"//h/s /data/with\040space cifs rw 0 0",
    ]));

    [Fact]
    public void Settings_out_of_range_are_named_with_the_range()
    {
        foreach (var (options, setting) in new (SqliteStoreOptions, string)[]
        {
            (new(), "Path"), (new() { Path = ":memory:" }, "Path"), (new() { Path = "a", Readers = 0 }, "Readers"), (new() { Path = "a", LockTimeout = TimeSpan.Zero }, "LockTimeout"),
            (new() { Path = "a", ReserveBytes = 1 }, "ReserveBytes"), (new() { Path = "a", CheckpointBytes = 1 }, "CheckpointBytes"), (new() { Path = "a", AfterRestore = (SqliteRestore)7 }, "AfterRestore"),
        })
        {
            Assert.Contains($"SqliteStoreOptions.{setting} is ", Assert.Throws<ArgumentException>(() => new SqliteSessionStore(options)).Message, StringComparison.Ordinal);
        }
    }

    private async Task<SessionStoreException> ExpectRefusedAsync(string message)
    {
        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => Samples.OpenAsync(_folder.Database));
        Assert.Equal("Open", fault.Operation);
        Assert.Contains(_folder.Database, fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        return fault;
    }

    [UnsupportedOSPlatform("windows")]
    private void ExpectOwnerOnly(int count)
    {
        var files = Directory.GetFiles(_folder.Path);
        Assert.Equal(count, files.Length);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    private void Upgrade(int version, int oldestReader)
    {
        using var other = Samples.Connect(_folder.Database);
        other.Execute($"INSERT INTO schema_version (version, oldest_reader) VALUES ({version}, {oldestReader})");
    }
}
