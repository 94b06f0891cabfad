using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Sojourn.Tests.Records;

public sealed class SessionExtensionsTests
{
    [Fact]
    public void Entries_come_back_whatever_is_written_in_whatever_order() =>
        Prop.ForAll<(byte Id, byte[] Value)[]>(writes =>
        {
            ImmutableArray<byte> blob = [];
            var expected = new SortedDictionary<byte, byte[]>();
            foreach (var (id, value) in writes.Where(write => write.Id != 0))
            {
                blob = SessionExtensions.With(blob, id, value);
                expected[id] = value;
            }

            Expect(expected, blob);
            Assert.Equal(blob, expected.Reverse().Aggregate(ImmutableArray<byte>.Empty, (other, entry) => SessionExtensions.With(other, entry.Key, entry.Value)));
            foreach (var id in expected.Keys.ToArray())
            {
                blob = SessionExtensions.Without(blob, id);
                expected.Remove(id);
                Expect(expected, blob);
            }

            Assert.Empty(blob);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_rewrite_keeps_entries_that_it_does_not_know()
    {
        var large = new byte[70_000];
        ImmutableArray<byte> blob = [SessionExtensions.Format, 1, 1, 7, 9, 0, 200, 2, 5, 6];
        var changed = SessionExtensions.With(blob, SessionExtensions.ProtectedProperties, large);

        Assert.Equal([.. new byte[] { 9, 0, 200, 2, 5, 6 }], changed[^6..]);
        Assert.True(SessionExtensions.TryFind(changed, SessionExtensions.ProtectedProperties, out var value));
        Assert.Equal(large.Length, value.Length);
        Assert.Equal([SessionExtensions.Format, 9, 0, 200, 2, 5, 6], SessionExtensions.Without(changed, SessionExtensions.ProtectedProperties));
    }

    [Theory]
    [InlineData(new byte[] { 1 })] // a format and nothing else
    [InlineData(new byte[] { 2, 1, 1, 7 })] // a newer format
    [InlineData(new byte[] { 1, 0, 0 })] // id 0
    [InlineData(new byte[] { 1, 1 })]
    [InlineData(new byte[] { 1, 1, 2, 7 })] // too short
    [InlineData(new byte[] { 1, 1, 0, 7 })]
    [InlineData(new byte[] { 1, 2, 0, 1, 0 })] // out of order
    [InlineData(new byte[] { 1, 1, 0, 1, 0 })] // twice
    [InlineData(new byte[] { 1, 1, 0x81, 0, 7 })] // another way to write 1
    [InlineData(new byte[] { 1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })]
    public void A_malformed_blob_is_a_fault(byte[] bytes)
    {
        Assert.Throws<SessionStoreException>(() => SessionExtensions.TryFind([.. bytes], 1, out _));
        Assert.Throws<SessionStoreException>(() => SessionExtensions.With([.. bytes], 1, [1]));
        Assert.Throws<SessionStoreException>(() => SessionExtensions.Without([.. bytes], 1));
    }

    [Fact]
    public void Any_bytes_are_either_read_and_written_back_the_same_or_a_fault() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            ImmutableArray<byte> blob = [SessionExtensions.Format, .. bytes.Select(each => (byte)(each % 8))]; // small numbers are often well-formed
            try
            {
                var same = SessionExtensions.Without(blob, 250);
                Assert.Equal(blob, same);
            }
            catch (SessionStoreException fault)
            {
                Assert.False(fault.IsTransient);
            }
        }).QuickCheckThrowOnFailure();

    private static void Expect(SortedDictionary<byte, byte[]> expected, ImmutableArray<byte> blob)
    {
        for (var id = 0; id <= byte.MaxValue; id++)
        {
            Assert.Equal(expected.TryGetValue((byte)id, out var value), SessionExtensions.TryFind(blob, (byte)id, out var found));
            Assert.Equal(value ?? [], found.ToArray());
        }
    }
}
