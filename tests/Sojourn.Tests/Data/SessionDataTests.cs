namespace Sojourn.Tests.Data;

public sealed class SessionDataTests : IAsyncLifetime
{
    private static readonly SessionKey<string> Theme = new("theme");
    private static readonly SessionKey<int> Count = new("count");
    private static readonly SessionKey<string> Flash = new("flash") { ReadOnce = true };
    private static readonly SessionKey<string> Local = new("local") { SurvivesSignIn = false };
    private static readonly SessionKey<string> Short = new("short") { Lifetime = TimeSpan.FromMinutes(5) };

    private readonly EngineHarness _node = EngineHarness.Create(options => (options.DefaultPolicy.MaxValueBytes, options.DefaultPolicy.MaxDataBytes) = (100, 250));
    private SessionToken _token;

    public async ValueTask InitializeAsync() => _token = await _node.ConfirmedAsync();

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Get_after_Set_sees_the_new_value_and_nothing_is_written_before_the_commit()
    {
        var session = await OpenAsync();
        Assert.Null(await session.GetAsync(Theme));
        session.Set(Theme, "dark");

        Assert.Equal("dark", await session.GetAsync(Theme));
        Assert.Null(await (await OpenAsync()).GetAsync(Theme));
        await session.CommitAsync();
        Assert.Equal("dark", await (await OpenAsync()).GetAsync(Theme));
        Assert.False(session.Request.HasChanges);
    }

    [Fact]
    public async Task Remove_hides_at_once_and_deletes_at_the_commit()
    {
        await SetAsync(Theme, "dark");
        var session = await OpenAsync();
        session.Remove(Theme);

        Assert.Null(await session.GetAsync(Theme));
        Assert.Equal("dark", await (await OpenAsync()).GetAsync(Theme));
        await session.CommitAsync();
        Assert.Null(await (await OpenAsync()).GetAsync(Theme));
    }

    [Fact]
    public async Task Changes_that_are_dropped_are_not_written()
    {
        var session = await OpenAsync();
        session.Set(Theme, "dark");
        session.Request.DropChanges();
        await session.CommitAsync();

        Assert.Null(await (await OpenAsync()).GetAsync(Theme));
    }

    [Fact]
    public async Task Two_requests_that_write_different_keys_both_win()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        Assert.Null(await first.GetAsync(Theme));
        first.Set(Theme, "dark");
        second.Set(Count, 7);
        await second.CommitAsync();
        await first.CommitAsync();

