using System.Collections.Immutable;

namespace Sojourn;

/// <summary>How a person authenticated: a context class (<c>acr</c>) and methods (<c>amr</c>), each with its time.</summary>
public sealed class SessionAssurance
{
    /// <summary>Nothing is known of it.</summary>
    public static SessionAssurance None { get; } = new(null, []);

    /// <summary>Makes an assurance.</summary>
    /// <param name="acr">The authentication context class, or null.</param>
    /// <param name="methods">The methods; of the same name only the latest is kept, so one method never counts as two.</param>
    /// <param name="acrAt">When the class was reached; by default never, so that it does not count as fresh.</param>
    public SessionAssurance(string? acr, ImmutableArray<SessionMethod> methods, DateTimeOffset acrAt = default)
    {
        Acr = acr;
        AcrAt = acr is null ? default : acrAt;
        Methods = methods.IsDefaultOrEmpty ? [] : Latest(methods);
    }

    /// <summary>The authentication context class, or null.</summary>
    public string? Acr { get; }

    /// <summary>When that class was reached; a later authentication that does not reach it leaves both.</summary>
    public DateTimeOffset AcrAt { get; }

    /// <summary>The methods, each name once.</summary>
    public ImmutableArray<SessionMethod> Methods { get; }

    /// <summary>Adds methods used at one time, and replaces the context class when one is given.</summary>
    public SessionAssurance With(string? acr, IEnumerable<string> methods, DateTimeOffset at)
        => new(acr ?? Acr, [.. Methods, .. methods.Select(name => new SessionMethod(name, at))], acr is null ? AcrAt : at);

    private static ImmutableArray<SessionMethod> Latest(ImmutableArray<SessionMethod> methods)
        => methods.Length == 1 ? methods : [.. methods.GroupBy(method => method.Name, StringComparer.Ordinal).Select(same => same.MaxBy(method => method.At))];
}

/// <summary>One authentication method and when it was used.</summary>
/// <param name="Name">Its name as in RFC 8176, for example <c>pwd</c>, <c>otp</c>, <c>hwk</c>.</param>
/// <param name="At">When it succeeded.</param>
public readonly record struct SessionMethod(string Name, DateTimeOffset At);
