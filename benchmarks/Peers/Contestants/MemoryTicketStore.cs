using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Caching.Memory;

namespace Peers.Contestants;

/// <summary>Live tickets in the memory cache, in the shape of the sample that most applications copied.</summary>
internal sealed class MemoryTicketStore(IMemoryCache cache) : ITicketStore
{
    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = "AuthSessionStore-" + Guid.NewGuid();
        await RenewAsync(key, ticket);
        return key;
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        var options = new MemoryCacheEntryOptions();
        if (ticket.Properties.ExpiresUtc is { } expires)
        {
            options.SetAbsoluteExpiration(expires);
        }

        options.SetSlidingExpiration(TimeSpan.FromHours(1));
        cache.Set(key, ticket, options);
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        cache.TryGetValue(key, out AuthenticationTicket? ticket);
        return Task.FromResult(ticket);
    }

    public Task RemoveAsync(string key)
    {
        cache.Remove(key);
        return Task.CompletedTask;
    }
}

/// <summary>Counts the calls of the cookie handler.</summary>
internal sealed class CountingTicketStore(ITicketStore inner, StoreCalls calls) : ITicketStore
{
    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        calls.Write();
        return inner.StoreAsync(ticket);
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        calls.Write();
        return inner.RenewAsync(key, ticket);
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        calls.Read();
        return inner.RetrieveAsync(key);
    }

    public Task RemoveAsync(string key)
    {
        calls.Write();
        return inner.RemoveAsync(key);
    }
}
