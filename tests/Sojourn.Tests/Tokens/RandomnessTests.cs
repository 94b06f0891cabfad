namespace Sojourn.Tests.Tokens;

public sealed class RandomnessTests
{
    private const int Count = 10_000;

    private static readonly SessionToken[] Many = [.. Enumerable.Range(0, Count).Select(_ => TokenLab.New())];

    [Fact]
    [Requirement("WSTG-SESS-01.e")]
    [Requirement("ASVS-7.2.3")]
    [Requirement("CSMCS-02")]
    public void Ten_thousand_tokens_hold_no_duplicate_in_any_part()
    {
        Assert.Equal(Count, Many.Select(token => token.Id).Distinct().Count());
        Assert.Equal(Count, Many.Select(token => token.Reveal()).Distinct().Count());
        Assert.Equal(Count, Many.Select(token => Convert.ToHexString(token.Secret[..SessionToken.RandomSize])).Distinct().Count());
        Assert.Equal(Count, Many.Select(token => Convert.ToHexString(token.Secret[SessionToken.RandomSize..])).Distinct().Count());
    }

    [Fact]
    [Requirement("WSTG-SESS-01.e")]
    [Requirement("ASVS-11.5.1")]
    [Requirement("CSMCS-03")]
    public void Every_byte_of_the_secret_and_of_the_id_behind_the_shard_is_uniform()
    {
        // 255 degrees of freedom: mean 255, deviation 22.6. Beyond 400 (6.4 deviations) lies 1 in 10^8 of fair runs.
        var bytes = Many.Select(token => (byte[])[.. Bytes(token.Id), .. token.Secret]).ToArray();
        for (var place = 1; place < bytes[0].Length; place++)
        {
            Assert.InRange(ChiSquare(bytes.Select(each => each[place])), 130, 400);
        }
    }

    [Fact]
    [Requirement("WSTG-SESS-01.e")]
    public void Successive_tokens_do_not_depend_on_each_other()
    {
        // A counter or a repeated segment would make the differences between neighbours cluster.
        for (var place = 0; place < SessionToken.SecretSize; place++)
        {
            var differences = Many.Zip(Many.Skip(1)).Select(pair => (byte)(pair.Second.Secret[place] - pair.First.Secret[place]));
            Assert.InRange(ChiSquare(differences), 130, 400);
        }
    }

    [Fact]
    [Requirement("ASVS-11.5.2")]
    public async Task Threads_that_draw_tokens_at_once_get_different_ones()
    {
        var drawn = new SessionToken[8][];
        await Threads.RunAsync(8, thread =>
        {
            drawn[thread] = [.. Enumerable.Range(0, 1000).Select(_ => TokenLab.New())];
            return Task.CompletedTask;
        });

        Assert.Equal(8000, drawn.SelectMany(each => each).Select(token => token.Reveal()).Distinct().Count());
    }

    private static double ChiSquare(IEnumerable<byte> values)
    {
        var counts = new int[256];
        var all = 0;
        foreach (var value in values)
        {
            counts[value]++;
            all++;
        }

        var expected = all / 256.0;
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }

    private static byte[] Bytes(SessionId id)
    {
        var bytes = new byte[SessionId.Size];
        id.CopyTo(bytes);
        return bytes;
    }
}
