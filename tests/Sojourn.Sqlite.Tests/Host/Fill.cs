using Sojourn.Storage;

namespace Sojourn.Sqlite.Host;

/// <summary>
/// Starts sessions until the disk is full, then ends some, then waits for a line on the standard input (the test frees
/// space meanwhile) and goes on. Prints what happened.
/// </summary>
internal static class Fill
{
    public static async Task<int> RunAsync(string file, string ballast)
    {
        await using var store = new SqliteSessionStore(new() { Path = file, ReserveBytes = 1 << 20, CheckpointBytes = 1 << 20 });
        await store.OpenAsync(new(Sessions.Tenant, Sessions.Noon));
        var started = new List<SessionId>();
        while (await StartAsync(store, started) is null)
        {
            // until there is no room
        }

        Console.WriteLine($"full after {started.Count}: {await StartAsync(store, started)}");
        foreach (var id in started.Take(50))
        {
            await store.EndAsync(id);
        }

        Console.WriteLine("ended 50");
        File.Delete(ballast);
        var begun = TimeProvider.System.GetTimestamp();
        while (await StartAsync(store, started) is { } fault)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(10))
            {
                Console.WriteLine(fault);
                return 3;
            }

            await Task.Delay(50);
        }

        Console.WriteLine($"goes on, reserve {new FileInfo(file + "-reserve") is { Exists: true, Length: 1 << 20 }}");
        foreach (var (index, id) in started.Index())
        {
            var found = await store.FindAsync(id, default);
            if (found is null || found.Value.Record.IsActive == index < 50)
            {
                Console.WriteLine($"session {index} is wrong");
                return 4;
            }
        }

        return 0;
    }

    private static async Task<string?> StartAsync(SqliteSessionStore store, List<SessionId> started)
    {
        var creation = Sessions.Creation();
        try
        {
            await store.StartAsync(creation);
            started.Add(creation.Record.Id);
            return null;
        }
        catch (SessionStoreException fault)
        {
            return fault.Message;
        }
    }
}
