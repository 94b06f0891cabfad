namespace Sojourn.Sqlite;

/// <summary>
/// Other processes that write to the same file. Each has a row whose beats rise: at its start, and every half second
/// while it sees others. Nobody's clock is compared with anybody else's: a row is fresh if its beats rose lately.
/// </summary>
/// <remarks>
/// Whoever has a fresh neighbour pauses a millisecond after each batch. Without that, SQLite's lock goes back to the
/// process that has just released it, and the other one waits for a second and more.
/// </remarks>
internal sealed class Neighbours(Connection connection, TimeProvider time, long self)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<long, Beat> _seen = [];

    private readonly Statement _read = connection.Prepare("SELECT teller, beats FROM neighbour");

    private readonly Statement _beat = connection.Prepare("""
        INSERT INTO neighbour (teller, beats) VALUES (?1, 1) ON CONFLICT DO UPDATE SET beats = beats + 1
        """);

    private readonly Statement _delete = connection.Prepare("DELETE FROM neighbour WHERE teller = ?1");

    private long _lastBeat;
    private long _freshUntil;

    /// <summary>The first beat, in the transaction that opens the file: whoever writes there at full speed pauses from then on.</summary>
    public static void Arrive(Connection connection, long self) => connection.Execute($"INSERT INTO neighbour (teller, beats) VALUES ({self}, 1)");

    /// <summary>Whether another process has written or beaten in the last two seconds.</summary>
    public bool AreFresh => time.GetTimestamp() < _freshUntil;

    /// <summary>Whether it is time for a beat: others are there, and must know of this process even while it writes nothing.</summary>
    public bool IsBeatDue => AreFresh && time.GetElapsedTime(_lastBeat) >= BeatEvery;

    /// <summary>Beats, within a transaction.</summary>
    public void BeatNow()
    {
        _beat.Bind(1, self).Run();
        _lastBeat = time.GetTimestamp();
        foreach (var (teller, beat) in _seen)
        {
            if (time.GetElapsedTime(beat.At) > Forgotten)
            {
                _delete.Bind(1, teller).Run(); // it was killed
                _seen.Remove(teller);
            }
        }
    }

    /// <summary>Looks whose beats rose. Rows found at the first look may be of processes that are long gone, and count for one beat.</summary>
    public void Look()
    {
        using var rows = _read.Rows();
        while (_read.Step())
        {
            var (teller, beats) = (_read.Integer(0), _read.Integer(1));
            if (teller != self && (!_seen.TryGetValue(teller, out var known) || known.Count != beats))
            {
                _seen[teller] = new(beats, time.GetTimestamp());
                _freshUntil = time.GetTimestamp() + (long)(Fresh.TotalSeconds * time.TimestampFrequency);
            }
        }
    }

    /// <summary>Takes the own row away, at the end.</summary>
    public void Leave() => _delete.Bind(1, self).Run();

    private readonly record struct Beat(long Count, long At);
}
