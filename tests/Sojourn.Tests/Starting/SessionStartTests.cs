using System.Net;

namespace Sojourn.Tests.Starting;

public sealed class SessionStartTests
{
    private readonly EngineHarness _node = EngineHarness.Create(options =>
    {
        options.Policies["staff"] = SessionPolicy.NistAal3();
        options.Policies["public"] = new() { Remembered = null };
        options.PolicyFor = subject => subject == "boss" ? "staff" : null;
    });

    [Fact]
    public async Task A_session_says_what_it_started_with()
    {
        var start = new SessionStart
        {
            Subject = "alice",
            Methods = ["pwd", "otp"],
            Acr = "aal2",
            Client = new(IPAddress.Parse("192.0.2.7"), "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
            Device = SessionDeviceId.OfCookie([9]),
        };
        var started = await _node.Manager.StartAsync(start);

        var session = started.Session!;
        Assert.Equal((SessionStartOutcome.Started, "alice", "default", "aal2"), (started.Outcome, session.Subject, session.Policy, session.Acr));
        Assert.Equal(["pwd", "otp"], session.Methods.Select(method => method.Name));
        Assert.Equal((_node.Now, _node.Now, _node.Now), (session.StartedAt, session.AuthenticatedAt, session.LastSeenAt));
        Assert.Equal((_node.Now.AddHours(1), _node.Now.AddHours(24)), (session.IdleExpiresAt, session.AbsoluteExpiresAt));
        Assert.Equal((start.Client, start.Device, "Firefox on Linux"), (session.Client, session.Device.Id, session.Device.Label));
        Assert.True(session.IsActive);
        Assert.Equal((SessionEndReason.None, null), (session.EndReason, session.EndedAt));
        var written = Assert.Single(await _node.EventsAsync(session.Id));
        Assert.Equal((SessionEventKind.SignedIn, "methods=pwd,otp;policy=default"), (written.Kind, written.Detail));
        Assert.DoesNotContain("alice", session.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anonymous_session_has_no_subject_and_was_never_authenticated()
    {
        var visit = (await _node.PresentAsync(await _node.VisitAsync())).Session!;

        Assert.Equal((null, null, false), (visit.Subject, visit.AuthenticatedAt, visit.IsPersistent));
        Assert.Equal((_node.Now.AddHours(24), _node.Now.AddDays(7)), (visit.IdleExpiresAt, visit.AbsoluteExpiresAt));
        Assert.Equal(SessionEventKind.Started, Assert.Single(await _node.EventsAsync(visit.Id)).Kind);
    }

    [Fact]
    [Requirement("NIST-AAL1")]
    public async Task Remembered_sessions_live_by_their_own_times_where_the_policy_remembers()
    {
        var remembered = await StartAsync(new() { Subject = "alice", IsPersistent = true });
        Assert.Equal((true, TimeSpan.FromDays(14), _node.Now.AddDays(30)), (remembered.IsPersistent, remembered.IdleTimeout, remembered.AbsoluteExpiresAt));

        Assert.False((await StartAsync(new() { Subject = "alice", IsPersistent = true, Policy = "public" })).IsPersistent);
        Assert.False((await StartAsync(new() { IsPersistent = true })).IsPersistent);
    }

    [Fact]
    public async Task The_policy_is_the_one_asked_for_then_the_subjects_then_the_default()
    {
        Assert.Equal("public", (await StartAsync(new() { Subject = "boss", Policy = "public" })).Policy);
        Assert.Equal("staff", (await StartAsync(new() { Subject = "boss" })).Policy);
        Assert.Equal("default", (await StartAsync(new() { Subject = "alice" })).Policy);
        Assert.Equal(TimeSpan.FromMinutes(15), (await StartAsync(new() { Subject = "boss" })).IdleTimeout);
    }

    [Fact]
    public async Task An_unknown_policy_is_named_with_its_cure_and_nothing_starts()
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(async () => await _node.Manager.StartAsync(new() { Subject = "alice", Policy = "nope" }));

        Assert.Contains("\"nope\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains("options.Policies[\"nope\"]", fault.Message, StringComparison.Ordinal);
        Assert.Empty((await _node.Manager.ListAsync("alice")).Sessions);
    }

    [Fact]
    public async Task A_session_whose_policy_is_no_longer_configured_falls_under_the_strictest_with_one_log_line()
    {
        var token = await _node.StartedAsync(new() { Subject = "alice", Policy = "public" });
        var later = _node.AnotherNode(configure: options => options.Policies["strict"] = SessionPolicy.OwaspHighValue());
        await later.ExpectAsync(SessionOutcome.Active, token);
        later.Pass(TimeSpan.FromMinutes(5));

        await later.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Idle);
        Assert.Single(later.Logged, line => line.Id == 1 && line.Text.Contains("public", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null, 257)]
    public async Task A_subject_is_1_to_256_characters_long(string? subject, int length = 0)
        => await Assert.ThrowsAsync<ArgumentException>(async () => await _node.Manager.StartAsync(new() { Subject = subject ?? new('x', length) }));

    [Fact]
    [Requirement("ASVS-7.4.2")]
    public async Task A_sign_in_that_began_before_the_subject_was_revoked_is_refused_and_recorded()
    {
        var began = _node.Now;
        _node.Pass(TimeSpan.FromSeconds(5));
        await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.SubjectDisabled, actor: "root");

        var refused = await _node.Manager.StartAsync(new() { Subject = "alice", AuthenticationBegan = began });

        Assert.Equal(SessionStartOutcome.RevokedMeanwhile, refused.Outcome);
        Assert.Null(refused.Token);
        await _node.StartedAsync(new() { Subject = "alice", AuthenticationBegan = _node.Now });
        await _node.StartedAsync(new() { Subject = "bob", AuthenticationBegan = began });
        var shard = _node.Engine.OwnerOf("alice").Shard;
        Assert.Single(await _node.ShardEventsAsync(shard), each => each is { Kind: SessionEventKind.SignInRefused, Detail: "refusal=RevokedMeanwhile" });
    }

    [Fact]
    public async Task All_sessions_of_a_subject_share_a_shard_and_visits_spread()
    {
        var shards = new HashSet<byte>();
        for (var i = 0; i < 20; i++)
        {
            shards.Add((await _node.SignInAsync()).Id.Shard);
        }

        Assert.Single(shards);
        var visits = new HashSet<byte>();
        for (var i = 0; i < 50; i++)
        {
            visits.Add((await _node.VisitAsync()).Id.Shard);
        }

        Assert.True(visits.Count > 20, $"{visits.Count} shards for 50 visits");
    }

    [Fact]
    [Requirement("ASVS-2.4.1")]
    public async Task Visitors_beyond_the_quota_of_a_shard_push_out_the_oldest_and_no_signed_in_session()
    {
        var node = EngineHarness.Create(options => options.MaxVisitorsPerShard = 1);
        var alice = await node.ConfirmedAsync();
        var visits = new List<SessionToken>();
        for (var i = 0; i < 600; i++)
        {
            visits.Add(await node.VisitAsync());
            node.Pass(TimeSpan.FromMilliseconds(1));
        }

        foreach (var shard in visits.GroupBy(visit => visit.Id.Shard))
        {
            Assert.True((await node.PresentAsync(shard.Last())).IsActive);
            foreach (var evicted in shard.SkipLast(1))
            {
                await node.ExpectAsync(SessionOutcome.Unknown, evicted); // visits have no history
            }
        }

        await node.ExpectAsync(SessionOutcome.Active, alice);
    }

    private async Task<SessionRecord> StartAsync(SessionStart start) => await _node.RecordAsync(await _node.StartedAsync(start));
}
