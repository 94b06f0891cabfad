using System.Text;

namespace Sojourn.Sqlite;

/// <summary>
/// Strings that most records have in common (policies, authentication methods, user agents), so that reading a record
/// makes none of them anew: a fixed number of places, where a newcomer takes the place of another. Safe for parallel use.
/// </summary>
internal sealed class KnownNames
{
    private const int Places = 512;

    private readonly Entry?[] _places = new Entry?[Places];

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return "";
        }

        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var place = ref _places[(uint)hash.ToHashCode() % Places];
        var known = Volatile.Read(ref place);
        if (known is null || !utf8.SequenceEqual(known.Utf8))
        {
            known = new(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
            Volatile.Write(ref place, known);
        }

        return known.Text;
    }

    private sealed class Entry(byte[] utf8, string text)
    {
        public byte[] Utf8 { get; } = utf8;

        public string Text { get; } = text;
    }
}
