using BenchmarkDotNet.Attributes;

namespace Sojourn.Benchmarks;

/// <summary>Noting activity of a session by its handle, beside a look-up and the time written to what it finds.</summary>
public class Touch
{
    private const int Sessions = 10_000;

    private RawTable _table = null!;
    private string[] _rawTokens = [];
    private World _world = null!;
    private int _rawPosition;
    private int _position;

    [GlobalSetup]
    public void Setup()
    {
        _table = RawTable.Create(Sessions, out _rawTokens);
        _world = World.Create(Sessions);
    }

    [Benchmark(Baseline = true)]
    public void Raw() => _table.Find(_rawTokens[_rawPosition = (_rawPosition + 1) % Sessions])!.See(DateTimeOffset.UtcNow);

    [Benchmark]
    public bool Sojourn() => World.Now(_world.Manager.TouchAsync(_world.Tokens[_position = (_position + 1) % Sessions].Id));
}
