using Peers.Contestants;
using Peers.Work;

namespace Peers.Measuring;

/// <summary>Store calls for each request, reads and writes.</summary>
internal readonly record struct CallsPerRequest(double Reads, double Writes);

/// <summary>All that was measured, by work and contestant. Nothing else goes into the report.</summary>
internal sealed class Measurements
{
    private readonly Dictionary<(string Work, string Contestant), List<Round>> _rounds = [];

    /// <summary>Bytes per session on the managed heap, by contestant.</summary>
    public Dictionary<string, double> SessionBytes { get; } = [];

    /// <summary>Bytes of cookies that a browser sends with each request, by contestant.</summary>
    public Dictionary<string, int> CookieBytes { get; } = [];

    public Dictionary<(string Work, string Contestant), CallsPerRequest> Calls { get; } = [];

    public void Add(Workload work, IContestant contestant, Round round)
    {
        if (!_rounds.TryGetValue((work.Name, contestant.Name), out var rounds))
        {
            _rounds[(work.Name, contestant.Name)] = rounds = [];
        }

        rounds.Add(round);
    }

    /// <summary>The rounds of a contestant in a work, in order; empty when it was not measured.</summary>
    public IReadOnlyList<Round> Of(Workload work, string contestant) => _rounds.GetValueOrDefault((work.Name, contestant)) ?? [];

    /// <summary>The runs of bare in a work, each once, though the one after a contestant is the one before the next.</summary>
    public IReadOnlyList<Sample> Bare(Workload work) => [.. _rounds
        .Where(each => each.Key.Work == work.Name)
        .SelectMany(each => each.Value)
        .SelectMany(round => new[] { round.Before, round.After })
        .Distinct()];

    /// <summary>One contestant's rate as a multiple of another's, round by round, each against its own bare.</summary>
    public Spread? RateAgainst(Workload work, string contestant, string peer) => Against(work, contestant, peer, static (own, other) => own.Rate / other.Rate);

    /// <summary>How many bytes more than another one a contestant allocates for a request.</summary>
    public Spread? BytesAgainst(Workload work, string contestant, string peer) => Against(work, contestant, peer, static (own, other) => own.Own.Bytes - other.Own.Bytes);

    private Spread? Against(Workload work, string contestant, string peer, Func<Round, Round, double> compare)
    {
        var (own, other) = (Of(work, contestant), Of(work, peer));
        return own.Count == 0 || own.Count != other.Count ? null : Spread.Of(own.Zip(other, compare));
    }
}
