using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>What a rule works with: an opened store in a tenant of its own, and the steps that most rules take.</summary>
internal sealed class Trial
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private string _subject = "ada";

    private Trial(SessionStoreFixture fixture, ISessionStore store, string tenant, CancellationToken cancel)
        => (Fixture, Store, Tenant, Cancel) = (fixture, store, tenant, cancel);

    public SessionStoreFixture Fixture { get; }

    public ISessionStore Store { get; }

    public string Tenant { get; }

    public CancellationToken Cancel { get; }

    public EventSource Events { get; } = new();

    /// <summary>The shard that the rule works in.</summary>
    public byte Shard { get; private init; } = Make.Bytes(1)[0];

    /// <summary>The subject that the rule works with.</summary>
    public SessionOwner Ada => new(_subject, Shard);

    public SessionOwner Visitors => new(null, Shard);

    public ISessionEventLog Log => Expect.NotNull(Store as ISessionEventLog, "a store object that is an ISessionEventLog too");

    public static async Task<Trial> OpenAsync(SessionStoreFixture fixture, CancellationToken cancel, string suffix = "")
    {
        var tenant = $"contract-{Convert.ToHexStringLower(Make.Bytes(8).AsSpan())}{suffix}";
        return new(fixture, await fixture.OpenAsync(tenant, cancel), tenant, cancel);
    }

    /// <summary>Another store object on the same data.</summary>
    public Task<ISessionStore> OtherNodeAsync() => Fixture.OpenAsync(Tenant, Cancel);

    /// <summary>The same data, another tenant.</summary>
    public async Task<Trial> OtherTenantAsync(string suffix)
        => new(Fixture, await Fixture.OpenAsync(Tenant + suffix, Cancel), Tenant + suffix, Cancel);

    /// <summary>The same store and tenant, another subject and shard: room to try something again.</summary>
    public Trial Sibling(int number) => new(Fixture, Store, Tenant, Cancel) { Shard = (byte)(Shard + 1 + number), _subject = $"ada-{number}" };

    public SessionRecord NewRecord() => Make.Record(Tenant, Ada, Noon);

    public SessionRecord NewRecord(SessionOwner owner, DateTimeOffset? at = null) => Make.Record(Tenant, owner, at ?? Noon);

    /// <summary>An owner that no other round of a race uses, spread over the shards.</summary>
    public static SessionOwner OwnerOf(int round) => new($"subject-{round}", (byte)round);

    public SessionCreation Creation(SessionRecord record, int limit = 1000, IReadOnlyList<DataValue>? data = null, long? version = null, params SessionEnd[] victims) => new()
    {
        Record = record,
        AuthenticationBegan = record.StartedAt,
        Limit = limit,
        Data = data ?? [],
        OwnerVersion = version,
        Victims = victims,
        Events = new([Events.Started(record), .. victims.Select(victim => Events.Ended(victim.Id, victim.Ending))]),
    };

    public SubjectEnd SubjectEnding(SessionOwner owner, long version, DateTimeOffset? notBefore, params SessionEnd[] ends) => new()
    {
        Owner = owner,
        Write = WriteId.Create(),
        OwnerVersion = version,
        Ends = ends,
        NotBefore = notBefore,
        Events = Events.SubjectRevoked(owner, ends, Noon),
    };

    public async Task<SessionRecord> StartedAsync(SessionCreation creation)
    {
        var result = await Store.StartAsync(creation, Cancel);
        Expect.Equal(StartStatus.Started, result.Status, "the answer to a start that nothing forbids");
        return Expect.NotNull(result.Record, "the record as stored");
    }

    public Task<SessionRecord> StartedAsync(SessionRecord record) => StartedAsync(Creation(record));

    public Task<SessionRecord> StartedAsync() => StartedAsync(NewRecord());

    public ValueTask<SessionSnapshot?> FindAsync(SessionId id) => Store.FindAsync(id, new SessionRead(AllData: true, Fresh: true), Cancel);

    public async Task<SessionSnapshot> FoundAsync(SessionId id)
    {
        var snapshot = await FindAsync(id);
        Expect.True(snapshot is not null, $"session {id} to be found", "null");
        return snapshot!.Value;
    }

    public async Task<SessionRecord> RecordAsync(SessionId id) => (await FoundAsync(id)).Record;

    public async Task<Dictionary<string, DataValue>> DataAsync(SessionId id)
        => (await FoundAsync(id)).Data.ToDictionary(value => value.Key, StringComparer.Ordinal);

    /// <summary>Tries a change of a record as it was read.</summary>
    public ValueTask<ChangeResult> ChangeAsync(SessionRecord record, RecordChange change)
        => Store.ChangeAsync(record.Id, record.Token.Stamp, change, EventSource.Batch(Events.Rotated(record.Id, Noon)), Cancel);

    public async Task<SessionRecord> ChangedAsync(SessionRecord record, RecordChange change)
    {
        var result = await ChangeAsync(record, change);
        Expect.Equal(ChangeStatus.Done, result.Status, "the answer to a change with the right stamp");
        return Expect.NotNull(result.Record, "the record as it now stands");
    }

    public Task<SessionRecord> RotatedAsync(SessionRecord record) => ChangedAsync(record, new() { Token = Make.Rotated(record.Token, record.StartedAt) });

    public ValueTask<EndResult> EndAsync(SessionId id, SessionEnding ending, EndGuard guard = default)
        => Store.EndAsync(id, guard, ending, EventSource.Batch(Events.Ended(id, ending)), Cancel);

    public async Task<SessionRecord> EndedAsync(SessionId id, SessionEnding? ending = null)
    {
        var result = await EndAsync(id, ending ?? Make.Ending(Noon.AddMinutes(1)));
        Expect.Equal(EndStatus.Ended, result.Status, "the answer to an end of an active session");
        return Expect.NotNull(result.Record, "the record as it now stands");
    }

    public async Task<long> WrittenAsync(DataCommit commit)
    {
        var result = await Store.CommitDataAsync(commit, Cancel);
        Expect.Equal(DataStatus.Written, result.Status, "the answer to a commit that nothing forbids");
        return result.Version;
    }

    public Task<long> WrittenAsync(SessionRecord record, params DataChange[] changes) => WrittenAsync(Make.Commit(record, changes));

    public ValueTask TouchAsync(params SessionTouch[] touches) => Store.TouchAsync(touches, Cancel);
}
