namespace Peers.Measuring;

/// <summary>One run of wrk against one contestant.</summary>
/// <param name="PerSecond">Requests per second.</param>
/// <param name="Cpu">CPU time of the server for each request, user and system, in microseconds.</param>
/// <param name="Bytes">Bytes that the server allocated for each request.</param>
/// <param name="P50">Median latency in microseconds.</param>
/// <param name="P99">99th percentile of the latency in microseconds.</param>
internal sealed record Sample(double PerSecond, double Cpu, double Bytes, double P50, double P99);

/// <summary>A contestant's run between two of the bare server: a X a. The machine drifts, and both sides drift with it.</summary>
internal sealed record Round(Sample Own, Sample Before, Sample After)
{
    /// <summary>Requests per second as a share of bare in the same round.</summary>
    public double Rate => Own.PerSecond / ((Before.PerSecond + After.PerSecond) / 2);

    /// <summary>CPU per request as a multiple of bare in the same round.</summary>
    public double Cpu => Own.Cpu / ((Before.Cpu + After.Cpu) / 2);

    /// <summary>Allocated bytes per request over bare.</summary>
    public double BytesOverBare => Own.Bytes - (Before.Bytes + After.Bytes) / 2;
}
