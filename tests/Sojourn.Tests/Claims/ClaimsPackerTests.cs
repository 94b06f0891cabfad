using System.Collections.Immutable;
using System.Security.Claims;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sojourn.Tests.Claims;

public sealed class ClaimsPackerTests
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    [Fact]
    public void A_principal_with_everything_comes_back_exactly()
    {
        var principal = Full();
        var packed = ClaimsPacker.Pack(principal, "alice");

        Expect(principal, packed, "alice");
        Assert.Null(principal.Identities.First().Label); // null stays null, empty stays empty
        Assert.Equal("", principal.Identities.Last().Label);
    }

    [Fact]
    public void Any_texts_come_back_exactly() =>
        Prop.ForAll<NonNull<string>[]>(texts =>
        {
            var good = texts.Select(text => text.Get).Where(IsUnicode).ToArray();
            var identity = new ClaimsIdentity(good.FirstOrDefault());
            for (var i = 0; i + 1 < good.Length; i++)
            {
                identity.AddClaim(new(good[i], good[i + 1], good[^1], good[0], good[i]) { Properties = { [good[i]] = good[i + 1] } });
            }

            var subject = good.LastOrDefault();
            Expect(new(identity), ClaimsPacker.Pack(new(identity), subject), subject);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_subject_and_well_known_texts_take_no_room()
    {
        var subject = new string('s', 200);
        var packed = ClaimsPacker.Pack(new(new ClaimsIdentity([new("sub", subject), new(ClaimTypes.NameIdentifier, subject)], "Cookies")), subject);

        Assert.InRange(packed.Bytes.Length, 1, 40);
        Assert.Equal("PackedClaims(" + packed.Bytes.Length + " bytes)", packed.ToString());
        Assert.Equal("other", ClaimsReader.Read(packed, "other")[0].Claims[0].Value); // it stands for whoever the record names
    }

    [Fact]
    public void No_principal_no_identity_and_no_claims_are_three_things()
    {
        Assert.Empty(ClaimsReader.Read(default, "alice"));
        Assert.Empty(ClaimsReader.Read(ClaimsPacker.Pack(new(), "alice"), "alice"));
        Assert.Empty(Assert.Single(ClaimsReader.Read(ClaimsPacker.Pack(new(new ClaimsIdentity()), "alice"), "alice")).Claims);
        Assert.True(default(PackedClaims).IsEmpty);
        Assert.True(ClaimsPacker.Pack(new(), "alice") != default);
        Assert.True(ClaimsPacker.Pack(Full(), "alice") == ClaimsPacker.Pack(Full(), "alice"));
    }

    [Fact]
    public void Sixteen_kilobytes_fit_and_one_byte_more_says_how_much_it_is()
    {
        var empty = ClaimsPacker.Pack(WithValue(16_000), null).Bytes.Length - 16_000;
        var most = ClaimsPacker.MaxBytes - empty;

        Assert.Equal(ClaimsPacker.MaxBytes, ClaimsPacker.Pack(WithValue(most), null).Bytes.Length);
        var fault = Assert.Throws<ArgumentException>(() => ClaimsPacker.Pack(WithValue(most + 1), null));
        Assert.Contains("16385 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Contains("16384", fault.Message, StringComparison.Ordinal);

        static ClaimsPrincipal WithValue(int length) => new(new ClaimsIdentity([new("note", new string('x', length))]));
    }

    [Fact]
    public void Half_a_surrogate_pair_and_too_many_actors_are_refused_with_what_is_wrong()
    {
        Assert.Contains("Unicode", Assert.Throws<ArgumentException>(() => ClaimsPacker.Pack(new(new ClaimsIdentity([new("a", "\uD800")])), null)).Message, StringComparison.Ordinal);

        Expect(new(Actors(4)), ClaimsPacker.Pack(new(Actors(4)), null), null);
        Assert.Contains("4 deep", Assert.Throws<ArgumentException>(() => ClaimsPacker.Pack(new(Actors(5)), null)).Message, StringComparison.Ordinal);

        static ClaimsIdentity Actors(int depth) => new("x") { Actor = depth == 0 ? null : Actors(depth - 1) };
    }

    [Fact]
    public async Task Claims_that_do_not_fit_start_nothing()
    {
        var node = EngineHarness.Create();
        var large = new ClaimsPrincipal(new ClaimsIdentity([new("note", new string('x', 20_000))]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await node.Manager.StartAsync(new() { Subject = "alice", Principal = large }));
        var token = await node.ConfirmedAsync();
        await Assert.ThrowsAsync<ArgumentException>(async () => await node.Manager.ReplaceClaimsAsync(token.Id, large));

        Assert.Single((await node.Manager.ListAsync("alice")).Sessions);
        await node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public void A_blob_cut_at_any_place_is_corrupt()
    {
        var bytes = ClaimsPacker.Pack(Full(), "alice").Bytes;
        for (var length = 1; length < bytes.Length; length++)
        {
            var cut = new PackedClaims([.. bytes.Take(length)]);
            Assert.False(Assert.Throws<SessionStoreException>(() => ClaimsReader.Read(cut, "alice")).IsTransient);
        }

        Assert.Throws<SessionStoreException>(() => ClaimsReader.Read(new([.. bytes, 0]), "alice"));
        Assert.Throws<SessionStoreException>(() => ClaimsReader.Read(new([2, .. bytes.Skip(1)]), "alice"));
    }

    [Fact]
    public void A_blob_with_any_bytes_flipped_reads_or_is_corrupt_and_never_fails_otherwise()
    {
        var bytes = ClaimsPacker.Pack(Full(), "alice").Bytes;
        var random = new System.Random(20260101);
        for (var round = 0; round < 20_000; round++)
        {
            var changed = bytes.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            Read([.. changed]);
        }
    }

    [Fact]
    public void Any_bytes_read_or_are_corrupt_and_never_fail_otherwise()
        => Prop.ForAll<byte[]>(bytes => Read([ClaimsPacker.Format, .. bytes])).QuickCheckThrowOnFailure();

    private static void Read(ImmutableArray<byte> bytes)
    {
        try
        {
            foreach (var identity in ClaimsReader.Read(new(bytes), "alice"))
            {
                identity.ToIdentity();
            }
        }
        catch (SessionStoreException fault)
        {
            Assert.False(fault.IsTransient);
        }
    }

    private static ClaimsPrincipal Full() => new(
    [
        new ClaimsIdentity(
            [
                new("sub", "alice"), new("age", "42", ClaimValueTypes.Integer, "https://issuer", "https://original"), new(ClaimTypes.Role, "", null, null, null),
                new("ünï", "🎩 \u0000 \r\n", "custom-type") { Properties = { ["p"] = "1", ["alice"] = "true", [""] = "" } },
            ], "pwd", "sub", "groups"),
        new ClaimsIdentity { Label = "", Actor = new([new("name", "support")], "Cookies") { Actor = new([new("name", "second")]) { Label = "deep" } } },
    ]);

    private static void Expect(ClaimsPrincipal expected, PackedClaims packed, string? subject)
    {
        var identities = ClaimsReader.Read(packed, subject).Select(identity => identity.ToIdentity()).ToArray();
        Assert.Equal(expected.Identities.Count(), identities.Length);
        foreach (var (left, right) in expected.Identities.Zip(identities))
        {
            ExpectSame(left, right);
        }
    }

    private static void ExpectSame(ClaimsIdentity left, ClaimsIdentity right)
    {
        Assert.Equal((left.AuthenticationType, left.NameClaimType, left.RoleClaimType, left.Label), (right.AuthenticationType, right.NameClaimType, right.RoleClaimType, right.Label));
        Assert.Equal(left.Claims.Select(Parts), right.Claims.Select(Parts));
        Assert.All(left.Claims.Zip(right.Claims), pair => Assert.Equal(pair.First.Properties.OrderBy(each => each.Key), pair.Second.Properties.OrderBy(each => each.Key)));
        Assert.Equal(left.Actor is null, right.Actor is null);
        if (left.Actor is { } actor)
        {
            ExpectSame(actor, right.Actor!);
        }
    }

    private static (string, string, string, string, string) Parts(Claim claim) => (claim.Type, claim.Value, claim.ValueType, claim.Issuer, claim.OriginalIssuer);

    private static bool IsUnicode(string text)
    {
        try
        {
            return Strict.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