        var read = await OpenAsync();
        Assert.Equal(("dark", 7), (await read.GetAsync(Theme), await read.GetAsync(Count)));
    }

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task Parallel_updates_of_one_key_all_count()
    {
        await Threads.RunAsync(4, async _ =>
        {
            var session = await OpenAsync();
            for (var i = 0; i < 100; i++)
            {
                await session.UpdateAsync(Count, count => count + 1);
            }
        });

        Assert.Equal(400, await (await OpenAsync()).GetAsync(Count));
    }

    [Fact]
    public async Task An_update_writes_a_pending_Set_of_its_key_first_and_leaves_others_buffered()
    {
        var session = await OpenAsync();
        session.Set(Count, 40);
        session.Set(Theme, "dark");

        Assert.Equal(42, await session.UpdateAsync(Count, count => count + 2));

        Assert.Equal(42, await session.GetAsync(Count));
        Assert.Null(await (await OpenAsync()).GetAsync(Theme));
        await session.CommitAsync();
        Assert.Equal(("dark", 42), (await (await OpenAsync()).GetAsync(Theme), await (await OpenAsync()).GetAsync(Count)));
    }

    [Fact]
    public async Task An_update_after_a_pending_Remove_starts_from_nothing()
    {
        await SetAsync(Count, 40);
        var session = await OpenAsync();
        session.Remove(Count);

        Assert.Equal(1, await session.UpdateAsync(Count, count => count + 1));
    }

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task A_read_once_value_goes_to_exactly_one_of_many_readers()
    {
        for (var round = 0; round < 50; round++)
        {
            await SetAsync(Flash, "saved");
            var read = new string?[4];
            await Threads.RunAsync(4, async number => read[number] = await (await OpenAsync()).GetAsync(Flash));

            Assert.Equal("saved", Assert.Single(read, value => value is not null));
        }
    }

    [Fact]
    public async Task A_read_once_value_that_was_just_set_is_taken_by_reading_it()
    {
        var session = await OpenAsync();
        session.Set(Flash, "saved");
        Assert.Equal("saved", await session.GetAsync(Flash));
        Assert.Null(await session.GetAsync(Flash));
        await session.CommitAsync();

        Assert.Null(await (await OpenAsync()).GetAsync(Flash));
    }

    [Fact]
    public async Task A_value_lives_as_long_as_its_key_says_and_can_be_written_again()
    {
        await SetAsync(Short, "first");
        _node.Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("first", await (await OpenAsync()).GetAsync(Short));
        _node.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Null(await (await OpenAsync()).GetAsync(Short));

        Assert.Equal("again", await (await OpenAsync()).UpdateAsync(Short, old => old ?? "again"));
        Assert.Equal("again", await (await OpenAsync()).GetAsync(Short));
    }

    [Fact]
    public async Task A_value_or_session_that_outgrows_its_limit_is_refused_with_nothing_written()
    {
        await SetAsync(Theme, new('a', 80));
        var large = await OpenAsync();
        large.Set(Count, 5);
        large.Set(Theme, new string('b', 100));
        var refused = await Assert.ThrowsAsync<SessionRefusedException>(async () => await large.CommitAsync());
        Assert.Equal(SessionRefusal.DataTooLarge, refused.Refusal);
        Assert.Contains("\"theme\"", refused.Message, StringComparison.Ordinal);

        var many = await OpenAsync();
        many.Set(Count, 5);
        many.Set(Local, new string('c', 80));
        many.Set(Short, new string('d', 80));
        refused = await Assert.ThrowsAsync<SessionRefusedException>(async () => await many.CommitAsync());
        Assert.Equal(SessionRefusal.DataTooLarge, refused.Refusal);

        var read = await OpenAsync();
        Assert.Equal((new string('a', 80), 0, null), (await read.GetAsync(Theme), await read.GetAsync(Count), await read.GetAsync(Short)));
        Assert.Equal(SessionRefusal.DataTooLarge, (await Assert.ThrowsAsync<SessionRefusedException>(async () => await read.UpdateAsync(Theme, old => old + old))).Refusal);
    }

    [Fact]
    public async Task A_stored_value_that_no_longer_reads_names_key_and_type_and_is_not_absent()
    {
        await SetAsync(Theme, "dark");
        var session = await OpenAsync();

        var fault = await Assert.ThrowsAsync<SessionDataException>(async () => await session.GetAsync(new SessionKey<int>("theme")));
        Assert.Equal(("theme", typeof(int)), (fault.Key, fault.Type));
        Assert.Contains("\"theme\" (Int32)", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("dark", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SessionDataException>(async () => await session.UpdateAsync(new SessionKey<int>("theme"), _ => 1));
        Assert.Equal("dark", await (await OpenAsync()).GetAsync(Theme));
    }

    [Fact]
    public async Task A_commit_that_the_store_fails_keeps_the_changes_and_one_in_doubt_is_written_once()
    {
        var session = await OpenAsync();
        session.Set(Theme, "dark");
        _node.Store.Inject(StoreOperation.CommitData, StoreFault.FailBefore, times: 1);
        await Assert.ThrowsAsync<SessionStoreException>(async () => await session.CommitAsync());
        Assert.True(session.Request.HasChanges);
        await session.CommitAsync();

        _node.Store.Inject(StoreOperation.CommitData, StoreFault.FailAfter, times: 2);
        await session.UpdateAsync(Count, count => count + 1);
        Assert.Equal(("dark", 1), (await (await OpenAsync()).GetAsync(Theme), await (await OpenAsync()).GetAsync(Count)));
    }

    [Fact]
    public async Task Data_that_is_asked_for_again_is_read_once_a_request()
    {
        await SetAsync(Theme, "dark");
        var session = await OpenAsync();
        _node.Store.ResetCalls();
        for (var i = 0; i < 5; i++)
        {
            await session.GetAsync(Theme);
        }

        Assert.Equal(1, _node.Store.TotalCalls);
    }

    [Fact]
    [Requirement("WSTG-SESS-08.b")]
    public void A_key_has_a_name_of_1_to_128_characters_without_control_characters()
    {
        Assert.All(["", "a\nb", new string('x', 129)], name => Assert.ThrowsAny<ArgumentException>(() => new SessionKey<string>(name)));
        Assert.Throws<ArgumentNullException>(() => new SessionKey<string>(null!));
        Assert.Equal(new string('x', 128), new SessionKey<string>(new('x', 128)).ToString());
        Assert.Equal((true, null, false), (Theme.SurvivesSignIn, Theme.Lifetime, Theme.ReadOnce));
    }

    private Task<Session> OpenAsync() => _node.OpenAsync(_token);

    private async Task SetAsync<T>(SessionKey<T> key, T value)
    {
        var session = await OpenAsync();
        session.Set(key, value);
        await session.CommitAsync();
    }
}
