using Sojourn.Sqlite.Host;

namespace Sojourn.Sqlite.Tests;

/// <summary>
/// Truncated and bit-flipped database and log: for every session the right answer, or an error that names the file.
/// Never another answer, and never "there is no such session".
/// </summary>
public sealed class DamageTests
{
    private const int Trials = 120;

    [Fact, Requirement("ASVS-16.5.3")]
    public Task A_database_with_a_flipped_bit_never_gives_a_wrong_answer() => DamageAsync("", isCut: false, seed: 1);

    [Fact]
    public Task A_database_that_was_cut_never_gives_a_wrong_answer() => DamageAsync("", isCut: true, seed: 2);

    [Fact]
    public Task A_log_with_a_flipped_bit_never_gives_a_wrong_answer() => DamageAsync("-wal", isCut: false, seed: 3);

    [Fact, Requirement("ASVS-16.5.3")]
    public Task A_log_that_was_cut_never_gives_a_wrong_answer() => DamageAsync("-wal", isCut: true, seed: 4);

    [Fact]
    public async Task A_log_that_is_gone_is_noticed()
    {
        using var folder = new TempFolder();
        var sample = await Sample.MakeAsync(folder);
        File.Delete(folder.Database + "-wal");
        var files = FilesOf(folder);
        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => Samples.OpenAsync(folder.Database));
        Assert.Contains("acknowledged commits are missing", fault.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Database, fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsTransient);
        Assert.NotEmpty(sample.Active);
        Assert.Equal(files, FilesOf(folder));
    }

    [Fact]
    public async Task What_is_left_of_a_damaged_log_is_kept_for_who_looks_into_it()
    {
        using var folder = new TempFolder();
        await Sample.MakeAsync(folder);
        using (var log = File.OpenWrite(folder.Database + "-wal"))
        {
            log.SetLength(log.Length / 2);
        }

        var files = FilesOf(folder);
        await Assert.ThrowsAsync<SessionStoreException>(() => Samples.OpenAsync(folder.Database));
        Assert.Equal(files, FilesOf(folder));
    }

    /// <summary>Names and contents of database and log; nobody has them open.</summary>
    private static List<string> FilesOf(TempFolder folder) => [.. Directory.GetFiles(folder.Path, "sojourn.db*").Order(StringComparer.Ordinal)
        .Where(file => file.EndsWith(".db", StringComparison.Ordinal) || (file.EndsWith("-wal", StringComparison.Ordinal) && new FileInfo(file).Length > 0))
        .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")];

    private static async Task DamageAsync(string which, bool isCut, int seed)
    {
        using var folder = new TempFolder();
        var sample = await Sample.MakeAsync(folder);
        var random = new Random(seed);
        var (errors, right) = (0, 0);
        for (var trial = 0; trial < (isCut ? Trials / 4 : Trials); trial++)
        {
            using var damaged = new TempFolder();
            foreach (var file in Directory.GetFiles(folder.Path, "sojourn.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(damaged.Path, Path.GetFileName(file)));
            }

            var what = Damage(damaged.Database + which, isCut, random);
            if (await sample.IsAnsweredAsync(damaged.Database, $"{what}, seed {seed}, trial {trial}"))
            {
                right++;
            }
            else
            {
                errors++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{errors} damages were refused, {right} changed no answer");
        Assert.True(errors > 0, "some damage that matters");
    }

    private static string Damage(string file, bool isCut, Random random)
    {
        using var stream = File.Open(file, FileMode.Open);
        if (isCut)
        {
            var length = random.NextInt64(stream.Length);
            stream.SetLength(length);
            return $"{Path.GetFileName(file)} cut to {length}";
        }

        // One bit in three places: a single one hits a page that nothing is read from too often to tell much.
        var places = Enumerable.Range(0, 3).Select(_ => (At: random.NextInt64(stream.Length), Bit: random.Next(8))).ToList();
        foreach (var (at, bit) in places)
        {
            stream.Position = at;
            var value = stream.ReadByte();
            stream.Position = at;
            stream.WriteByte((byte)(value ^ (1 << bit)));
        }

        return $"{Path.GetFileName(file)} with flipped bits at {string.Join(", ", places.Select(place => place.At))}";
    }

    /// <summary>What is in the files, and how it must be answered.</summary>
    private sealed class Sample
    {
        public List<SessionRecord> Active { get; } = [];

        public List<SessionRecord> Ended { get; } = [];

        /// <summary>Half of it in the database, half in the log, as a killed process leaves it.</summary>
        public static async Task<Sample> MakeAsync(TempFolder folder)
        {
            var sample = new Sample();
            using var live = new TempFolder();
            await using (var store = await Samples.OpenAsync(live.Database))
            {
                await sample.FillAsync(store);
            }

            await using (var store = await Samples.OpenAsync(live.Database))
            {
                await sample.FillAsync(store);

                // By another process: this one must not open the files beside SQLite, or it drops its own locks.
                await HostProcess.RunAsync("cp", "-a", live.Path + "/.", folder.Path);
            }

            return sample;
        }

        /// <summary>True when every answer was right, false when an error named the file.</summary>
        public async Task<bool> IsAnsweredAsync(string file, string what)
        {
            var errors = 0;
            try
            {
                await using var store = await Samples.OpenAsync(file);
                foreach (var record in Active.Concat(Ended))
                {
                    errors += await IsRightAsync(store, record, Ended.Contains(record), file, what) ? 0 : 1;
                }
            }
            catch (SessionStoreException fault)
            {
                ExpectDamage(fault, file, what);
                errors++;
            }

            return errors == 0;
        }

        private static async Task<bool> IsRightAsync(SqliteSessionStore store, SessionRecord record, bool isEnded, string file, string what)
        {
            try
            {
                var found = await store.FindAsync(record.Id);
                Assert.True(found is not null, $"{what}: a session is absent by accident");
                var seen = found.Value.Record;
                Assert.True(seen.IsActive != isEnded, $"{what}: a session reads as {(isEnded ? "active" : "ended")} by accident");
                Assert.True(found.Value.ShardEpoch == 0 && seen.ShardEpoch == 0, $"{what}: another epoch");
                Assert.True(
                    seen.Id == record.Id && seen.Subject == record.Subject && seen.Claims == record.Claims && seen.Token.Equals(record.Token)
                    && seen.LastSeenAt == record.LastSeenAt, $"{what}: another record");
                Assert.True(IsExpected(found.Value.Data, record, isEnded), $"{what}: other data");
                var list = await store.ListAsync(new(record.Subject, record.Id.Shard), new(10, isEnded), Samples.Token);
                Assert.True(list.Records.Count == 1 && list.ActiveCount == (isEnded ? 0 : 1), $"{what}: another list");
                return true;
            }
            catch (SessionStoreException fault)
            {
                ExpectDamage(fault, file, what);
                return false;
            }
        }

        private static void ExpectDamage(SessionStoreException fault, string file, string what)
        {
            Assert.Contains(file, fault.Message, StringComparison.Ordinal);
            Assert.True(!fault.IsTransient, $"{what}: {fault.Message}");
            Assert.True(
                fault.Message.Contains("damaged", StringComparison.Ordinal) || fault.Message.Contains("is not a database of Sojourn", StringComparison.Ordinal), $"{what}: {fault.Message}");
        }

        private static bool IsExpected(IReadOnlyList<DataValue> data, SessionRecord record, bool isEnded)
            => isEnded ? data.Count == 0 : data.Count == 2 && data.Single(value => value.Key == "long").Bytes.SequenceEqual(Long(record).Bytes);

        /// <summary>Long enough to lie on pages of its own.</summary>
        private static DataChange Long(SessionRecord record) => new("long", DataChangeKind.Set, [.. Enumerable.Repeat((byte)(record.GetHashCode() | 1), 9000)]);

        private async Task FillAsync(SqliteSessionStore store)
        {
            for (var i = 0; i < 20; i++)
            {
                var record = await store.StartAsync();
                await store.CommitDataAsync(new()
                {
                    Session = record.Id,
                    Lineage = 1,
                    Write = WriteId.Create(),
                    Changes = [Long(record)],
                    Limits = new(10_000, 20_000),
                    Now = Sessions.Noon,
                }, Samples.Token);
                if (i % 4 == 0)
                {
                    await Sessions.EndAsync(store, record.Id);
                    Ended.Add(record);
                }
                else
                {
                    Active.Add(record);
                }
            }
        }
    }
}
