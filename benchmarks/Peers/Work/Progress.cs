using System.Diagnostics;

namespace Peers.Work;

/// <summary>Says what has been done and how long the rest will take, judged by what the steps so far took.</summary>
internal sealed class Progress(int steps)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _done;

    public void Say(string line)
    {
        _done++;
        var left = Stopwatch.GetElapsedTime(_began) / _done * Math.Max(0, steps - _done);
        var time = left.TotalMinutes >= 1.5 ? $"{left.TotalMinutes:0} min" : $"{Math.Ceiling(left.TotalSeconds / 10) * 10:0} s";
        Console.WriteLine($"[{_done}/{steps}, about {time} left] {line}");
    }
}
