using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sojourn.Engine;

/// <summary>
/// Values to JSON and back: the key's own description first, then the application's source-generated contexts, then
/// plain values, then reflection where the platform allows it.
/// </summary>
internal sealed class SessionSerializer
{
    private readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web);

    public SessionSerializer(SojournOptions options)
    {
        foreach (var resolver in options.JsonTypes)
        {
            _options.TypeInfoResolverChain.Add(resolver);
        }

        _options.TypeInfoResolverChain.Add(PlainValueContext.Default);
        if (JsonSerializer.IsReflectionEnabledByDefault)
        {
            _options.TypeInfoResolverChain.Add(Reflection());
        }

        _options.MakeReadOnly();
    }

    /// <exception cref="SessionDataException">The type cannot be written.</exception>
    public ImmutableArray<byte> Write<T>(SessionKey<T> key, T value)
    {
        var type = TypeInfo(key);
        try
        {
            return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(JsonSerializer.SerializeToUtf8Bytes(value, type));
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new SessionDataException(key.Name, typeof(T), "the value cannot be written as JSON", fault);
        }
    }

    /// <exception cref="SessionDataException">The stored bytes do not read as the type.</exception>
    public T? Read<T>(SessionKey<T> key, ImmutableArray<byte> bytes)
    {
        var type = TypeInfo(key);
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(), type);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException) // a type's own constructor may refuse, too
        {
            throw new SessionDataException(key.Name, typeof(T), "the stored value does not read as this type; if the type changed, use a new key name", fault);
        }
    }

    private JsonTypeInfo<T> TypeInfo<T>(SessionKey<T> key)
    {
        if (key.JsonType is { } known)
        {
            return known;
        }

        try
        {
            return (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));
        }
        catch (NotSupportedException fault)
        {
            throw new SessionDataException(key.Name, typeof(T), $"no JSON description is known. Add [JsonSerializable(typeof({typeof(T).Name}))] to a JsonSerializerContext and AddSojourn(options => options.JsonTypes.Add(ThatContext.Default))", fault);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only reached where reflection-based JSON is enabled, which trimmed applications switch off.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only reached where reflection-based JSON is enabled, which AOT applications switch off.")]
    private static DefaultJsonTypeInfoResolver Reflection() => new();
}

/// <summary>The plain values that need no description by the application.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(TimeSpan))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class PlainValueContext : JsonSerializerContext;
