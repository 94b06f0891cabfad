using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sojourn.Tests.Data;

public sealed class SessionSerializerTests
{
    private readonly SojournOptions _options = new();

    [Fact]
    public void Plain_values_need_no_description()
    {
        RoundTrip("text"); RoundTrip(true); RoundTrip(7); RoundTrip(7L); RoundTrip(1.5); RoundTrip(1.10m);
        RoundTrip(new Guid("6b1c2f0e-7c3f-4a6e-9d0c-0a4a6f1b2c3d")); RoundTrip(TokenLab.Noon); RoundTrip(TimeSpan.FromMilliseconds(1));
        Assert.Equal<byte>([1, 2, 3], Again<byte[]>([1, 2, 3])!);
        Assert.Equal(["a", "b"], Again<string[]>(["a", "b"])!);
    }

    [Fact]
    public void The_description_of_the_key_comes_before_those_of_the_application_and_they_before_ours()
    {
        _options.JsonTypes.Add(new Marking("application"));
        var serializer = new SessionSerializer(_options);
        var own = (JsonTypeInfo<string>)new Marking("key").GetTypeInfo(typeof(string), new JsonSerializerOptions { TypeInfoResolver = new Marking("key") })!;

        Assert.Equal("\"application\"", Text(serializer.Write(new SessionKey<string>("a"), "x")));
        Assert.Equal("\"key\"", Text(serializer.Write(new SessionKey<string>("a", own), "x")));
        Assert.Equal("7", Text(serializer.Write(new SessionKey<int>("b"), 7)));
    }

    [Fact]
    public void Records_round_trip_by_reflection_where_the_platform_allows_it()
        => Assert.Equal(new Basket("alice", 3), Again(new Basket("alice", 3)));

    [Fact]
    public void Values_that_cannot_be_written_name_key_and_type()
    {
        var loop = new Loop();
        loop.Self = loop;

        var fault = Assert.Throws<SessionDataException>(() => new SessionSerializer(_options).Write(new SessionKey<Loop>("loop"), loop));
        Assert.Equal(("loop", typeof(Loop)), (fault.Key, fault.Type));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"owner\":7}")]
    [InlineData("{\"owner\":\"alice\",\"items\":-1}")] // the constructor refuses
    public void Stored_bytes_that_do_not_read_name_key_and_type(string stored)
    {
        var fault = Assert.Throws<SessionDataException>(() => new SessionSerializer(_options).Read(new SessionKey<Basket>("basket"), [.. System.Text.Encoding.UTF8.GetBytes(stored)]));

        Assert.Equal(("basket", typeof(Basket)), (fault.Key, fault.Type));
        Assert.StartsWith("Session data \"basket\" (Basket): ", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.InnerException);
    }

    private void RoundTrip<T>(T value) => Assert.Equal(value, Again(value));

    private T? Again<T>(T value)
    {
        var serializer = new SessionSerializer(_options);
        var key = new SessionKey<T>("value");
        return serializer.Read(key, serializer.Write(key, value));
    }

    private static string Text(System.Collections.Immutable.ImmutableArray<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.AsSpan());

    private sealed record Basket
    {
        public Basket(string owner, int items)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(items);
            (Owner, Items) = (owner, items);
        }

        public string Owner { get; }

        public int Items { get; }
    }

    private sealed class Loop
    {
        public Loop? Self { get; set; }
    }

    /// <summary>Describes texts only, and writes its own name for each.</summary>
    private sealed class Marking(string name) : IJsonTypeInfoResolver
    {
        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
            => type == typeof(string) ? JsonMetadataServices.CreateValueInfo<string>(options, new Writer(name)) : null;

        private sealed class Writer(string name) : JsonConverter<string>
        {
            public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

            public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(name);
        }
    }
}
