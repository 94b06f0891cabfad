using System.Buffers;
using System.IO.Pipelines;

namespace Sojourn.AspNetCore;

/// <summary>
/// Bytes that were written before it is known whether they may go out, in one pooled buffer that grows. A mutable
/// struct: part of the one <see cref="CommittingBody"/> that holds it, and never copied.
/// </summary>
internal struct WaitingBytes
{
    private const int MinimumSize = 1024;

    private byte[]? _buffer;
    private int _end;
    private int _moved;

    /// <summary>How many wait.</summary>
    public readonly int Count => _end - _moved;

    /// <summary>Whether memory has been handed out and not come back through <see cref="Advance"/>.</summary>
    public bool IsLent { get; private set; }

    public Memory<byte> Lend(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = checked(_end + Math.Max(sizeHint, 1));
        if (_buffer is null || _buffer.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, MinimumSize), (int)Math.Min((_buffer?.Length ?? 0) * 2L, Array.MaxLength)));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            Return();
            _buffer = larger;
        }

        IsLent = true;
        return _buffer.AsMemory(_end);
    }

    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _buffer!.Length - _end);
        _end += bytes;
        IsLent = false;
    }

    /// <summary>Hands the bytes on. Memory that is lent stays, since it may still come back.</summary>
    public void MoveTo(PipeWriter writer)
    {
        if (Count > 0)
        {
            var bytes = _buffer.AsSpan(_moved, Count);
            _moved = _end; // even if the writer refuses them
            writer.Write(bytes);
        }

        if (!IsLent)
        {
            Clear();
        }
    }

    /// <summary>Drops the bytes. Memory that is lent stays, since somebody may be writing to it.</summary>
    public void Drop()
    {
        _moved = _end;
        if (!IsLent)
        {
            Clear();
        }
    }

    /// <summary>Takes back a loan whose bytes nobody wants any more.</summary>
    public void CallIn()
    {
        IsLent = false;
        _buffer = null; // not to the pool: its borrower may still write to it
        Clear();
    }

    private void Clear()
    {
        Return();
        _end = _moved = 0;
    }

    private void Return()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
