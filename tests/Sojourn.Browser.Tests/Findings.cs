using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sojourn.Browser.Tests;

/// <summary>
/// The names of what the engine found, read from the shop's log, since the log of events is not the shop's to show.
/// </summary>
public sealed class Findings : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _names = new();

    public IReadOnlyCollection<string> Names => _names;

    public void Clear() => _names.Clear();

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> values && values.FirstOrDefault(value => value.Key == "Finding").Value is string name)
        {
            _names.Enqueue(name);
        }
    }

    void IDisposable.Dispose()
    {
        // Nothing is held; the shop's logging disposes its providers.
    }
}
