using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>
/// What browsers complained of during a test: errors and warnings in the console, of which violations of the page's
/// Content-Security-Policy are a part, and exceptions of scripts.
/// </summary>
public sealed class Complaints
{
    private readonly ConcurrentQueue<string> _all = new();
    private readonly List<string> _expected = [];

    public void Watch(IBrowserContext context)
    {
        context.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _all.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
            }
        };
        context.WebError += (_, error) => _all.Enqueue($"exception: {error.Error}");
    }

    /// <summary>Says that a test provokes complaints that contain this text.</summary>
    public void Expect(string text) => _expected.Add(text);

    public void ExpectNoOthers()
    {
        var others = _all.Where(complaint => !_expected.Any(text => complaint.Contains(text, StringComparison.Ordinal))).ToList();
        Assert.True(others.Count == 0, "The browser complains: " + string.Join('\n', others));
    }
}
