namespace Shop.Goods;

/// <summary>What somebody ordered.</summary>
public sealed record Order(string Number, IReadOnlyList<CartLine> Lines);
