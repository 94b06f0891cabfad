using Sojourn.Storage;

namespace Sojourn.Sqlite.Host;

/// <summary>
/// Starts sessions and ends half of them, from many callers, until it is killed. Each acknowledgement is a line on the
/// standard output, written before the caller goes on: "S id" for a start, "E id" for an end.
/// </summary>
internal static class Load
{
    private const int Callers = 16;

    public static async Task<int> RunAsync(string file)
    {
        await using var store = Sessions.New(file);
        await store.OpenAsync(new(Sessions.Tenant, Sessions.Noon));
        using var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(store, output))));
        return 0;
    }

    private static async Task CallAsync(SqliteSessionStore store, Stream output)
    {
        while (true)
        {
            var creation = Sessions.Creation();
            await store.StartAsync(creation);
            Acknowledge(output, 'S', creation.Record.Id);
            if (creation.Record.Id.GetHashCode() % 2 == 0)
            {
                await store.EndAsync(creation.Record.Id);
                Acknowledge(output, 'E', creation.Record.Id);
            }
        }
    }

    private static void Acknowledge(Stream output, char what, SessionId id)
    {
        var line = System.Text.Encoding.ASCII.GetBytes($"{what} {id}\n");
        lock (output)
        {
            output.Write(line); // one system call, so a line is there or not
        }
    }
}
