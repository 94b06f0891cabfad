using BenchmarkDotNet.Attributes;

namespace Sojourn.Benchmarks;

/// <summary>
/// Presenting a token and getting its successor, beside a look-up and a change of key. A session rotates again only after
/// a while, so there are many and the time moves by hand.
/// </summary>
public class Rotate
{
    private const int Sessions = 10_000;

    private readonly HandClock _clock = new();
    private RawTable _table = null!;
    private string[] _rawTokens = [];
    private World _world = null!;
    private int _rawPosition;
    private int _position;

    [GlobalSetup]
    public void Setup()
    {
        _table = RawTable.Create(Sessions, out _rawTokens);
        _world = World.Create(Sessions, _clock, isPersistent: true);
        _clock.Advance(TimeSpan.FromMinutes(30));
    }

    [Benchmark(Baseline = true)]
    public string Raw()
    {
        ref var token = ref _rawTokens[_rawPosition = (_rawPosition + 1) % Sessions];
        return token = _table.Rotate(token);
    }

    [Benchmark]
    public SessionToken Sojourn()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(100)); // all of them in 1,000 seconds: longer than the late band
        ref var token = ref _world.Tokens[_position = (_position + 1) % Sessions];
        return token = World.Now(_world.Manager.RotateAsync(token)) ?? throw new InvalidOperationException("The token did not rotate.");
    }

    private sealed class HandClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
