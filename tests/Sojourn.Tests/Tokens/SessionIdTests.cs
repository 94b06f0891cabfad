using FsCheck;
using FsCheck.Fluent;

namespace Sojourn.Tests.Tokens;

public sealed class SessionIdTests
{
    [Fact]
    public void Any_sixteen_bytes_are_an_id_that_round_trips_by_bytes_and_text() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(SessionId.Size).ToArbitrary(), bytes =>
        {
            var id = new SessionId(bytes);
            var copy = new byte[SessionId.Size];
            id.CopyTo(copy);
            return copy.AsSpan().SequenceEqual(bytes) && id.Shard == bytes[0] && SessionId.TryParse(id.ToString(), out var read) && read == id;
        }).QuickCheckThrowOnFailure();

    [Fact]
    [Requirement("CSMCS-22")]
    public void Any_text_is_refused_or_is_the_canonical_form_and_never_throws() =>
        Prop.ForAll<string?>(text => !SessionId.TryParse(text, out var id) || id.ToString() == text).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_one_spelling_of_an_id_is_accepted()
    {
        var text = SessionId.Create(3).ToString();
        var accepted = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            .Where(last => SessionId.TryParse(text[..^1] + last, out _));

        Assert.Equal("AQgw", string.Concat(accepted)); // 132 bits carry 128: the spare four are zero
        Assert.All(accepted, last => Assert.Equal(text[..^1] + last, SessionId.Parse(text[..^1] + last).ToString()));
    }

    [Fact]
    public void Wrong_sizes_and_texts_are_refused_with_what_is_expected()
    {
        Assert.Contains("16 bytes", Assert.Throws<ArgumentException>(() => new SessionId(new byte[15])).Message, StringComparison.Ordinal);
        Assert.Contains("22 base64url", Assert.Throws<FormatException>(() => SessionId.Parse("short")).Message, StringComparison.Ordinal);
        Assert.False(SessionId.TryParse(null, null, out _));
    }

    [Fact]
    public void Ids_order_by_their_bytes()
    {
        var ids = Enumerable.Range(0, 100).Select(shard => SessionId.Create((byte)shard)).ToArray();

        Assert.Equal(ids, ids.Reverse().Order());
        Assert.True(ids[0] < ids[1] && ids[1] > ids[0] && ids[0] <= ids[1] && ids[1] >= ids[0] && ids[0] != ids[1]);
    }

    [Fact]
    public void Formatting_into_too_little_room_writes_nothing()
    {
        Span<char> room = stackalloc char[SessionId.TextLength - 1];

        Assert.False(SessionId.Create(9).TryFormat(room, out var written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void All_sessions_of_a_subject_share_a_shard_that_the_key_and_the_tenant_choose()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
        byte[] otherKey = [.. Enumerable.Repeat((byte)9, 32)];
        var shards = Enumerable.Range(0, 4096).Select(number => new ShardKey(key, "default").OfSubject($"user{number}")).ToArray();

        Assert.Equal(shards, Enumerable.Range(0, 4096).Select(number => new ShardKey(key, "default").OfSubject($"user{number}")));
        Assert.Equal(256, shards.Distinct().Count()); // 16 subjects a shard: that one stays empty has a chance of 1 in 40,000
        Assert.NotEqual(shards, Enumerable.Range(0, 4096).Select(number => new ShardKey(key, "other").OfSubject($"user{number}")));
        Assert.NotEqual(shards, Enumerable.Range(0, 4096).Select(number => new ShardKey(otherKey, "default").OfSubject($"user{number}")));
    }
}
