using Peers;
using Peers.Contestants;

switch (args)
{
    case ["serve", var name, .. var rest] when ContestantList.Find(name) is { } contestant && ServeOptions.TryParse(rest, out var port):
        await Server.ServeAsync(contestant, port, rest.Contains("--count"), rest.Contains("--child"));
        return 0;
    default:
        return 2;
}

internal static class ServeOptions
{
    public static bool TryParse(string[] a, out int port) { port = int.Parse(a[Array.IndexOf(a, "--port") + 1]); return true; }
}
