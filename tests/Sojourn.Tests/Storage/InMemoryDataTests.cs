using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

public sealed class InMemoryDataTests
{
    [Fact]
    public async Task The_last_16_writes_are_remembered_with_their_answers_and_have_no_second_effect()
    {
        var (store, id) = await StartedAsync();
        var commits = Enumerable.Range(0, 17).Select(i => Commit(id, Set("key", i))).ToArray();
        var answers = new List<DataResult>();
        foreach (var commit in commits)
        {
            answers.Add(await store.CommitDataAsync(commit, Token));
        }

        for (var i = 1; i < commits.Length; i++)
        {
            Assert.Equal(answers[i], await store.CommitDataAsync(commits[i], Token));
        }

        Assert.Equal(new("key", [.. new byte[16]], 17), await ReadAsync(store, id, "key"), EqualValues);
        Assert.Equal(18, (await store.CommitDataAsync(commits[0], Token)).Version);
    }

    [Fact]
    public async Task Conflicts_and_absent_keys_are_remembered_too()
    {
        var (store, id) = await StartedAsync();
        var conflicting = Commit(id, new DataChange("key", DataChangeKind.SetIf, [1], ExpectedVersion: 5));
        var take = new DataTake { Session = id, Lineage = 1, Write = WriteId.Create(), Key = "key", Now = Start };
        var conflict = await store.CommitDataAsync(conflicting, Token);
        Assert.Equal(new(DataStatus.Conflict, ConflictKey: "key"), conflict);
        Assert.Null(await store.TakeDataAsync(take, Token));
        await store.CommitDataAsync(Commit(id, Set("key", 1)), Token);
        Assert.Equal(conflict, await store.CommitDataAsync(conflicting, Token));
        Assert.Null(await store.TakeDataAsync(take, Token));
        Assert.NotNull(await ReadAsync(store, id, "key"));
    }

    [Fact]
    public async Task Versions_go_on_when_a_key_is_removed_or_taken()
    {
        var (store, id) = await StartedAsync(new DataValue("a", [1], 99), new DataValue("b", [1], 77));
        Assert.Equal([1, 2], (await store.FindAsync(id, new(AllData: true), Token))!.Value.Data.Select(value => value.Version));
        await store.CommitDataAsync(Commit(id, new DataChange("a", DataChangeKind.Remove, [])), Token);
        await store.TakeDataAsync(new() { Session = id, Lineage = 1, Write = WriteId.Create(), Key = "b", Now = Start }, Token);
        Assert.Equal(4, (await store.CommitDataAsync(Commit(id, Set("a", 1), Set("c", 1)), Token)).Version);
        Assert.Equal([4, 4], (await store.FindAsync(id, new(["a", "b", "c"]), Token))!.Value.Data.Select(value => value.Version));
    }

    [Fact]
    public async Task A_commit_over_a_limit_names_the_key_and_writes_nothing()
    {
        var (store, id) = await StartedAsync(new DataValue("old", [1], 0));
        var limits = new DataLimits(10, 20);
        var key = await store.CommitDataAsync(Commit(id, Set("a", 1), Set("b", 10)) with { Limits = limits }, Token);
        var total = await store.CommitDataAsync(Commit(id, Set("a", 9), Set("b", 9)) with { Limits = limits }, Token);
        Assert.Equal(new(DataStatus.TooLarge, ConflictKey: "b"), key);
        Assert.Equal(new(DataStatus.TooLarge), total);
        Assert.Single((await store.FindAsync(id, new(AllData: true), Token))!.Value.Data);
    }

    [Fact]
    public async Task A_session_over_a_lowered_limit_may_still_shrink()
    {
        var (store, id) = await StartedAsync(new DataValue("a", [.. new byte[50]], 0), new DataValue("b", [.. new byte[50]], 0));
        var commit = Commit(id, new DataChange("a", DataChangeKind.Remove, [])) with { Limits = new(10, 10) };
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(commit, Token)).Status);
    }

    [Fact]
    public async Task A_lapsed_value_blocks_neither_a_limit_nor_a_first_write()
    {
        var (store, id) = await StartedAsync();
        await store.CommitDataAsync(Commit(id, Set("old", 7, Start.AddMinutes(-1)), Set("key", 1, Start.AddMinutes(-1))), Token);
        var commit = Commit(id, new DataChange("key", DataChangeKind.SetIf, [.. new byte[17]])) with { Limits = new(20, 20) };
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(commit, Token)).Status);
        Assert.Null(await ReadAsync(store, id, "old"));
    }

    [Fact]
    public async Task An_older_lineage_and_an_ended_session_write_and_take_nothing()
    {
        var (store, id) = await StartedAsync(new DataValue("key", [1], 0));
        Assert.Equal(new(DataStatus.OlderLineage), await store.CommitDataAsync(Commit(id, Set("key", 2)) with { Lineage = 0 }, Token));
        Assert.Null(await store.TakeDataAsync(new() { Session = id, Lineage = 0, Write = WriteId.Create(), Key = "key", Now = Start }, Token));
        await store.EndAsync(id, default, AnEnding() with { KeepDataUntil = Start.AddMinutes(6) }, EventBatch.None, Token);
        Assert.Equal(new(DataStatus.Ended), await store.CommitDataAsync(Commit(id, Set("key", 2)), Token));
        Assert.Null(await store.TakeDataAsync(new() { Session = id, Lineage = 1, Write = WriteId.Create(), Key = "key", Now = Start }, Token));
        Assert.Equal(1, (await ReadAsync(store, id, "key"))!.Version);
        Assert.Equal(new(DataStatus.Missing), await store.CommitDataAsync(Commit(Id(), Set("key", 2)), Token));
    }

    [Fact]
    public async Task A_key_named_twice_in_a_commit_is_refused()
    {
        var (store, id) = await StartedAsync();
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.CommitDataAsync(Commit(id, Set("key", 1), Set("key", 2)), Token));
    }

    private static bool EqualValues(DataValue? left, DataValue? right)
        => left!.Key == right!.Key && left.Version == right.Version && left.Bytes.AsSpan().SequenceEqual(right.Bytes.AsSpan());

    private static async Task<(InMemorySessionStore Store, SessionId Id)> StartedAsync(params DataValue[] data)
    {
        var store = await OpenAsync();
        return (store, (await store.StartAsync(Record(), data)).Id);
    }

    private static async Task<DataValue?> ReadAsync(InMemorySessionStore store, SessionId id, string key)
        => (await store.FindAsync(id, new([key]), Token))!.Value.Data.SingleOrDefault();
}
