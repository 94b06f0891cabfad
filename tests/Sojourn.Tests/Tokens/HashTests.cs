using System.Security.Cryptography;
using System.Text;

namespace Sojourn.Tests.Tokens;

public sealed class HashTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    [Fact]
    public async Task The_kept_hash_says_what_the_framework_says_on_every_thread()
        => await Threads.RunAsync(4, _ =>
        {
            Span<byte> hash = stackalloc byte[Sha256.Size];
            for (var size = 0; size < 300; size++)
            {
                var data = RandomNumberGenerator.GetBytes(size);
                Sha256.Hash(data, hash);
                Assert.Equal(SHA256.HashData(data), hash);
            }

            return Task.CompletedTask;
        });

    [Fact]
    public void A_hash_that_failed_leaves_nothing_behind()
    {
        Assert.ThrowsAny<Exception>(() => Sha256.Hash([1, 2, 3], []));

        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash([4], hash);
        Assert.Equal(SHA256.HashData([4]), hash);
    }

    [Fact]
    public async Task A_shard_is_the_first_byte_of_the_HMAC_however_long_the_subject_and_however_many_ask()
    {
        var shards = new ShardKey(Key, "shop");
        string[] subjects = ["a", "Zoë", new('x', 150), new('ß', 256), "\ud800", "\0"];

        await Threads.RunAsync(4, _ =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var subject = subjects[i % subjects.Length];
                Assert.Equal(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes("shop\0" + subject))[0], shards.OfSubject(subject));
            }

            return Task.CompletedTask;
        });
    }

    [Fact]
    [Requirement("ASVS-11.2.4")]
    public void A_difference_in_any_bit_is_a_difference()
    {
        foreach (var size in new[] { 8, 16, 31, 32, 33, 64 })
        {
            var left = RandomNumberGenerator.GetBytes(size);
            Assert.True(FixedTime.Equals(left, left.ToArray()));
            for (var bit = 0; bit < size * 8; bit++)
            {
                var right = left.ToArray();
                right[bit / 8] ^= (byte)(1 << bit % 8);
                Assert.False(FixedTime.Equals(left, right));
            }
        }

        Assert.False(FixedTime.Equals(new byte[32], new byte[31]));
        Assert.False(FixedTime.Equals(new byte[31], new byte[32]));
    }
}
