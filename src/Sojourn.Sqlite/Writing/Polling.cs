namespace Sojourn.Sqlite;

/// <summary>Short waits between two looks at a lock, by the machine's time: what is waited for is another process.</summary>
internal static class Polling
{
    private static readonly ManualResetEvent Never = new(initialState: false);

    /// <summary>
    /// Gives the processor away for 0 or 1 ms, at random: SQLite's own busy handler waits in growing steps, and the
    /// process that holds the lock has it again before the other one wakes up.
    /// </summary>
    public static void Pause() => Pause(System.Security.Cryptography.RandomNumberGenerator.GetInt32(2));

    /// <summary>Gives the processor away for so many milliseconds; 0 for as short as may be.</summary>
    public static void Pause(int milliseconds)
    {
        if (milliseconds == 0)
        {
            Thread.Yield();
        }
        else
        {
            Never.WaitOne(milliseconds);
        }
    }
}
