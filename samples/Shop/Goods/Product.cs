namespace Shop.Goods;

/// <summary>Something to buy. The price is in euros.</summary>
internal sealed record Product(string Sku, string Name, string Words, decimal Price)
{
    public string Picture => $"/goods/{Sku}.svg";
}
