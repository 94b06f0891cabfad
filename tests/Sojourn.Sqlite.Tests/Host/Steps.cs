using Sojourn.Storage;

namespace Sojourn.Sqlite.Host;

/// <summary>One thing after the other, to be read in a trace.</summary>
internal static class Steps
{
    /// <summary>Starts sessions one by one; after each acknowledgement its id is a line on the standard output.</summary>
    public static async Task<int> RunAsync(string file, int count)
    {
        var store = Sessions.New(file, checkpointBytes: 1 << 30);
        await store.OpenAsync(new(Sessions.Tenant, Sessions.Noon));
        using var output = Console.OpenStandardOutput();
        for (var i = 0; i < count; i++)
        {
            var creation = Sessions.Creation();
            await store.StartAsync(creation);
            output.Write(System.Text.Encoding.ASCII.GetBytes($"ACK {creation.Record.Id}\n"));
        }

        // Without closing: the log stays as a crash would leave it.
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        return 0;
    }

    /// <summary>Opens, writes one session, closes; the fault on the standard output if there is one.</summary>
    public static async Task<int> OpenAsync(string file)
    {
        try
        {
            await using var store = Sessions.New(file);
            await store.OpenAsync(new(Sessions.Tenant, Sessions.Noon));
            await store.StartAsync(Sessions.Creation());
            return 0;
        }
        catch (SessionStoreException fault)
        {
            Console.WriteLine(fault.Message);
            return 3;
        }
    }
}
