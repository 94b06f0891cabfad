namespace Sojourn.Testing;

/// <summary>The expectations of the rules.</summary>
internal static class Expect
{
    public static void Equal<T>(T expected, T seen, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, seen))
        {
            throw new ExpectationException($"{what}: {Show(expected)}", Show(seen));
        }
    }

    public static void True(bool holds, string expected, string seen)
    {
        if (!holds)
        {
            throw new ExpectationException(expected, seen);
        }
    }

    public static void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> seen, string what)
    {
        var (left, right) = (expected.ToList(), seen.ToList());
        if (!left.SequenceEqual(right))
        {
            throw new ExpectationException($"{what}: {Show(left)}", Show(right));
        }
    }

    public static T NotNull<T>(T? seen, string what) where T : class => seen ?? throw new ExpectationException(what, "null");

    private static string Show<T>(List<T> items) => $"[{string.Join(", ", items.Take(20).Select(item => Show(item)))}{(items.Count > 20 ? ", …" : "")}] ({items.Count})";

    private static string Show<T>(T value) => value switch
    {
        null => "null",
        DateTimeOffset time => time.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

/// <summary>An expectation that did not hold; the rule that it belongs to adds its sentence.</summary>
internal sealed class ExpectationException(string expected, string seen) : Exception($"Expected {expected}, seen {seen}.")
{
    public string Expected { get; } = expected;

    public string Seen { get; } = seen;
}
