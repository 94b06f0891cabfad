using System.Text.Json.Serialization;

namespace Shop.Goods;

/// <summary>One line of a cart.</summary>
public sealed record CartLine(string Sku, int Quantity);

/// <summary>What somebody is about to buy. Immutable: a changed cart is a new one, which is then put into the session.</summary>
public sealed record Cart(IReadOnlyList<CartLine> Lines)
{
    /// <summary>The most that a cart holds of one product.</summary>
    public const int MostOfOne = 99;

    public static Cart Empty { get; } = new([]);

    [JsonIgnore]
    public int Count => Lines.Sum(line => line.Quantity);

    [JsonIgnore]
    public decimal Total => Lines.Sum(line => line.Quantity * (Catalogue.Find(line.Sku)?.Price ?? 0));

    public static bool IsQuantity(int quantity) => quantity is >= 1 and <= MostOfOne;

    /// <summary>With so many more of a product; null if that would be too many of it.</summary>
    public Cart? With(string sku, int quantity)
    {
        var had = Lines.FirstOrDefault(line => line.Sku == sku);
        var line = new CartLine(sku, quantity + (had?.Quantity ?? 0));
        return !IsQuantity(line.Quantity) ? null
            : had is null ? new([.. Lines, line])
            : new([.. Lines.Select(each => each == had ? line : each)]);
    }

    public Cart Without(string sku) => new([.. Lines.Where(line => line.Sku != sku)]);
}
