namespace Sojourn.AspNetCore.Tests;

/// <summary>What is known of comparisons is bounded in number and in age, and asking costs nothing.</summary>
public sealed class ComparedSessionsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_comparison_is_recent_for_just_the_interval()
    {
        var compared = new ComparedSessions(Interval);
        var session = SessionId.Create(1);
        Assert.False(compared.IsRecent(session, Start));
        compared.Note(session, Start);

        Assert.True(compared.IsRecent(session, Start));
        Assert.True(compared.IsRecent(session, Start + Interval - TimeSpan.FromMilliseconds(1)));
        Assert.False(compared.IsRecent(session, Start + Interval));
        Assert.False(compared.IsRecent(session, Start - TimeSpan.FromSeconds(1))); // a clock that was set back proves nothing
    }

    [Fact]
    public void A_generation_that_is_put_away_still_counts()
    {
        var compared = new ComparedSessions(Interval);
        var (first, second, third) = (SessionId.Create(1), SessionId.Create(1), SessionId.Create(1));
        compared.Note(first, Start);
        compared.Note(second, Start + Interval - TimeSpan.FromSeconds(1));
        compared.Note(third, Start + Interval);

        Assert.True(compared.IsRecent(second, Start + Interval));
        Assert.True(compared.IsRecent(third, Start + Interval));
    }

    [Fact]
    public void Beyond_its_bound_the_oldest_are_forgotten_and_compared_once_more()
    {
        var compared = new ComparedSessions(Interval);
        var sessions = Enumerable.Range(0, 110_000).Select(_ => SessionId.Create(1)).ToArray();
        foreach (var session in sessions)
        {
            compared.Note(session, Start);
        }

        Assert.InRange(sessions.Count(session => compared.IsRecent(session, Start)), 50_000, 100_000);
        Assert.False(compared.IsRecent(sessions[0], Start));
        Assert.True(compared.IsRecent(sessions[^1], Start));
    }

    [Fact]
    public void With_no_interval_nothing_is_ever_recent()
    {
        var compared = new ComparedSessions(TimeSpan.Zero);
        var session = SessionId.Create(1);
        compared.Note(session, Start);

        Assert.False(compared.IsRecent(session, Start));
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        var compared = new ComparedSessions(Interval);
        var session = SessionId.Create(1);
        compared.Note(session, Start);
        Assert.True(compared.IsRecent(session, Start));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var recent = 0;
        for (var i = 0; i < 1000; i++)
        {
            recent += compared.IsRecent(session, Start) ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000, recent);
    }
}
