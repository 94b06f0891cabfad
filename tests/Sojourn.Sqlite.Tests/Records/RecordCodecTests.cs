using Sojourn.Engine;
using Sojourn.Sqlite.Host;

namespace Sojourn.Sqlite.Tests.Records;

/// <summary>Records of files that an earlier program wrote.</summary>
public sealed class RecordCodecTests
{
    [Fact]
    public void A_record_without_the_time_of_its_context_class_reads_and_the_class_is_not_fresh()
    {
        var record = Sessions.Creation("ada").Record with { Assurance = new("gold", [], Sessions.Noon) };
        var writer = new ByteWriter();
        RecordCodec.Write(writer, record);
        var present = writer.Written.ToArray();
        Assert.Equal(record.Assurance.AcrAt, Read(present).Assurance.AcrAt);

        // Format 1 had no time behind the class; behind that come the number of methods (none), claims and extensions.
        var tail = 1 + 4 + record.Claims.Bytes.Length + 4 + record.Extensions.Length;
        byte[] former = [1, .. present[1..^(8 + tail)], .. present[^tail..]];
        var read = Read(former);

        Assert.Equal(("gold", default), (read.Assurance.Acr, read.Assurance.AcrAt));
        Assert.Equal((record.Subject, record.Policy, record.Token.Current), (read.Subject, read.Policy, read.Token.Current));
    }

    [Theory, InlineData(0), InlineData(3)]
    public void Another_format_is_damage_and_never_a_session(byte format)
    {
        var writer = new ByteWriter();
        RecordCodec.Write(writer, Sessions.Creation("ada").Record);
        byte[] other = [format, .. writer.Written[1..]];

        Assert.ThrowsAny<Exception>(() => Read(other));
    }

    private static RecordParts Read(ReadOnlySpan<byte> bytes) => RecordCodec.Read(bytes, new KnownNames());
}
