namespace Sojourn.Tests.Audit;

public sealed class EventWriterTests
{
    private static readonly EventDraft Draft = new(SessionEventKind.Finding, 1);

    private readonly EventWriter _writer = new("default");

    [Fact]
    public void Numbers_run_from_one_without_a_gap_under_one_writer()
    {
        var events = Write(3).Concat(Write(2)).ToArray();

        Assert.Equal([1, 2, 3, 4, 5], events.Select(each => each.Number));
        Assert.Single(events.Select(each => each.Writer).Distinct());
        Assert.NotEqual(events[0].Writer, Read(new EventWriter("default").Write(TokenLab.Noon, Draft))[0].Writer);
    }

    [Fact]
    [Requirement("ASVS-16.3.3")]
    public void The_next_event_names_the_numbers_that_were_voided_and_no_other_does()
    {
        _writer.Void(_writer.Write(TokenLab.Noon, Draft, Draft));

        Assert.Equal([1, 2], Write(1)[0].Voided);
        Assert.Empty(Write(1)[0].Voided);
    }

    [Fact]
    public void Numbers_that_a_voided_event_named_are_named_again()
    {
        _writer.Void(_writer.Write(TokenLab.Noon, Draft));
        _writer.Void(_writer.Write(TokenLab.Noon, Draft));

        Assert.Equal([1, 2], Write(1)[0].Voided.Order());
    }

    [Fact]
    public void More_than_a_thousand_voided_numbers_are_named_by_several_events()
    {
        for (var i = 0; i < 2500; i++)
        {
            _writer.Void(_writer.Write(TokenLab.Noon, Draft));
        }

        var named = Write(3).SelectMany(each => each.Voided);
        Assert.Equal(Enumerable.Range(1, 2500).Select(number => (long)number), named.Order());
    }

    [Fact]
    [Requirement("ASVS-15.4.1")]
    public async Task Threads_that_write_and_void_leave_every_number_written_or_named_exactly_once()
    {
        var written = new List<ReadEvent>[4];
        await Threads.RunAsync(4, thread =>
        {
            written[thread] = [];
            for (var i = 0; i < 500; i++)
            {
                var batch = _writer.Write(TokenLab.Noon, Draft, Draft);
                if ((i + thread) % 3 == 0)
                {
                    _writer.Void(batch);
                }
                else
                {
                    written[thread].AddRange(Read(batch));
                }
            }

            return Task.CompletedTask;
        });

        var all = written.SelectMany(each => each).Concat(Write(3)).ToList();
        Assert.Equal(Enumerable.Range(1, 4003).Select(number => (long)number), all.Select(each => each.Number).Concat(all.SelectMany(each => each.Voided)).Order());
    }

    [Fact]
    public async Task Ends_that_lose_leave_no_number_unexplained()
    {
        var node = EngineHarness.Create();
        var token = await node.ConfirmedAsync();
        await Threads.RunAsync(8, async _ => await node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut));
        await node.ConfirmedAsync();

        var events = new List<ReadEvent>();
        for (var shard = 0; shard <= byte.MaxValue; shard++)
        {
            events.AddRange(await node.ShardEventsAsync((byte)shard));
        }

        Assert.Single(events, each => each.Kind == SessionEventKind.Ended);
        var explained = events.Select(each => each.Number).Concat(events.SelectMany(each => each.Voided)).Order().ToList();
        Assert.Equal(Enumerable.Range(1, explained.Count).Select(number => (long)number), explained);
    }

    private List<ReadEvent> Write(int count) => Read(_writer.Write(TokenLab.Noon, Enumerable.Repeat(Draft, count).ToArray()));

    private static List<ReadEvent> Read(EventBatch batch) => [.. batch.Events.Select(each => EventFormatReader.Read(each.Canonical.AsSpan()))];
}
