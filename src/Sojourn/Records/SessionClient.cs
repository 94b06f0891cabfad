using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Sojourn;

/// <summary>Where a session was seen from: address and user agent. Personal data (PRIV-01).</summary>
public readonly record struct SessionClient
{
    /// <summary>Describes a client.</summary>
    /// <param name="address">Its address, or null when unknown.</param>
    /// <param name="userAgent">Its user agent, or null; longer ones than 512 characters are cut.</param>
    public SessionClient(IPAddress? address, string? userAgent) : this(new ClientAddress(address), userAgent)
    {
    }

    /// <summary>Describes a client.</summary>
    public SessionClient(ClientAddress address, string? userAgent)
    {
        Address = address;
        UserAgent = userAgent is { Length: > 512 } ? userAgent[..512] : userAgent;
    }

    /// <summary>The address.</summary>
    public ClientAddress Address { get; }

    /// <summary>The user agent, or null.</summary>
    public string? UserAgent { get; }

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "SessionClient(redacted)";
}

/// <summary>An IP address in 17 bytes without an object: IPv6, IPv4, or unknown.</summary>
[JsonConverter(typeof(ClientAddressJsonConverter))]
public readonly struct ClientAddress : IEquatable<ClientAddress>
{
    private readonly AddressBytes _bytes;
    private readonly byte _length;

    /// <summary>Takes over an address; IPv4 mapped into IPv6 becomes IPv4, null becomes unknown.</summary>
    public ClientAddress(IPAddress? address)
    {
        if (address is null)
        {
            return;
        }

        Span<byte> bytes = _bytes;
        if (address.IsIPv4MappedToIPv6)
        {
            address.TryWriteBytes(bytes, out _);
            bytes[12..].CopyTo(bytes);
            bytes[4..].Clear();
            _length = 4;
        }
        else
        {
            address.TryWriteBytes(bytes, out var written);
            _length = (byte)written;
        }
    }

    /// <summary>Puts its two parts together again; a record keeps the length beside its other small fields.</summary>
    internal ClientAddress(AddressBytes bytes, byte length) => (_bytes, _length) = (bytes, length);

    internal void Deconstruct(out AddressBytes bytes, out byte length) => (bytes, length) = (_bytes, _length);

    /// <summary>Whether there is none.</summary>
    public bool IsUnknown => _length == 0;

    /// <summary>The block that one subscriber is given: the IPv4 address, or the IPv6 /64. For counting, not for binding.</summary>
    public ClientAddress Network => _length == 16 ? new(new IPAddress([.. Bytes[..8], 0, 0, 0, 0, 0, 0, 0, 0])) : this;

    [UnscopedRef]
    private ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_bytes)[.._length];

    /// <summary>As an <see cref="IPAddress"/>, or null when unknown.</summary>
    public IPAddress? ToIPAddress() => _length == 0 ? null : new IPAddress(Bytes);

    /// <summary>The 4 or 16 bytes; empty when unknown.</summary>
    public byte[] ToArray() => Bytes.ToArray();

    /// <inheritdoc/>
    public bool Equals(ClientAddress other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ClientAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>The address as text, or "unknown".</summary>
    public override string ToString() => ToIPAddress()?.ToString() ?? "unknown";

    /// <summary>Whether two addresses are the same.</summary>
    public static bool operator ==(ClientAddress left, ClientAddress right) => left.Equals(right);

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(ClientAddress left, ClientAddress right) => !left.Equals(right);

    [InlineArray(16)]
    internal struct AddressBytes
    {
        private byte _first;
    }
}
