namespace Sojourn.Engine;

/// <summary>What a request's session needs of whatever serves the request.</summary>
internal interface IRequestHost
{
    /// <summary>Whether the response has started; then nothing that needs its headers may be done.</summary>
    bool HasResponseStarted { get; }

    /// <summary>Whether the endpoint goes on without a session while the store cannot be asked.</summary>
    bool GoesOnWithout { get; }

    /// <summary>Told of every fault and refusal, before it goes up through code that may catch it.</summary>
    void Faulted(Exception fault);

    /// <summary>Told each time that the application looks at the session.</summary>
    void Used();
}
