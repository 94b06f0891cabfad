using System.Net;
using System.Text;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Address and user agent as a blob, which touches replace: a byte (length of the address; 64 more: there is a user agent), then both.</summary>
internal static class ClientCodec
{
    private const byte HasAgent = 64;

    public static void Write(ByteWriter to, SessionClient client)
    {
        var address = client.Address.ToArray();
        to.Byte(address.Length | (client.UserAgent is null ? 0 : HasAgent));
        address.CopyTo(to.Next(address.Length));
        if (client.UserAgent is { } agent)
        {
            Encoding.UTF8.GetBytes(agent, to.Next(Encoding.UTF8.GetByteCount(agent)));
        }
    }

    public static SessionClient Read(ReadOnlySpan<byte> bytes, KnownNames names)
    {
        var from = new ByteReader(bytes);
        var head = from.Byte();
        var address = from.Next(head & ~HasAgent);
        if (address.Length is not (0 or 4 or 16))
        {
            throw ByteReader.Damage();
        }

        var agent = (head & HasAgent) != 0 ? names.Of(bytes[(1 + address.Length)..]) : null;
        return new(address.IsEmpty ? default : new ClientAddress(new IPAddress(address)), agent);
    }
}
