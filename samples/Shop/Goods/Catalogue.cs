using System.Collections.Frozen;

namespace Shop.Goods;

/// <summary>Everything that the shop sells.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Product> Products { get; } =
    [
        new("tea", "Mountain tea", "Loose leaves, late harvest", 6.40m),
        new("honey", "Forest honey", "Dark, from one valley", 8.90m),
        new("mug", "Enamel mug", "Survives every fall", 12.00m),
        new("kettle", "Camp kettle", "One litre, folding handle", 34.50m),
        new("bread", "Rye crispbread", "Keeps for a month", 3.80m),
        new("candle", "Beeswax candle", "Burns for six evenings", 9.50m),
        new("lantern", "Storm lantern", "Wind does not put it out", 42.00m),
        new("blanket", "Wool blanket", "Woven in wide stripes", 79.00m),
        new("socks", "Walking socks", "Knitted, no seams", 14.20m),
        new("notebook", "Pocket notebook", "Ninety-six plain pages", 7.60m),
        new("compass", "Brass compass", "Points where it should", 28.00m),
        new("map", "Folding map", "All paths, one to 50,000", 11.90m),
    ];

    private static readonly FrozenDictionary<string, Product> BySku = Products.ToFrozenDictionary(product => product.Sku);

    /// <summary>The product, or null when there is none of that name.</summary>
    public static Product? Find(string sku) => BySku.GetValueOrDefault(sku);

    /// <summary>What these lines cost.</summary>
    public static decimal Total(IEnumerable<CartLine> lines) => lines.Sum(line => line.Quantity * (Find(line.Sku)?.Price ?? 0));
}
