using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sojourn.Tests.Audit;

/// <summary>Event format v1, byte by byte as decision 1 fixes it.</summary>
public sealed class EventFormatTests
{
    private static readonly WriteId Writer = new(new(0x0102030405060708, 0x090A0B0C0D0E0F10));
    private static readonly SessionId Session = new([0xAB, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

    [Fact]
    [Requirement("ASVS-16.2.4")]
    [Requirement("ASVS-16.2.1")]
    public void An_event_without_personal_values_is_exactly_these_bytes()
    {
        var draft = new EventDraft(SessionEventKind.Ended, 0xAB) { Session = Session, Reason = SessionEndReason.TokenReplay, Epoch = 0x1122, Detail = "finding=Ü" };

        var written = EventFormat.Write(draft, "shop", Writer, 0x42, DateTimeOffset.FromUnixTimeMilliseconds(0x0123456789), [new(0x40), new(0x41)]);

        Assert.Equal(
            "01" + "06" + "09" + "00" // format, kind, reason, personal fields
            + "0102030405060708090A0B0C0D0E0F10" // writer
            + "0000000000000042" + "0000000123456789" // number, time
            + "AB" + "AB0102030405060708090A0B0C0D0E0F" + "0000000000001122" // shard, session, epoch
            + "0004" + "73686F70" // tenant
            + "000A" + "66696E64696E673DC39C" // detail
            + "0002" + "0000000000000040" + "00" + "0000000000000041" + "00" // rolled-back numbers, each with its MAC
            + "00" + "00", // previous MAC, MAC
            Convert.ToHexString(written.Canonical.AsSpan()));
    }

    [Fact]
    public void An_event_about_nothing_leaves_its_fields_zero()
    {
        var bytes = EventFormat.Write(new(SessionEventKind.Heartbeat, 0), "", Writer, 1, DateTimeOffset.UnixEpoch, []).Canonical;

        Assert.Equal(61 + 2 + 2 + 2 + 2, bytes.Length);
        Assert.Equal("010B0000", Convert.ToHexString(bytes.AsSpan(0, 4)));
        Assert.All(bytes.Skip(28), value => Assert.Equal(0, value));
    }

    [Fact]
    [Requirement("PRIV-09")]
    [Requirement("ASVS-16.3.1")]
    public void Personal_values_enter_as_salted_commitments_in_the_order_of_their_fields()
    {
        var draft = new EventDraft(SessionEventKind.SignedIn, 1)
        {
            Subject = "alice",
            Client = new(IPAddress.Parse("192.0.2.1"), "curl/8"),
            Device = SessionDeviceId.OfCookie([1]),
            Actor = "root",
        };
        var (first, second) = (Write(draft), Write(draft));

        Assert.Equal(0b10_1111, first.Canonical[3]);
        Assert.Equal([PersonalField.Subject, PersonalField.Address, PersonalField.UserAgent, PersonalField.Device, PersonalField.Actor], first.Personal.Select(value => value.Field));
        Assert.Equal(["alice", "192.0.2.1", "curl/8", draft.Device.ToString(), "root"], first.Personal.Select(value => value.Value));
        var commitment = new byte[32];
        for (var i = 0; i < 5; i++)
        {
            var (value, other) = (first.Personal[i], second.Personal[i]);
            Assert.Equal(EventFormat.SaltSize, value.Salt.Length);
            Assert.NotEqual(value.Salt, other.Salt);
            byte[] expected = SHA256.HashData([.. value.Salt, .. Encoding.UTF8.GetBytes(value.Value)]);
            Assert.Equal(expected, first.Canonical.AsSpan(61 + 2 + 6 + 2 + 32 * i, 32));
            EventFormat.Commit(value, commitment);
            Assert.Equal(expected, commitment);
            Assert.Equal(expected, EventFormatReader.Read(first.Canonical.AsSpan()).Commitments[value.Field]);
        }

        Assert.Equal(-1, first.Canonical.AsSpan().IndexOf("alice"u8));
        Assert.Equal(-1, first.Canonical.AsSpan().IndexOf("192.0.2.1"u8));
        Assert.NotEqual(first.Canonical, second.Canonical); // equal values cannot be told from the bytes
    }

    [Fact]
    public void What_is_written_reads_back() =>
        Prop.ForAll<NonNull<string>, byte, long>((detail, shard, number) =>
        {
            var draft = new EventDraft(SessionEventKind.Finding, shard) { Session = Session, Epoch = number, Detail = detail.Get, Reason = SessionEndReason.Idle, Subject = detail.Get };
            var read = EventFormatReader.Read(EventFormat.Write(draft, "shop", Writer, number, TokenLab.Noon, [new(number)]).Canonical.AsSpan());
            Assert.Equal((draft.Kind, draft.Reason, Writer, number, TokenLab.Noon, shard, Session, number), (read.Kind, read.Reason, read.Writer, read.Number, read.At, read.Shard, read.Session, read.Epoch));
            Assert.Equal("shop", read.Tenant);
            Assert.Equal([number], read.Voided);
            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(detail.Get)), read.Detail);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_long_detail_is_cut_between_characters()
    {
        foreach (var padding in new[] { "", "x", "xx", "xxx" })
        {
            var read = EventFormatReader.Read(Write(new(SessionEventKind.Finding, 1) { Detail = padding + string.Concat(Enumerable.Repeat("🎩", 500)) }).Canonical.AsSpan());

            Assert.DoesNotContain('\uFFFD', read.Detail);
            Assert.InRange(Encoding.UTF8.GetByteCount(read.Detail), 1020, 1024);
        }
    }

    [Fact]
    public void Bytes_that_are_cut_extended_or_of_another_format_are_refused()
    {
        var bytes = Write(new(SessionEventKind.SignedIn, 1) { Subject = "alice", Detail = "policy=default" }).Canonical.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<FormatException>(() => EventFormatReader.Read(bytes.AsSpan(0, length)));
        }

        Assert.Throws<FormatException>(() => EventFormatReader.Read([.. bytes, 0]));
        Assert.Contains("format 2", Assert.Throws<FormatException>(() => EventFormatReader.Read([2, .. bytes[1..]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_changed_bytes_read_or_are_refused_and_never_fail_otherwise()
    {
        var bytes = Write(new(SessionEventKind.SignedIn, 1) { Subject = "alice", Detail = "policy=default" }).Canonical;
        var random = new System.Random(20260101);
        for (var round = 0; round < 20_000; round++)
        {
            var changed = bytes.ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                changed[random.Next(1, changed.Length)] = (byte)random.Next(256);
            }

            var fault = Record.Exception(() => EventFormatReader.Read(changed));
            Assert.True(fault is null or FormatException, $"{fault}");
        }
    }

    [Fact]
    public void The_numbers_of_kinds_and_reasons_never_change()
    {
        Assert.Equal(
            "Started=1 SignedIn=2 Rotated=3 SteppedUp=4 ClaimsChanged=5 Ended=6 SubjectRevoked=7 ShardEnded=8 SignInRefused=9 Finding=10 Heartbeat=11 CredentialsChanged=12 Disowned=13 AuthenticationForgotten=14",
            string.Join(' ', Enum.GetValues<SessionEventKind>().Select(kind => $"{kind}={(int)kind}")));
        Assert.Equal(
            "None=0 SignedOut=1 SignedOutEverywhere=2 Idle=3 Absolute=4 SignedIn=5 Replaced=6 LimitReached=7 Abandoned=8 TokenReplay=9 RevokedByAdministrator=10 "
            + "RevokedByPolicy=11 Everybody=12 CredentialsChanged=13 SubjectDisabled=14 ReportedByOwner=15 Restored=16",
            string.Join(' ', Enum.GetValues<SessionEndReason>().Select(reason => $"{reason}={(int)reason}")));
        Assert.Equal("Subject=0 Address=1 UserAgent=2 Device=3 Place=4 Actor=5", string.Join(' ', Enum.GetValues<PersonalField>().Select(field => $"{field}={(int)field}")));
    }

    private static StoredEvent Write(EventDraft draft) => EventFormat.Write(draft, "tenant", Writer, 1, TokenLab.Noon, []);
}
