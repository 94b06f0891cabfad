using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using Sojourn.Engine;

namespace Sojourn.Benchmarks;

/// <summary>A request that sets one value and has it written, after its session was validated; beside a dictionary write.</summary>
public class CommitOne
{
    private const int Sessions = 10_000;
    private static readonly SessionKey<int> Cart = new("cart");

    private readonly ConcurrentDictionary<SessionId, byte[]> _table = new();
    private World _world = null!;
    private SessionValidation[] _validations = [];
    private int _position;
    private int _value;

    [GlobalSetup]
    public void Setup()
    {
        _world = World.Create(Sessions);
        _validations = [.. _world.Tokens.Select(_world.Validate)];
    }

    [Benchmark(Baseline = true)]
    public void Raw() => _table[_world.Tokens[Next()].Id] = BitConverter.GetBytes(++_value);

    [Benchmark]
    public bool Sojourn()
    {
        var request = new RequestSession(_world.Engine);
        var position = Next();
        request.Open(_validations[position], _world.Tokens[position]);
        request.Session.Set(Cart, ++_value);
        var commit = request.Session.CommitAsync();
        return commit.IsCompletedSuccessfully ? true : throw new InvalidOperationException("The value was not written at once.", commit.AsTask().Exception);
    }

    private int Next() => _position = (_position + 1) % Sessions;
}
