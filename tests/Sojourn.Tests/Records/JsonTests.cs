using System.Net;
using System.Text.Json;

namespace Sojourn.Tests.Records;

/// <summary>What applications list goes into JSON as it is.</summary>
public sealed class JsonTests
{
    [Fact]
    public async Task A_list_of_sessions_can_be_answered_as_it_is()
    {
        var engine = EngineHarness.Create();
        var start = new SessionStart { Subject = "ada", Client = new(IPAddress.Parse("2001:db8::1"), "curl/8.9") };
        var id = (await engine.Manager.StartAsync(start)).Session!.Id;
        var page = await engine.Manager.ListAsync("ada");

        var session = JsonDocument.Parse(JsonSerializer.Serialize(page, JsonSerializerOptions.Web)).RootElement.GetProperty("sessions")[0];
        Assert.Equal(id.ToString(), session.GetProperty("id").GetString());
        Assert.Equal("2001:db8::1", session.GetProperty("client").GetProperty("address").GetString());
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::1")]
    [InlineData(null)]
    public void An_address_comes_back(string? text)
    {
        var address = new ClientAddress(text is null ? null : IPAddress.Parse(text));
        Assert.Equal(address, JsonSerializer.Deserialize<ClientAddress>(JsonSerializer.Serialize(address)));
    }

    [Fact]
    public void An_id_comes_back()
    {
        var id = new SessionId([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        Assert.Equal(id, JsonSerializer.Deserialize<SessionId>(JsonSerializer.Serialize(id)));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"AQIDBAUGBwgJCgsMDQ4PE\"")]
    [InlineData("{\"Shard\":1}")]
    public void What_is_no_id_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SessionId>(json));

    [Theory]
    [InlineData("7")]
    [InlineData("\"here\"")]
    [InlineData("[]")]
    public void What_is_no_address_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ClientAddress>(json));

    [Fact]
    public async Task A_subject_that_is_null_is_named()
    {
        var engine = EngineHarness.Create();
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await engine.Manager.ListAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await engine.Manager.RevokeSubjectAsync(null!, SessionEndReason.SignedOut));
    }
}
