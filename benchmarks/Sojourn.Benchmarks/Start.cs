using BenchmarkDotNet.Attributes;

namespace Sojourn.Benchmarks;

/// <summary>
/// Starting a session, beside random bytes, their hash and an insert. What was started stays, so the tables are made anew
/// before they have grown by half.
/// </summary>
[InvocationCount(Starts, 16)]
public class Start : SessionBenchmark
{
    private const int Starts = 4096;

    private RawTable _table = null!;
    private World _world = null!;
    private SessionStart[] _starts = [];
    private int _started;
    private int _position;

    [IterationSetup]
    public void Setup()
    {
        if (_started == 0 || _started > Sessions / 2)
        {
            _table = RawTable.Create(Sessions, out _);
            _world = World.Create(Sessions);
            _starts = StartRequest.Many(Math.Max(Starts, Sessions));
            _started = 0;
        }

        _started += Starts;
    }

    [Benchmark(Baseline = true)]
    public string Raw() => _table.Start(Next().Subject!);

    [Benchmark]
    public SessionToken Sojourn() => _world.Start(Next());

    private SessionStart Next() => _starts[_position = (_position + 1) % _starts.Length];
}
