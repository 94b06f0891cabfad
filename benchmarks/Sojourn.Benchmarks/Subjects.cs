using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;

namespace Sojourn.Benchmarks;

/// <summary>The five sessions of one subject, beside the look-up of an array.</summary>
public class ListSubject : SessionBenchmark
{
    private readonly ConcurrentDictionary<string, SessionId[]> _table = new();
    private World _world = null!;
    private string[] _subjects = [];
    private int _position;

    [GlobalSetup]
    public void Setup()
    {
        _world = World.Create(Sessions);
        _subjects = [.. Enumerable.Range(0, _world.Subjects).Select(World.Subject)];
        foreach (var (i, token) in _world.Tokens.Index())
        {
            _table.AddOrUpdate(World.Subject(i % _world.Subjects), _ => [token.Id], (_, ids) => [.. ids, token.Id]);
        }
    }

    [Benchmark(Baseline = true)]
    public int Raw() => _table[Next()].Length;

    [Benchmark]
    public int Sojourn() => World.Now(_world.Manager.ListAsync(Next())).Sessions.Count;

    private string Next() => _subjects[_position = (_position + 1) % _subjects.Length];
}

/// <summary>
/// Ending all five sessions of one subject, beside taking an array out of a dictionary. Before each iteration its
/// subjects sign in again.
/// </summary>
[InvocationCount(Revocations, 16)]
public class RevokeSubject : SessionBenchmark
{
    private const int Revocations = 1024;

    private readonly ConcurrentDictionary<string, SessionId[]> _table = new();
    private readonly string[] _subjects = [.. Enumerable.Range(0, Revocations).Select(World.Subject)];
    private World? _world;
    private int _position;

    [IterationSetup]
    public void Setup()
    {
        _world ??= World.Create(Sessions);
        _position = -1;
        foreach (var subject in _subjects)
        {
            var running = World.Now(_world.Manager.ListAsync(subject)).Sessions.Count;
            for (; running < World.SessionsPerSubject; running++)
            {
                _world.Start(subject);
            }

            _table[subject] = new SessionId[World.SessionsPerSubject];
        }
    }

    [Benchmark(Baseline = true)]
    public int Raw() => _table.TryRemove(_subjects[++_position], out var ids) ? ids.Length : throw new InvalidOperationException("The subject has no sessions.");

    [Benchmark]
    public int Sojourn()
    {
        var ended = World.Now(_world!.Manager.RevokeSubjectAsync(_subjects[++_position], SessionEndReason.RevokedByAdministrator));
        return ended == World.SessionsPerSubject ? ended : throw new InvalidOperationException($"{ended} sessions ended.");
    }
}
