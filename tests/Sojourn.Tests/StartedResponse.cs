using Sojourn.Engine;

namespace Sojourn.Tests;

/// <summary>The host of a request whose response has started.</summary>
internal sealed class StartedResponse : IRequestHost
{
    public bool HasResponseStarted => true;

    public bool GoesOnWithout => false;

    public void Faulted(Exception fault)
    {
    }

    public void Used()
    {
    }
}
