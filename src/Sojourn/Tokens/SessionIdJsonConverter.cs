using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sojourn;

/// <summary>Writes a <see cref="SessionId"/> to JSON as its text, and reads it back. Public for source-generated contexts; the attribute on the type names it.</summary>
public sealed class SessionIdJsonConverter : JsonConverter<SessionId>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The text is no session id.</exception>
    public override SessionId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String && SessionId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SessionId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
