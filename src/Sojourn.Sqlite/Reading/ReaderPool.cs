using System.Diagnostics.CodeAnalysis;

namespace Sojourn.Sqlite;

/// <summary>The readers that nobody uses at the moment. Bounded: made when first needed, and whoever finds none waits.</summary>
internal sealed class ReaderPool(int most, Func<Reader> make) : IDisposable
{
    private readonly SemaphoreSlim _free = new(most, most);
    private readonly Reader?[] _places = new Reader?[most];
    private volatile bool _isDisposed;

    /// <summary>Takes a reader, if there is one at once.</summary>
    public bool TryTake([NotNullWhen(true)] out Reader? reader)
    {
        reader = _free.Wait(0) ? Take() : null;
        return reader is not null;
    }

    /// <summary>Waits for a reader.</summary>
    public async ValueTask<Reader> TakeAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return Take();
    }

    public void Return(Reader reader)
    {
        if (reader.IsAtRest)
        {
            // Everybody begins at the first place, so the readers in use have the warm caches. There is one for each reader.
            var place = 0;
            while (Interlocked.CompareExchange(ref _places[place], reader, null) is not null)
            {
                place = (place + 1) % _places.Length;
            }
        }
        else
        {
            reader.Dispose();
        }

        _free.Release();
        if (_isDisposed)
        {
            Dispose();
        }
    }

    /// <summary>Closes the readers that are here; those in use are closed when they come back.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        for (var i = 0; i < _places.Length; i++)
        {
            Interlocked.Exchange(ref _places[i], null)?.Dispose();
        }
    }

    private Reader Take()
    {
        for (var i = 0; i < _places.Length; i++)
        {
            if (Interlocked.Exchange(ref _places[i], null) is { } reader)
            {
                return reader;
            }
        }

        try
        {
            return make();
        }
        catch
        {
            _free.Release();
            throw;
        }
    }
}
