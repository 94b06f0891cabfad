using Microsoft.Extensions.Caching.Distributed;

namespace Peers.Contestants;

/// <summary>Counts the calls of UseSession. A refresh counts as a read: it moves a deadline, and only some caches write for it.</summary>
internal sealed class CountingCache(IDistributedCache inner, StoreCalls calls) : IDistributedCache
{
    public byte[]? Get(string key)
    {
        calls.Read();
        return inner.Get(key);
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        calls.Read();
        return inner.GetAsync(key, token);
    }

    public void Refresh(string key)
    {
        calls.Read();
        inner.Refresh(key);
    }

    public Task RefreshAsync(string key, CancellationToken token = default)
    {
        calls.Read();
        return inner.RefreshAsync(key, token);
    }

    public void Remove(string key)
    {
        calls.Write();
        inner.Remove(key);
    }

    public Task RemoveAsync(string key, CancellationToken token = default)
    {
        calls.Write();
        return inner.RemoveAsync(key, token);
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        calls.Write();
        inner.Set(key, value, options);
    }

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        calls.Write();
        return inner.SetAsync(key, value, options, token);
    }
}
