namespace Peers.Contestants;

/// <summary>The measure of all others: Kestrel and a minimal endpoint, which knows the answer.</summary>
internal sealed class BareServer : IContestant
{
    public string Name => ContestantList.Bare;

    public string Title => "bare Kestrel, one minimal endpoint";

    public Can Can => Can.Read | Can.Write | Can.SignIn | Can.SignOut;

    public void AddServices(IServiceCollection services, StoreCalls? calls)
    {
    }

    public void Map(WebApplication app)
    {
        app.MapGet("/me", static () => Answer.Of(Answer.HotUser, Answer.Cart));
        app.MapPost("/write", static () => Answer.Of(Answer.HotUser, Answer.NextSeen() > 0 ? Answer.Cart : 0));
        app.MapPost("/sign-in/{user?}", static (string? user) => (user ?? Answer.NextUser()).Length > 0 ? Answer.Done : "");
        app.MapPost("/sign-out", static () => Answer.Done);
    }
}
