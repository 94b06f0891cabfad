using Peers.Measuring;

namespace Peers.Tests;

public sealed class WrkOutputTests
{
    private const string Head = """
        Running 2s test @ http://127.0.0.1:5000/me
          1 threads and 32 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency   270.12us  500.00us  20.00ms   95.00%
            Req/Sec   100.00k     5.00k  110.00k    70.00%
          Latency Distribution
             50%  160.50us
             75%  200.00us
             90%  300.00us
             99%    1.10ms
          199999 requests in 2.00s, 30.00MB read

        """;

    private const string Tail = """
        Requests/sec:  99999.50
        Transfer/sec:     15.00MB

        """;

    [Fact]
    public void A_clean_run_is_read()
    {
        var run = WrkOutputParser.Parse(Head + Tail);
        Assert.Equal(new WrkOutput(199_999, 99_999.5, TimeSpan.FromMicroseconds(160.5), TimeSpan.FromMilliseconds(1.1), 0, 0), run);
    }

    [Fact]
    public void Refused_answers_and_broken_connections_are_told_apart_from_slow_ones()
    {
        var run = WrkOutputParser.Parse(Head + "  Socket errors: connect 1, read 2, write 3, timeout 40\n  Non-2xx or 3xx responses: 5\n" + Tail);
        Assert.Equal((5, 6), (run.Refused, run.Broken));
    }

    [Fact]
    public void A_used_up_list_counts_by_the_time_it_lasted() =>
        Assert.Equal(400_000, WrkOutputParser.Parse(Head + Tail + "used up after 0.499998 s\n").PerSecond, 5_000d);

    [Theory]
    [InlineData("950.00us", 950)]
    [InlineData("1.10ms", 1_100)]
    [InlineData("2.50s", 2_500_000)]
    [InlineData("1.50m", 90_000_000)]
    [InlineData("0.00us", 0)]
    public void Times_are_read_in_each_unit(string text, double microseconds) => Assert.Equal(microseconds, WrkOutputParser.Duration(text).TotalMicroseconds, 0.001);

    [Theory]
    [InlineData("")]
    [InlineData("unable to connect to 127.0.0.1:1 Connection refused")]
    public void Anything_else_is_an_error_that_shows_what_wrk_said(string text) => Assert.Contains(text, Assert.Throws<FormatException>(() => WrkOutputParser.Parse(text)).Message, StringComparison.Ordinal);
}
