using FsCheck;
using FsCheck.Fluent;

namespace Sojourn.Tests.Tokens;

public sealed class SessionTokenTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact]
    [Requirement("ASVS-7.2.3")]
    [Requirement("WSTG-SESS-01.h")]
    public void A_token_is_64_characters_of_the_url_alphabet_and_reads_back()
    {
        for (var i = 0; i < 200; i++)
        {
            var token = TokenLab.New();
            var text = token.Reveal();

            Assert.Equal(SessionToken.TextLength, text.Length);
            Assert.All(text, character => Assert.Contains(character, Alphabet));
            Assert.True(SessionToken.TryParse(text, out var read));
            Assert.Equal(token, read);
        }
    }

    [Fact]
    [Requirement("WSTG-SESS-01.g")]
    [Requirement("CSMCS-22")]
    public void Any_text_is_refused_or_is_the_canonical_form_and_never_throws() =>
        Prop.ForAll<string?>(text => !SessionToken.TryParse(text, out var token) || token.Reveal() == text).QuickCheckThrowOnFailure();

    [Fact]
    [Requirement("WSTG-SESS-01.g")]
    public void Text_of_the_right_length_is_refused_or_is_the_canonical_form()
    {
        // Mostly good characters, so that many are almost tokens.
        var characters = Gen.Frequency((30, Gen.Elements(Alphabet.ToCharArray())), (1, Gen.Elements(" \t\r\n\0=+/%\"é\uD800".ToCharArray())));
        var texts = characters.ArrayOf(SessionToken.TextLength).Select(chars => new string(chars)).ToArbitrary();

        Prop.ForAll(texts, text => SessionToken.TryParse(text, out var token) ? token.Reveal() == text : text.Any(each => !Alphabet.Contains(each)))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    [Requirement("WSTG-SESS-01.g")]
    public void Cut_extended_padded_and_spaced_tokens_are_refused()
    {
        var text = TokenLab.New().Reveal();
        string[] wrong =
        [
            "", text[..^1], text[1..], text + "A", text + "=", text[..^1] + "=", text[..^2] + "==", " " + text[1..], text[..^1] + "\n", text[..30] + " " + text[31..],
            text[..^1] + "\0", text[..^1] + "+", text[..^1] + "/", new('A', 8192), text + text,
        ];

        Assert.All(wrong, each => Assert.False(SessionToken.TryParse(each, out _), each));
    }

    [Fact]
    public void Every_changed_bit_makes_another_token()
    {
        var token = TokenLab.New();
        var text = token.Reveal();
        for (var place = 0; place < text.Length; place++)
        {
            for (var bit = 0; bit < 6; bit++)
            {
                var changed = text.ToCharArray();
                changed[place] = Alphabet[Alphabet.IndexOf(changed[place], StringComparison.Ordinal) ^ 1 << bit];

                Assert.True(SessionToken.TryParse(changed, out var other));
                Assert.NotEqual(token, other);
                Assert.True(other.Id != token.Id || TokenHash.Of(other) != TokenHash.Of(token));
            }
        }
    }

    [Fact]
    [Requirement("ASVS-16.2.5")]
    [Requirement("CSMCS-45")]
    public void Printing_a_token_or_what_is_made_of_it_shows_no_secret()
    {
        var key = LineageKey.Create();
        var token = SessionToken.Create(SessionId.Create(7), key);
        var secret = token.Reveal()[SessionId.TextLength..];
        var state = TokenLab.State(token, key);

        Assert.Equal($"SessionToken({token.Id}, redacted)", token.ToString());
        Assert.Equal("TokenHash(redacted)", TokenHash.Of(token).ToString());
        Assert.Equal("LineageKey(redacted)", key.ToString());
        Assert.Equal("TokenState(epoch 1, lineage 1, 0 pending, 0 retired)", state.ToString());
        Assert.DoesNotContain(secret, $"{token} {state} {new PresentedToken(Presented.Current, TokenHash.Of(token))} {new TokenMark(state.Current, TokenLab.Noon)}", StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_are_equal_by_id_and_secret()
    {
        var token = TokenLab.New();
        Assert.True(SessionToken.TryParse(token.Reveal(), out var same));
        var other = new SessionToken(SessionId.Create(1), same.Secret);

        Assert.True(token == same);
        Assert.Equal(token.GetHashCode(), same.GetHashCode());
        Assert.True(token != other);
        Assert.False(token.Equals("text"));
    }
}
