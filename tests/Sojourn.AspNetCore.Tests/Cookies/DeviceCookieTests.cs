using System.Buffers.Text;

namespace Sojourn.AspNetCore.Tests.Cookies;

public sealed class DeviceCookieTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact, Requirement("PRIV-12")]
    public void A_new_value_is_random_and_reads_back_as_its_device()
    {
        var values = Enumerable.Range(0, 1000).Select(_ => (Value: DeviceCookie.Create(out var id), Id: id)).ToList();
        Assert.Equal(1000, values.Select(each => each.Id).Distinct().Count());
        Assert.All(values, each =>
        {
            Assert.Equal(DeviceCookie.TextLength, each.Value.Length);
            Assert.True(DeviceCookie.TryRead(each.Value, out var id));
            Assert.Equal(each.Id, id);
            Assert.False(id.IsUnknown);
        });
    }

    [Fact]
    public void A_device_has_one_spelling()
    {
        var value = DeviceCookie.Create(out _);
        var accepted = Alphabet.Where(last => DeviceCookie.TryRead(value[..^1] + last, out _));
        Assert.Equal("AEIMQUYcgkosw048".Order(), accepted.Order());
    }

    [Fact, Requirement("WSTG-SESS-01.g")]
    public void Any_other_text_is_refused() => Texts.ForAll(
        [new string('A', 42), new string('A', 43), "AAAA", "A", "w", "=", " ", "+", "/", "\u0000", "\r\n", "\u00e4"],
        text => DeviceCookie.TryRead(text, out _)
            == (text.Length == 43 && text.All(Alphabet.Contains) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(text)) == text));
}
