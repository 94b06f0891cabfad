namespace Sojourn.Tests.Audit;

public sealed class FindingLogTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("ASVS-16.3.3")]
    public async Task A_finding_is_written_once_a_minute_for_each_session_and_kind()
    {
        var record = await _node.RecordAsync(await _node.ConfirmedAsync());
        var other = await _node.RecordAsync(await _node.ConfirmedAsync("bob"));
        for (var i = 0; i < 5; i++)
        {
            Note("LateToken", record);
            Note("LateToken", other);
            Note("DeadToken", record);
        }

        Assert.Equal(["LateToken", "DeadToken"], await _node.FindingsAsync(record.Id));
        Assert.Equal(["LateToken"], await _node.FindingsAsync(other.Id));
        _node.Pass(TimeSpan.FromSeconds(59));
        Note("LateToken", record);
        Assert.Equal(2, (await _node.FindingsAsync(record.Id)).Length);
        _node.Pass(TimeSpan.FromSeconds(1));
        Note("LateToken", record);
        Assert.Equal(3, (await _node.FindingsAsync(record.Id)).Length);
        Assert.Contains(_node.Logged, line => line.Id == 5 && line.Text.Contains(record.Id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_fit_is_counted_and_told()
    {
        var record = await _node.RecordAsync(await _node.ConfirmedAsync());
        for (var i = 0; i < 4100; i++)
        {
            Note($"Kind{i}", record);
        }

        Assert.Equal(4096, (await _node.FindingsAsync(record.Id)).Length);
        Assert.Contains(await _node.ShardEventsAsync(0), each => each.Detail == "dropped=4");
    }

    [Theory]
    [InlineData(StoreFaultKind.FailBefore)]
    [InlineData(StoreFaultKind.FailAfter)]
    public async Task A_failing_store_loses_no_finding_and_doubles_none(StoreFaultKind kind)
    {
        var record = await _node.RecordAsync(await _node.ConfirmedAsync());
        Note("LateToken", record);
        _node.Store.Inject(StoreOperation.Append, kind == StoreFaultKind.FailBefore ? StoreFault.FailBefore : StoreFault.FailAfter);
        await Assert.ThrowsAsync<SessionStoreException>(() => _node.FindingsAsync(record.Id));
        Note("DeadToken", record);
        _node.Store.Clear();
        _node.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(["LateToken", "DeadToken"], await _node.FindingsAsync(record.Id));
        Assert.Equal(2, (await _node.FindingsAsync(record.Id)).Length);
    }

    private void Note(string finding, SessionRecord record) => _node.Engine.Findings.Note(finding, record, _node.Now);
}
