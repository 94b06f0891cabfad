namespace Sojourn.Storage;

/// <summary>
/// Hands out time limits for calls of a store. Most calls that a limit watches end within microseconds, so limits that
/// did not fire are used again: making one, with its timer, costs as much as a read from a page cache.
/// </summary>
internal sealed class CallLimits(TimeProvider time)
{
    private readonly CancellationTokenSource?[] _idle = new CancellationTokenSource?[16];

    /// <summary>A limit that begins now, and is also reached when the caller gives up.</summary>
    public CallLimit Begin(TimeSpan patience, CancellationToken caller)
    {
        var source = Interlocked.Exchange(ref Place, null);
        if (source is null)
        {
            source = new(patience, time);
        }
        else
        {
            source.CancelAfter(patience);
        }

        return new(source, caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source));
    }

    /// <summary>
    /// Takes a limit back whose call completed before it returned: nobody holds the token any more. One that fired, or
    /// whose timer cannot be stopped for certain, goes.
    /// </summary>
    public void Reuse(in CallLimit limit)
    {
        limit.Caller.Dispose(); // waits for the caller's cancellation, if that is at it just now
        if (!limit.Source.TryReset() || Interlocked.CompareExchange(ref Place, limit.Source, null) is not null)
        {
            limit.Source.Dispose();
        }
    }

    // Threads use different places as far as there are enough.
    private ref CancellationTokenSource? Place => ref _idle[Environment.CurrentManagedThreadId % _idle.Length];
}

/// <summary>The time limit of one call.</summary>
/// <param name="Source">Cancelled when the time is up or the caller gave up.</param>
/// <param name="Caller">The caller's part in it.</param>
internal readonly record struct CallLimit(CancellationTokenSource Source, CancellationTokenRegistration Caller) : IDisposable
{
    /// <summary>What the call is given.</summary>
    public CancellationToken Token => Source.Token;

    public void Dispose()
    {
        Caller.Dispose();
        Source.Dispose();
    }
}
