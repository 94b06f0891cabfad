using System.Text.Json.Serialization.Metadata;

namespace Sojourn;

/// <summary>
/// A typed key of session data, made once and kept: <c>static readonly SessionKey&lt;Cart&gt; Cart = new("cart");</c>.
/// One key has one purpose (WSTG-SESS-08.b): the name and the type belong together.
/// </summary>
/// <typeparam name="T">The type of the value. A record is best: changing an object that was read does nothing until it is set.</typeparam>
public sealed class SessionKey<T>
{
    /// <summary>Makes a key whose type is found through <see cref="SojournOptions.JsonTypes"/>.</summary>
    /// <param name="name">1 to 128 characters, none a control character; unique in the application.</param>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds a control character.</exception>
    public SessionKey(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 128 || name.Any(char.IsControl))
        {
            throw new ArgumentException("The name of a session key is 1 to 128 characters long, none a control character.", nameof(name));
        }

        Name = name;
        Names = [name];
    }

    /// <summary>Makes a key with its JSON description.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds a control character.</exception>
    public SessionKey(string name, JsonTypeInfo<T> jsonType) : this(name) => JsonType = jsonType;

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whether a sign-in takes the value over. Default true.</summary>
    public bool SurvivesSignIn { get; init; } = true;

    /// <summary>How long a value lives after it was set; null (the default) for as long as the session.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Whether reading the value takes it away, atomically: of two readers one gets it. Default false.</summary>
    public bool ReadOnce { get; init; }

    internal JsonTypeInfo<T>? JsonType { get; }

    /// <summary>The name as a store's read takes it, so that no request makes a list of one.</summary>
    internal string[] Names { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
