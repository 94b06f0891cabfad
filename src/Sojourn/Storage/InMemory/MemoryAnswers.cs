namespace Sojourn.Storage;

/// <summary>
/// The answers to the last 16 data writes of a session, so that a write that is repeated after a result in doubt gets
/// the same answer and happens once. Each is kept for two minutes by the times that the writes themselves carry.
/// </summary>
internal sealed class MemoryAnswers
{
    // In milliseconds, as all times here.
    private const long KeptFor = 2 * 60 * 1000;
    private const int Most = 16;

    // Grows with use: most sessions never write data, and most others once in a while.
    private Answer[] _answers = [];
    private int _count;

    /// <summary>Bytes of values that live on in answers only.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>When the oldest answer may be forgotten; null when there is none.</summary>
    public long? OldestUntil => _count == 0 ? null : _answers[0].At + KeptFor;

    /// <summary>Finds the answer to a write. It is a <see cref="DataResult"/>, a <see cref="DataValue"/>, or null for "absent".</summary>
    public bool TryFind(WriteId write, out object? answer)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_answers[i].Write == write)
            {
                answer = _answers[i].Result;
                return true;
            }
        }

        answer = null;
        return false;
    }

    /// <summary>Remembers an answer; the oldest beyond 16 goes.</summary>
    /// <returns>How many bytes that no longer have to be counted.</returns>
    public long Add(WriteId write, long at, object? result, long heldBytes)
    {
        var freed = Forget(at);
        if (_count == Most)
        {
            freed += Drop(1);
        }

        if (_count == _answers.Length)
        {
            Array.Resize(ref _answers, Math.Max(2, 2 * _count));
        }

        _answers[_count++] = new(write, at, result, heldBytes);
        HeldBytes += heldBytes;
        return freed;
    }

    /// <summary>Forgets what was answered more than two minutes ago.</summary>
    /// <returns>How many bytes that no longer have to be counted.</returns>
    public long Forget(long now)
    {
        var old = 0;
        while (old < _count && _answers[old].At < now - KeptFor)
        {
            old++;
        }

        return Drop(old);
    }

    private long Drop(int old)
    {
        var freed = 0L;
        foreach (ref var answer in _answers.AsSpan(0, old))
        {
            freed += answer.HeldBytes;
        }

        _answers.AsSpan(old, _count - old).CopyTo(_answers);
        _answers.AsSpan(_count - old, old).Clear();
        _count -= old;
        HeldBytes -= freed;
        if (_count == 0)
        {
            _answers = [];
        }

        return freed;
    }

    private readonly struct Answer(WriteId write, long at, object? result, long heldBytes)
    {
        public WriteId Write { get; } = write;

        public long At { get; } = at;

        public object? Result { get; } = result;

        public long HeldBytes { get; } = heldBytes;
    }
}
