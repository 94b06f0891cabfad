namespace Sojourn;

/// <summary>
/// A stored value does not read as the type of its key, or a type cannot be written. It never reads as absent, so that
/// nothing is overwritten by mistake. Names key and type, not the value.
/// </summary>
public sealed class SessionDataException : Exception
{
    internal SessionDataException(string key, Type type, string message, Exception? inner = null)
        : base($"Session data \"{key}\" ({type.Name}): {message}", inner)
    {
        Key = key;
        Type = type;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The type that the key stands for.</summary>
    public Type Type { get; }
}
