using System.Diagnostics;
using System.Security.Cryptography;

namespace Sojourn.Sqlite.Host;

/// <summary>
/// Measures two layouts of a table of sessions side by side, in turn: the random id as the key of the table itself, and
/// a rising storage key with the id in a unique index. The figures are in docs/decisions/0006-sqlite-store.md.
/// </summary>
internal static class Layouts
{
    private const int Present = 100_000;
    private const int Rounds = 7;

    public static int Run(string folder)
    {
        using var keyed = new Layout(
            Path.Combine(folder, "keyed.db"), "id as key, WITHOUT ROWID",
            "CREATE TABLE s (shard INTEGER, id BLOB, due INTEGER, record BLOB, PRIMARY KEY (shard, id)) WITHOUT ROWID; CREATE INDEX d ON s (shard, due)");
        using var rising = new Layout(
            Path.Combine(folder, "rising.db"), "rising key, unique index",
            "CREATE TABLE s (n INTEGER PRIMARY KEY, shard INTEGER, id BLOB, due INTEGER, record BLOB); CREATE UNIQUE INDEX u ON s (shard, id); CREATE INDEX d ON s (shard, due)");
        Layout[] both = [keyed, rising];
        foreach (var layout in both)
        {
            layout.Insert(Present, batch: 1000);
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var layout in round % 2 == 0 ? both : both.Reverse())
            {
                layout.Measure();
            }
        }

        foreach (var layout in both)
        {
            layout.Print();
        }

        return 0;
    }

    private sealed class Layout : IDisposable
    {
        private readonly string _file;
        private readonly string _name;
        private readonly Connection _connection;
        private readonly Statement _insert, _select, _touch, _begin, _commit;
        private readonly List<byte[]> _ids = [];
        private readonly byte[] _record = RandomNumberGenerator.GetBytes(300);
        private readonly SortedDictionary<string, List<double>> _rates = new(StringComparer.Ordinal);

        public Layout(string file, string name, string tables)
        {
            (_file, _name) = (file, name);
            _connection = Connection.Open("file:" + file, SqliteCode.OpenReadWrite | SqliteCode.OpenCreate, ChecksumFiles.Name);
            var reserved = SchemaFile.ReservedBytes;
            _ = SqliteNative.FileControl(_connection.Handle, "main", SqliteCode.ControlReservedBytes, ref reserved);
            _connection.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;" + tables);
            _insert = _connection.Prepare("INSERT INTO s (shard, id, due, record) VALUES (?1, ?2, ?3, ?4)");
            _select = _connection.Prepare("SELECT record FROM s WHERE shard = ?1 AND id = ?2");
            _touch = _connection.Prepare("UPDATE s SET record = ?3 WHERE shard = ?1 AND id = ?2");
            _begin = _connection.Prepare("BEGIN IMMEDIATE");
            _commit = _connection.Prepare("COMMIT");
        }

        public void Measure()
        {
            Time("insert, 64 a commit", 20_000, count => Insert(count, batch: 64));
            Time("insert, 1 a commit", 500, count => Insert(count, batch: 1));
            Time("select", 20_000, Select);
            Time("touch, 64 a commit", 6400, Touch);
        }

        public void Insert(int count, int batch) => InBatches(count, batch, () =>
        {
            var id = RandomNumberGenerator.GetBytes(16);
            _ids.Add(id);
            _insert.Bind(1, id[0]).Bind(2, id).Bind(3, _ids.Count).Bind(4, _record).Run();
        });

        public void Print()
        {
            foreach (var (what, rates) in _rates)
            {
                rates.Sort();
                Console.WriteLine(FormattableString.Invariant($"{_name,-26} {what,-20} {rates[rates.Count / 2],8:0}/s [{rates[0]:0}-{rates[^1]:0}]"));
            }

            Console.WriteLine($"{_name,-26} {_ids.Count} rows, {new FileInfo(_file).Length >> 20} MB");
        }

        public void Dispose() => _connection.Dispose();

        private void Time(string what, int count, Action<int> work)
        {
            var begun = Stopwatch.GetTimestamp();
            work(count);
            if (!_rates.TryGetValue(what, out var rates))
            {
                _rates[what] = rates = [];
            }

            rates.Add(count / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        private void Select(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var id = AnyId();
                using var rows = _select.Bind(1, id[0]).Bind(2, id).Rows();
                _ = _select.Step();
            }
        }

        private void Touch(int count) => InBatches(count, 64, () =>
        {
            var id = AnyId();
            _touch.Bind(1, id[0]).Bind(2, id).Bind(3, _record).Run();
        });

        private void InBatches(int count, int batch, Action write)
        {
            for (var done = 0; done < count; done += batch)
            {
                _begin.Run();
                for (var i = 0; i < batch; i++)
                {
                    write();
                }

                _commit.Run();
            }
        }

        private byte[] AnyId() => _ids[RandomNumberGenerator.GetInt32(_ids.Count)];
    }
}
