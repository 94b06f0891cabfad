namespace Sojourn.Testing;

/// <summary>Short waits of varying length, the same in every run, so that racers meet at different points.</summary>
internal sealed class Jitter(uint seed)
{
    private uint _state = seed * 2654435761u;

    public void Spin()
    {
        Step();
        var iterations = (_state & 3) switch
        {
            0 => 0u,
            1 => (_state >> 8) & 7,
            2 => (_state >> 8) & 63,
            _ => (_state >> 8) & 255,
        };
        if (iterations > 0)
        {
            Thread.SpinWait((int)iterations);
        }
    }

    /// <summary>The next number from 0 up to, not including, 1.</summary>
    public double Fraction()
    {
        Step();
        return _state / 4294967296.0;
    }

    private void Step()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
    }
}
