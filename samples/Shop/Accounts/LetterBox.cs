using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Shop.Accounts;

/// <summary>
/// Stands for the mail: each letter becomes a file that only the owner of the data folder can read, for as long as its
/// code is good. Where there are demo accounts, the shop shows a letter to whoever asked for it; an application sends it.
/// </summary>
internal sealed class LetterBox(string folder, TimeProvider time)
{
    private const int MostPerHour = 3;

    private readonly ConcurrentDictionary<string, int> _sent = new(StringComparer.OrdinalIgnoreCase);
    private long _countedSince = time.GetTimestamp();

    public string Folder => folder;

    /// <summary>
    /// Writes a letter and returns its id, which is of no letter when this address had too many in this hour: nobody's
    /// mail is flooded, and nobody tries codes for ever.
    /// </summary>
    public async Task<string> SendAsync(string to, string text, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        Clear();
        if (_sent.AddOrUpdate(to, 1, (_, count) => count + 1) > MostPerHour)
        {
            return id;
        }

        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var writer = new StreamWriter(FileOf(id), options);
        await writer.WriteAsync($"To: {to}\n\n{text}\n".AsMemory(), cancellationToken);
        return id;
    }

    /// <summary>The letter; null when there is none.</summary>
    public async Task<string?> ReadAsync(string id, CancellationToken cancellationToken)
        => id.Length == 32 && id.All(char.IsAsciiHexDigitLower) && File.Exists(FileOf(id)) ? await File.ReadAllTextAsync(FileOf(id), cancellationToken) : null;

    /// <summary>After an hour the counts begin anew, and old letters go.</summary>
    private void Clear()
    {
        var since = Interlocked.Read(ref _countedSince);
        if (time.GetElapsedTime(since) < TimeSpan.FromHours(1) || Interlocked.CompareExchange(ref _countedSince, time.GetTimestamp(), since) != since)
        {
            return;
        }

        _sent.Clear();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.txt") : [])
        {
            if (time.GetUtcNow() - File.GetLastWriteTimeUtc(file) > PendingAccount.Lifetime)
            {
                File.Delete(file);
            }
        }
    }

    private string FileOf(string id) => Path.Combine(folder, id + ".txt");
}
