using System.Collections.Concurrent;
using Sojourn.Storage;

namespace Sojourn.Tests.Testing;

/// <summary>Lets everybody in.</summary>
internal sealed class IgnoresLimit(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken)
        => base.StartAsync(creation with { Limit = int.MaxValue }, cancellationToken);
}

/// <summary>Counts first and starts afterwards: two may find the last place free.</summary>
internal sealed class CountsThenStarts(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken)
    {
        var owner = await ListAsync(new(creation.Record.Subject, creation.Record.Id.Shard), new(1), cancellationToken);
        Pause();
        return owner.ActiveCount - creation.Victims.Count < creation.Limit
            ? await base.StartAsync(creation with { Limit = int.MaxValue }, cancellationToken)
            : new(StartStatus.MustEndFirst);
    }
}

/// <summary>Counts the victims that are named, whether or not somebody else has ended them meanwhile.</summary>
internal sealed class IgnoresOwnerVersion(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken)
    {
        var owner = await ListAsync(new(creation.Record.Subject, creation.Record.Id.Shard), new(1), cancellationToken);
        if (owner.ActiveCount - creation.Victims.Count >= creation.Limit)
        {
            return new(StartStatus.MustEndFirst);
        }

        foreach (var victim in creation.Victims)
        {
            await EndAsync(victim.Id, default, victim.Ending, EventBatch.None, cancellationToken);
        }

        Pause();
        return await base.StartAsync(creation with { Limit = int.MaxValue, OwnerVersion = null, Victims = [] }, cancellationToken);
    }
}

/// <summary>Lets sign-ins in that began before a revocation.</summary>
internal sealed class IgnoresNotBefore(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken)
        => base.StartAsync(creation with { AuthenticationBegan = DateTimeOffset.MaxValue }, cancellationToken);
}

/// <summary>Looks at the not-before first and starts afterwards: a revocation in between misses the session.</summary>
internal sealed class ChecksNotBeforeThenStarts(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken)
    {
        var owner = await ListAsync(new(creation.Record.Subject, creation.Record.Id.Shard), new(1), cancellationToken);
        Pause();
        return creation.AuthenticationBegan < owner.NotBefore
            ? new(StartStatus.BeforeNotBefore)
            : await base.StartAsync(creation with { AuthenticationBegan = DateTimeOffset.MaxValue }, cancellationToken);
    }
}

/// <summary>Writes the session first and its data afterwards, and can be cancelled in between.</summary>
internal sealed class StartsInTwoSteps(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken)
    {
        var result = await base.StartAsync(creation with { Data = [] }, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        await CommitDataAsync(new()
        {
            Session = creation.Record.Id,
            Lineage = creation.Record.Token.Lineage,
            Write = new(1),
            Changes = [.. creation.Data.Select(value => new DataChange(value.Key, DataChangeKind.Set, value.Bytes))],
            Limits = new(int.MaxValue, int.MaxValue),
            Now = creation.Record.StartedAt,
        }, CancellationToken.None);
        return result;
    }
}

/// <summary>Counts the rows to skip, so that a page begins too late when a row before it has gone.</summary>
internal sealed class PagesByOffset(ISessionStore inner) : DelegatingSessionStore(inner)
{
    private readonly ConcurrentDictionary<SessionCursor, int> _offsets = [];

    public override async ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken)
    {
        var all = await base.ListAsync(owner, query with { Limit = 10_000, After = null }, cancellationToken);
        var offset = query.After is { } after ? _offsets[after] : 0;
        var page = all.Records.Skip(offset).Take(query.Limit).ToList();
        if (offset + page.Count >= all.Records.Count)
        {
            return all with { Records = page };
        }

        var next = new SessionCursor(page[^1].StartedAt, page[^1].Id);
        _offsets[next] = offset + page.Count;
        return all with { Records = page, Next = next };
    }
}

/// <summary>Keeps all tenants in one store.</summary>
internal sealed class ForgetsTheTenant(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken)
        => base.OpenAsync(opening with { Tenant = "all" }, cancellationToken);
}

/// <summary>Gives each due session to the first sweep that asks, and to no other.</summary>
internal sealed class FindsDueOnlyOnce(ISessionStore inner) : DelegatingSessionStore(inner)
{
    private readonly ConcurrentDictionary<SessionId, bool> _found = [];

    public override async ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken)
    {
        var page = await base.FindDueAsync(shard, query, cancellationToken);
        return page with { Sessions = [.. page.Sessions.Where(due => _found.TryAdd(due.Record.Id, true))] };
    }
}
