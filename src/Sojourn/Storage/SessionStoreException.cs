namespace Sojourn;

/// <summary>
/// The store could not do what it was asked. Expected outcomes are values; this is a fault: the store is down, slow,
/// full of errors, or refuses to be used. It never carries a token or personal data.
/// </summary>
public sealed class SessionStoreException : Exception
{
    /// <summary>Describes a fault.</summary>
    /// <param name="operation">The store operation, for example "Find".</param>
    /// <param name="message">What went wrong and what to do.</param>
    /// <param name="isTransient">Whether trying again may help.</param>
    /// <param name="inner">The provider's own exception.</param>
    public SessionStoreException(string operation, string message, bool isTransient, Exception? inner = null)
        : base($"{operation}: {message}", inner)
    {
        Operation = operation;
        IsTransient = isTransient;
    }

    /// <summary>The store operation that failed.</summary>
    public string Operation { get; }

    /// <summary>Whether trying again may help.</summary>
    public bool IsTransient { get; }

    /// <summary>
    /// Whether the store works, and refuses just this call: no room for more, one damaged record. Other faults count as
    /// a store that is down, which is not asked for a while when they repeat. Default false.
    /// </summary>
    public bool IsRefusal { get; init; }

    /// <summary>
    /// Whether the write may have happened. Every write can be repeated safely: it then happens once.
    /// </summary>
    public bool InDoubt { get; init; }
}
