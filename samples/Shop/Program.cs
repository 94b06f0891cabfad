using Microsoft.AspNetCore.Connections;
using Shop;
using Sojourn;

try
{
    var arguments = ShopArguments.Parse(args);
    await using var app = ShopApp.Build(arguments);
    await app.StartAsync();
    Welcome.Print(app, arguments);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (IOException fault) when (fault.InnerException is AddressInUseException)
{
    Console.Error.WriteLine("The shop cannot open, since another program uses its address: stop that one, or choose another address with --urls http://localhost:5081");
}
catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException or SessionStoreException)
{
    Console.Error.WriteLine($"The shop cannot open: {fault.Message}");
}

return 1;
