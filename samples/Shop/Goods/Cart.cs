using System.Text.Json.Serialization;

namespace Shop.Goods;

/// <summary>One line of a cart.</summary>
public sealed record CartLine(string Sku, int Quantity);

/// <summary>What somebody is about to buy. Immutable: a changed cart is a new one, which is then put into the session.</summary>
/// <param name="Lines">What is in it.</param>
/// <param name="LastOrder">What was ordered last. It is part of the cart so that ordering is one change: never a cart without its order.</param>
public sealed record Cart(IReadOnlyList<CartLine> Lines, Order? LastOrder = null)
{
    /// <summary>The most that a cart holds of one product.</summary>
    public const int MostOfOne = 99;

    public static Cart Empty { get; } = new([]);

    [JsonIgnore]
    public int Count => Lines.Sum(line => line.Quantity);

    [JsonIgnore]
    public decimal Total => Catalogue.Total(Lines);

    public static bool IsQuantity(int quantity) => quantity is >= 1 and <= MostOfOne;

    /// <summary>With so many more of a product; null if that would be too many of it.</summary>
    public Cart? With(string sku, int quantity)
    {
        var had = Lines.FirstOrDefault(line => line.Sku == sku);
        var line = new CartLine(sku, quantity + (had?.Quantity ?? 0));
        return !IsQuantity(line.Quantity) ? null
            : had is null ? this with { Lines = [.. Lines, line] }
            : this with { Lines = [.. Lines.Select(each => each == had ? line : each)] };
    }

    public Cart Without(string sku) => this with { Lines = [.. Lines.Where(line => line.Sku != sku)] };

    /// <summary>With all of it ordered; an empty cart stays as it is, its last order too.</summary>
    public Cart Ordered(string number) => Lines.Count == 0 ? this : new([], new Order(number, Lines));
}
