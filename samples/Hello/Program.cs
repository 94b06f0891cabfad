using System.Security.Claims;
using Sojourn;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSojourn().UseMemory();
var app = builder.Build();
app.UseSojourn();

app.MapGet("/", (Session session) => $"Hello {session.Subject ?? "stranger"}");
app.MapPost("/sign-in/{name}", (string name) => // demo only: checks nothing
    TypedResults.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new("sub", name)], "demo"))));
app.MapPost("/sign-out", () => TypedResults.SignOut());
app.Run();
