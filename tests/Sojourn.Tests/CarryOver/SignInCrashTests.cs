namespace Sojourn.Tests.CarryOver;

public sealed class SignInCrashTests
{
    private static readonly SessionKey<string> Cart = new("cart");

    private readonly EngineHarness _node = EngineHarness.Create();

    public static TheoryData<StoreOperation, StoreFaultKind> Points =>
        new MatrixTheoryData<StoreOperation, StoreFaultKind>([StoreOperation.End, StoreOperation.Start], [StoreFaultKind.FailBefore, StoreFaultKind.FailAfter]);

    [Theory]
    [MemberData(nameof(Points))]
    [Requirement("ASVS-16.5.2")]
    public async Task SignIn_CrashBetweenSealCreateClear_EachPoint(StoreOperation operation, StoreFaultKind kind)
    {
        var visit = await _node.VisitAsync();
        await SetCartAsync(visit);
        await CrashAsync(operation, kind, "alice", visit);

        // Signed out, with the cart claimable: a visit that runs on, or a sealed one; never both sessions alive.
        var before = await _node.PresentAsync(visit);
        var sealedAlready = operation == StoreOperation.Start || kind == StoreFaultKind.FailAfter;
        Assert.Equal((sealedAlready ? SessionOutcome.Ended : SessionOutcome.Active, sealedAlready ? SessionEndReason.SignedIn : SessionEndReason.None), (before.Outcome, before.EndReason));

        var token = await _node.SignInAsync("alice", visit); // the person tries again

        Assert.Equal("3 apples", await (await _node.OpenAsync(token)).GetAsync(Cart));
        await _node.ExpectAsync(SessionOutcome.Ended, visit, SessionEndReason.SignedIn);
        Assert.Equal(1, await _node.CountAsync(visit.Id, SessionEventKind.Ended));
    }

    [Fact]
    public async Task SignIn_CrashAtCreate_LeavesTheReplacedSession_AndOnceItStandsTheOldOneHasEndedWithIt()
    {
        var old = await _node.StartedAsync(new() { Subject = "alice" });
        await _node.ExpectAsync(SessionOutcome.Active, old);
        await SetCartAsync(old);
        await CrashAsync(StoreOperation.Start, StoreFaultKind.FailBefore, "alice", old);
        await _node.ExpectAsync(SessionOutcome.Active, old);

        _node.Store.Inject(StoreOperation.End, StoreFault.FailBefore); // no end of its own is needed: it is part of the start
        var token = await _node.StartedAsync(new() { Subject = "alice", Shown = [old] });

        await _node.ExpectAsync(SessionOutcome.Ended, old, SessionEndReason.Replaced);
        Assert.Equal(token.Id, Assert.Single((await _node.Manager.ListAsync("alice")).Sessions).Id);
        Assert.Equal("3 apples", await (await _node.OpenAsync(token)).GetAsync(Cart));
    }

    [Fact]
    public async Task A_start_that_is_in_doubt_is_repeated_and_happens_once()
    {
        _node.Store.Inject(StoreOperation.Start, StoreFault.FailAfter, times: 2);

        var token = await _node.SignInAsync();

        Assert.Equal(3, _node.Store.Calls(StoreOperation.Start));
        Assert.Single((await _node.Manager.ListAsync("alice")).Sessions);
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.SignedIn));
    }

    private async Task CrashAsync(StoreOperation operation, StoreFaultKind kind, string subject, SessionToken shown, SessionDeviceId device = default)
    {
        _node.Store.Inject(operation, kind == StoreFaultKind.FailBefore ? StoreFault.FailBefore : StoreFault.FailAfter);
        await Assert.ThrowsAsync<SessionStoreException>(() => _node.StartedAsync(new() { Subject = subject, Shown = [shown], Device = device }));
        _node.Store.Clear();
        _node.Pass(TimeSpan.FromSeconds(2)); // past the breaker
    }

    private async Task SetCartAsync(SessionToken token)
    {
        var session = await _node.OpenAsync(token);
        session.Set(Cart, "3 apples");
        await session.CommitAsync();
    }
}
