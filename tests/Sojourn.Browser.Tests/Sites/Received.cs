using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Sojourn.Browser.Tests;

/// <summary>A request as a server got it, and how it answered.</summary>
/// <param name="Method">GET, POST …</param>
/// <param name="Address">Path and query.</param>
/// <param name="Site">What the browser said in Sec-Fetch-Site.</param>
/// <param name="HasSession">Whether it sent the session cookie.</param>
/// <param name="Status">The answer.</param>
internal sealed record ReceivedRequest(string Method, string Address, string? Site, bool HasSession, int Status);

/// <summary>
/// What a server got from browsers. They do not tell tests the cookies of a request whose answer they withhold from the page,
/// so this listens to the server.
/// </summary>
internal sealed class Received : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string End = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop";

    private readonly ConcurrentQueue<ReceivedRequest> _all = new();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private readonly string _authority;
    private readonly string _cookie;

    public Received(Uri address, string cookie)
    {
        (_authority, _cookie) = (address.Authority, cookie);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public IReadOnlyCollection<ReceivedRequest> All => _all;

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.AspNetCore")
        {
            _subscriptions.Add(value.Subscribe(this, name => name.StartsWith("Microsoft.AspNetCore.Hosting.HttpRequestIn", StringComparison.Ordinal)));
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: End, Value: HttpContext { Request: var request } context } && request.Host.Value == _authority)
        {
            _all.Enqueue(new(request.Method, request.Path + request.QueryString, request.Headers["Sec-Fetch-Site"], request.Cookies.ContainsKey(_cookie), context.Response.StatusCode));
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }
}
