using System.Text.Json;
using System.Text.Json.Serialization;
using Shop.Accounts;
using Shop.Api;
using Shop.Goods;

namespace Shop;

/// <summary>All JSON of the shop, generated at build time: what its API takes and gives, and what it keeps in sessions.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Cart))]
[JsonSerializable(typeof(PendingAccount))]
[JsonSerializable(typeof(Preferences))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(CartView))]
[JsonSerializable(typeof(CartRequest))]
[JsonSerializable(typeof(DeviceView[]))]
[JsonSerializable(typeof(ConfirmRequest))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(PasswordRequest))]
internal sealed partial class ShopJson : JsonSerializerContext
{
    /// <summary>How the API reads: what is not exactly what it asks for is refused with 400, not guessed at.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Default);
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.PropertyNameCaseInsensitive = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
    }
}
