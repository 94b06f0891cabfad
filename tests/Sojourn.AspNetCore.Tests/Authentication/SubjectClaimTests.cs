using System.Security.Claims;

namespace Sojourn.AspNetCore.Tests.Authentication;

public sealed class SubjectClaimTests
{
    [Fact]
    public void Sub_comes_first_then_the_name_identifier()
    {
        Assert.Equal("1", Of(null, new("sub", "1"), new(ClaimTypes.NameIdentifier, "2")));
        Assert.Equal("2", Of(null, new Claim(ClaimTypes.NameIdentifier, "2")));
    }

    [Fact]
    public void A_configured_claim_alone_counts()
    {
        Assert.Equal("3", Of("oid", new("sub", "1"), new("oid", "3")));
        Assert.Contains("oid", Fails("oid", new Claim("sub", "1")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_authenticated_identity_counts()
    {
        var principal = new ClaimsPrincipal([new ClaimsIdentity([new Claim("sub", "no")]), Identity(new Claim("sub", "yes")), Identity(new Claim("sub", "late"))]);
        Assert.Equal("yes", SubjectClaim.Of(principal, null));
        Assert.Throws<InvalidOperationException>(() => SubjectClaim.Of(new ClaimsPrincipal(), null));
        Assert.Throws<InvalidOperationException>(() => SubjectClaim.Of(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "no")])), null));
    }

    [Fact, Requirement("ASVS-6.8.1")]
    public void Another_issuer_qualifies_its_subjects()
    {
        Assert.Equal("https://idp.example|1", Of(null, From("https://idp.example", "1")));
        Assert.Equal("https://idp.example|a|b", Of(null, From("https://idp.example", "a|b")));
        Assert.Equal("a%7Cb%25|c", Of(null, From("a|b%", "c")));
        Assert.Equal("|https://idp.example|1", Of(null, new Claim("sub", "https://idp.example|1")));
    }

    [Fact, Requirement("ASVS-6.8.1")]
    public void No_two_pairs_of_issuer_and_subject_share_a_text()
    {
        string[] parts = ["a", "|", "%", "%7C", "%25", "||", "a|b", "a%7Cb", "|a", "a|", ClaimsIdentity.DefaultIssuer];
        var texts = from issuer in parts from subject in parts select SubjectClaim.Qualify(issuer, subject);
        Assert.Equal(parts.Length * parts.Length, texts.Distinct().Count());
    }

    [Fact]
    public void None_or_an_unusable_one_fails_and_names_the_cure()
    {
        Assert.All(
            [
                Fails(null, new Claim("name", "x")),
                Fails(null, new Claim("sub", "")),
                Fails(null, new Claim("sub", " ")),
                Fails(null, new Claim("sub", "a\0b")),
                Fails(null, new Claim("sub", "a\ud800b")),
                Fails(null, new Claim("sub", "a\udc00\ud800")),
                Fails(null, new Claim("sub", new string('s', 257))),
                Fails(null, From(new string('i', 200), new string('s', 56))),
                Fails(null, new("sub", "1"), new("sub", "2")),
                Fails(null, From("a", "1"), From("b", "1")),
            ],
            message => Assert.Contains("ConfigureWeb(web => web.SubjectClaim = …)", message, StringComparison.Ordinal));
    }

    [Fact]
    public void Long_repeated_or_unusual_ones_are_fine()
    {
        Assert.Equal(256, Of(null, new Claim("sub", new string('s', 256))).Length);
        Assert.Equal("1", Of(null, new("sub", "1"), new("sub", "1")));
        Assert.Equal("\ud83d\ude00", Of(null, new Claim("sub", "\ud83d\ude00")));
    }

    private static Claim From(string issuer, string subject) => new("sub", subject, ClaimValueTypes.String, issuer);

    private static ClaimsIdentity Identity(params Claim[] claims) => new(claims, "test");

    private static string Of(string? type, params Claim[] claims) => SubjectClaim.Of(new ClaimsPrincipal(Identity(claims)), type);

    private static string Fails(string? type, params Claim[] claims) => Assert.Throws<InvalidOperationException>(() => Of(type, claims)).Message;
}
