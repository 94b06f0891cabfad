namespace Sojourn.Tests.Starting;

/// <summary>Limits under sign-ins on real threads: never exceeded, and nobody refused who fits.</summary>
[Requirement("ASVS-15.4.2")]
public sealed class LimitRaceTests
{
    [Theory]
    [InlineData(SessionLimitBehavior.EndOldest)]
    [InlineData(SessionLimitBehavior.EndLeastRecentlyUsed)]
    [Requirement("WSTG-SESS-11.a")]
    public async Task Simultaneous_sign_ins_never_exceed_the_limit_and_all_succeed(SessionLimitBehavior behavior)
    {
        var node = EngineHarness.Create(options => (options.DefaultPolicy.MaxSessions, options.DefaultPolicy.WhenFull) = (3, behavior));
        for (var round = 0; round < 20; round++)
        {
            var subject = $"user{round}";
            var tokens = new SessionToken[12];
            await Threads.RunAsync(12, async number => tokens[number] = await node.ConfirmedAndCountedAsync(subject, 3));

            var sessions = (await node.Manager.ListAsync(subject)).Sessions;
            Assert.Equal(3, sessions.Count);
            var ended = (await node.Manager.ListAsync(subject, ended: true)).Sessions;
            Assert.Equal(9, ended.Count);
            Assert.All(ended, session => Assert.Equal(SessionEndReason.LimitReached, session.EndReason));
            var events = (await node.ShardEventsAsync(tokens[0].Id.Shard)).Where(each => tokens.Any(token => token.Id == each.Session)).ToList();
            Assert.Equal((12, 9), (events.Count(each => each.Kind == SessionEventKind.SignedIn), events.Count(each => each.Kind == SessionEventKind.Ended)));
        }
    }

    [Fact]
    [Requirement("WSTG-SESS-11.a")]
    public async Task With_Refuse_simultaneous_sign_ins_displace_no_confirmed_session()
    {
        var node = EngineHarness.Create(options => (options.DefaultPolicy.MaxSessions, options.DefaultPolicy.WhenFull) = (3, SessionLimitBehavior.Refuse));
        for (var round = 0; round < 20; round++)
        {
            var subject = $"user{round}";
            SessionToken[] confirmed = [await node.ConfirmedAsync(subject), await node.ConfirmedAsync(subject)];
            var results = new SessionStartResult[6];
            await Threads.RunAsync(6, async number => results[number] = await node.Manager.StartAsync(new() { Subject = subject }));

            // Each takes the place of the unconfirmed one before it, so all may start; what is confirmed stays.
            Assert.All(results, result => Assert.Equal(SessionStartOutcome.Started, result.Outcome));
            var running = (await node.Manager.ListAsync(subject)).Sessions;
            Assert.Equal(3, running.Count);
            Assert.All(confirmed, token => Assert.Contains(running, session => session.Id == token.Id));

            var last = Assert.Single(results, result => running.Any(session => session.Id == result.Session!.Id));
            await node.ExpectAsync(SessionOutcome.Active, last.Token!.Value);
            var refused = await node.Manager.StartAsync(new() { Subject = subject });
            Assert.Equal((SessionStartOutcome.LimitReached, null, null), (refused.Outcome, refused.Token, refused.Session));
        }
    }

    [Fact]
    [Requirement("ASVS-16.3.1")]
    public async Task A_refused_sign_in_is_an_event_of_its_subject()
    {
        var node = EngineHarness.Create(options => (options.DefaultPolicy.MaxSessions, options.DefaultPolicy.WhenFull) = (1, SessionLimitBehavior.Refuse));
        var token = await node.ConfirmedAsync();

        await node.Manager.StartAsync(new() { Subject = "alice" });

        var refused = Assert.Single(await node.ShardEventsAsync(token.Id.Shard), each => each.Kind == SessionEventKind.SignInRefused);
        Assert.Equal(("refusal=LimitReached", default(SessionId)), (refused.Detail, refused.Session));
        Assert.Contains(PersonalField.Subject, refused.Commitments.Keys);
    }

    [Fact]
    [Requirement("ASVS-7.4.2")]
    public async Task RevokeSubject_RacesSignInAuthenticatedBefore_NoSurvivor()
    {
        var node = EngineHarness.Create();
        for (var round = 0; round < 100; round++)
        {
            var subject = $"user{round}";
            await node.ConfirmedAsync(subject);
            var began = node.Now;
            node.Pass(TimeSpan.FromSeconds(1)); // the password was checked a second ago
            var started = new SessionStartResult[3];

            await Threads.RunAsync(4, async number =>
            {
                if (number == 3)
                {
                    await node.Manager.RevokeSubjectAsync(subject, SessionEndReason.SubjectDisabled);
                }
                else
                {
                    started[number] = await node.Manager.StartAsync(new() { Subject = subject, AuthenticationBegan = began });
                }
            });

            Assert.Empty((await node.Manager.ListAsync(subject)).Sessions);
            foreach (var start in started)
            {
                Assert.Contains(start.Outcome, new[] { SessionStartOutcome.Started, SessionStartOutcome.RevokedMeanwhile });
                if (start.Token is { } token)
                {
                    await node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.SubjectDisabled);
                }
            }
        }
    }
}

internal static class LimitRaceSteps
{
    /// <summary>Signs in and looks whether the limit holds at that moment.</summary>
    public static async Task<SessionToken> ConfirmedAndCountedAsync(this EngineHarness node, string subject, int limit)
    {
        var token = await node.SignInAsync(subject);
        Assert.InRange((await node.Manager.ListAsync(subject)).Sessions.Count, 1, limit);
        await node.PresentAsync(token);
        return token;
    }
}
