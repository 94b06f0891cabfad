using Microsoft.AspNetCore.Builder;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The orders of middleware that applications have.</summary>
internal static class Orders
{
    private static readonly Dictionary<string, Action<WebApplication>> All = new(StringComparer.Ordinal)
    {
        ["automatic"] = app => app.UseSojourn(),
        ["in its place"] = app => app.UseSojournAuthentication().UseAuthorization(),
        ["routing, in its place"] = app => app.UseRouting().UseSojournAuthentication().UseAuthorization(),
        ["named, Sojourn last"] = app => app.UseAuthentication().UseAuthorization().UseSojourn(),
        ["named, Sojourn between"] = app => app.UseAuthentication().UseSojourn().UseAuthorization(),
        ["named, Sojourn first"] = app => app.UseSojourn().UseAuthentication().UseAuthorization(),
        ["routing, Sojourn last"] = app => app.UseRouting().UseAuthentication().UseAuthorization().UseSojourn(),
        ["routing, Sojourn first"] = app => app.UseRouting().UseSojourn().UseAuthentication().UseAuthorization(),
        ["Sojourn before routing"] = app => app.UseSojourn().UseRouting().UseAuthentication().UseAuthorization(),
        ["authentication before routing"] = app => app.UseAuthentication().UseRouting().UseAuthorization().UseSojourn(),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Every order without and with an exception page, in both environments; other kinds of pages with two of them.</summary>
    public static TheoryData<string, string, string> Everything
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var order in All.Keys)
            {
                data.Add(order, "Development", "none");
                data.Add(order, "Production", "none");
                data.Add(order, "Production", "handler");
            }

            foreach (var order in new[] { "automatic", "routing, Sojourn last" })
            {
                data.Add(order, "Development", "handler");
                data.Add(order, "Production", "path");
                data.Add(order, "Production", "own");
            }

            return data;
        }
    }

    public static Action<WebApplication> Named(string order) => All[order];
}
