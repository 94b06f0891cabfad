using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sojourn;

/// <summary>Writes a <see cref="ClientAddress"/> to JSON as its text, an unknown one as null, and reads it back. Public for source-generated contexts; the attribute on the type names it.</summary>
public sealed class ClientAddressJsonConverter : JsonConverter<ClientAddress>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    /// <exception cref="JsonException">The text is no address.</exception>
    public override ClientAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => default,
        JsonTokenType.String when IPAddress.TryParse(reader.GetString(), out var address) => new ClientAddress(address),
        _ => throw new JsonException(),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ClientAddress value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToIPAddress()?.ToString());
    }
}
