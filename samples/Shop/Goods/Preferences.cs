using System.Globalization;

namespace Shop.Goods;

/// <summary>How the shop looks to somebody.</summary>
/// <param name="Theme">One of <see cref="Themes"/>.</param>
/// <param name="Currency">One of <see cref="Currencies"/>.</param>
public sealed record Preferences(string Theme, string Currency)
{
    public static Preferences Default { get; } = new("system", "EUR");

    public static IReadOnlyList<string> Themes { get; } = ["system", "light", "dark"];

    public static IReadOnlyList<string> Currencies { get; } = ["EUR", "USD", "GBP"];

    public static bool AreKnown(string theme, string currency) => Themes.Contains(theme) && Currencies.Contains(currency);

    /// <summary>A price in the currency. The rates are made up, like the goods.</summary>
    public string Show(decimal euros)
    {
        var (sign, rate) = Currency switch
        {
            "USD" => ("$", 1.10m),
            "GBP" => ("£", 0.86m),
            _ => ("€", 1m),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{sign} {euros * rate:0.00}");
    }
}
