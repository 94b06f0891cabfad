namespace Sojourn.Tests.Tokens;

public sealed class BirthmarkTests
{
    [Fact]
    public void A_lineage_knows_its_own_tokens_and_no_others()
    {
        var (key, other) = (LineageKey.Create(), LineageKey.Create());
        for (var i = 0; i < 500; i++)
        {
            var token = SessionToken.Create(SessionId.Create(1), key);

            Assert.True(key.Marks(token));
            Assert.False(other.Marks(token));
        }
    }

    [Fact]
    public void A_changed_bit_in_either_part_of_the_secret_breaks_the_birthmark()
    {
        var key = LineageKey.Create();
        var token = SessionToken.Create(SessionId.Create(1), key);
        for (var bit = 0; bit < SessionToken.SecretSize * 8; bit++)
        {
            var secret = token.Secret.ToArray();
            secret[bit / 8] ^= (byte)(1 << bit % 8);

            Assert.False(key.Marks(new SessionToken(token.Id, secret)));
        }
    }

    [Fact]
    [Requirement("CSMCS-21")]
    [Requirement("ASVS-11.2.4")]
    public void A_birthmark_never_makes_a_token_acceptable()
    {
        // Whoever stole the record, keys included, can make tokens that verify; none of them may serve.
        var (key, previous) = (LineageKey.Create(), LineageKey.Create());
        var current = SessionToken.Create(SessionId.Create(1), key);
        var state = TokenLab.State(current, key, previousKey: previous);
        for (var i = 0; i < 200; i++)
        {
            var forged = SessionToken.Create(current.Id, key);
            var dead = SessionToken.Create(current.Id, previous);

            Assert.Equal(Presented.Old, TokenLab.Classify(state, forged).Kind);
            Assert.Equal(Presented.Dead, TokenLab.Classify(state, dead).Kind);
            Assert.NotEqual(SessionOutcome.Active, TokenLab.Present(state, forged).Outcome);
            Assert.NotEqual(SessionOutcome.Active, TokenLab.Present(state, dead).Outcome);
            Assert.Null(TokenLab.Present(state, forged).Next);
        }
    }

    [Fact]
    public void Keys_and_hashes_round_trip_and_compare_by_value()
    {
        var key = LineageKey.Create();
        var bytes = new byte[LineageKey.Size];
        key.CopyTo(bytes);
        var hash = TokenHash.Of(TokenLab.New());
        var hashBytes = new byte[TokenHash.Size];
        hash.CopyTo(hashBytes);

        Assert.Equal(key, new LineageKey(bytes));
        Assert.True(key != LineageKey.Create());
        Assert.Equal(hash, new TokenHash(hashBytes));
        Assert.True(hash != TokenHash.Of(TokenLab.New()));
        Assert.Throws<ArgumentException>(() => new LineageKey(new byte[15]));
        Assert.Throws<ArgumentException>(() => new TokenHash(new byte[33]));
    }
}
