using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Keeps what was logged, so that tests can look for what must be there and what must never be.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> All => _lines;

    /// <summary>Completes when a line with this text has been logged.</summary>
    public Task WaitForAsync(string text)
    {
        var logged = _awaited.GetOrAdd(text, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            logged.TrySetResult();
        }

        return logged.Task.Within30Seconds();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Add($"{logLevel}: {formatter(state, exception)} {exception}");

    /// <summary>Unexpected errors go to the test's output too: they tell what a 500 was.</summary>
    private void Add(string line)
    {
        _lines.Enqueue(line);
        foreach (var (text, logged) in _awaited)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                logged.TrySetResult();
            }
        }

        if (line.StartsWith("Error: An unhandled", StringComparison.Ordinal) || line.StartsWith("Error: Connection id", StringComparison.Ordinal))
        {
            Console.Error.WriteLine(line);
        }
    }

    public void Dispose()
    {
    }
}
