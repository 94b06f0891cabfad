using System.Net;
using Peers.Contestants;

namespace Peers.Work;

/// <summary>Whether a contestant answers right, and does what it claims. Measured is only who passes.</summary>
internal static class Check
{
    /// <returns>The cookie of a session that goes on: the hot one.</returns>
    public static async Task<string> PassAsync(IContestant contestant, Client client)
    {
        var can = contestant.Can;
        var cookie = "";
        if (can.HasFlag(Can.SignIn))
        {
            cookie = await client.SignInAsync(Answer.HotUser);
            Expect(contestant, cookie.Length > 0 || !can.HasFlag(Can.Refuse), "the sign-in set no cookie");
        }

        await AnswersAsync(contestant, client, "GET", "/me", cookie);
        if (can.HasFlag(Can.Write))
        {
            await AnswersAsync(contestant, client, "POST", "/write", cookie);
            await AnswersAsync(contestant, client, "GET", "/me", cookie);
        }

        if (can.HasFlag(Can.Refuse))
        {
            var (status, _) = await client.AskAsync("GET", "/me", cookie: null);
            Expect(contestant, status == HttpStatusCode.Unauthorized, $"without a cookie it answered {(int)status}");
            (status, _) = await client.AskAsync("GET", "/me", Changed(cookie));
            Expect(contestant, status == HttpStatusCode.Unauthorized, $"with a changed cookie it answered {(int)status}");
        }

        if (can.HasFlag(Can.SignOut) && can.HasFlag(Can.Refuse))
        {
            await SignsOutAsync(contestant, client);
        }

        return cookie;
    }

    private static async Task SignsOutAsync(IContestant contestant, Client client)
    {
        var cookie = await client.SignInAsync(Answer.HotUser);
        var (status, _) = await client.AskAsync("POST", "/sign-out", cookie);
        Expect(contestant, status == HttpStatusCode.OK, $"the sign-out was answered with {(int)status}");
        (status, _) = await client.AskAsync("GET", "/me", cookie);
        var ends = status == HttpStatusCode.Unauthorized;
        Expect(contestant, ends == contestant.Can.HasFlag(Can.EndAtSignOut), $"after the sign-out the old cookie got {(int)status}, which is not what it claims");
    }

    private static async Task AnswersAsync(IContestant contestant, Client client, string method, string path, string cookie)
    {
        var (status, body) = await client.AskAsync(method, path, cookie);
        Expect(contestant, status == HttpStatusCode.OK && body == Answer.Expected, $"{method} {path} got {(int)status} \"{body}\"");
    }

    /// <summary>One character in the middle of each value becomes another.</summary>
    private static string Changed(string cookies) => string.Join("; ", cookies.Split("; ").Select(static cookie =>
    {
        var at = (cookie.IndexOf('=') + cookie.Length) / 2;
        return string.Concat(cookie.AsSpan(0, at), cookie[at] == 'A' ? "B" : "A", cookie.AsSpan(at + 1));
    }));

    private static void Expect(IContestant contestant, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RunException($"{contestant.Name} does not answer right: {otherwise}.");
        }
    }
}
