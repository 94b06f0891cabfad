using System.Globalization;
using Sojourn.Engine;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The table of defaults in docs/concepts.md says what the code does.</summary>
public sealed class DefaultsTableTests
{
    private static readonly string Text = Documents.Read("docs/concepts.md");
    private static readonly SessionPolicy Policy = new();

    public static TheoryData<string> Rows
    {
        get
        {
            var (signedIn, remembered, anonymous) = (Policy.SignedIn, Policy.Remembered!, Policy.Anonymous);
            return
            [
                Row("idle timeout", signedIn.Idle, remembered.Idle, anonymous.Idle),
                Row("absolute timeout", signedIn.Absolute, remembered.Absolute, anonymous.Absolute),
                Row("rotation, of use", signedIn.Rotation, remembered.Rotation, anonymous.Rotation),
                Row("grace of a replaced token", Policy.Grace, Policy.Grace, Policy.Grace),
                Row("late band", Late(signedIn, false), Late(remembered, false), Late(anonymous, true)),
                Row("touch interval", Touch(signedIn), Touch(remembered), Touch(anonymous)),
                Row("unconfirmed session", Policy.UnconfirmedTimeout, Policy.UnconfirmedTimeout, Policy.UnconfirmedTimeout),
                Row("history of ended sessions", Policy.History, Policy.History, Timeout.InfiniteTimeSpan), // a visitor leaves none
            ];
        }
    }

    [Theory, MemberData(nameof(Rows)), Requirement("ASVS-7.1.1"), Requirement("NIST-5.2-5"), Requirement("CSMCS-28")]
    public void A_row_of_the_table_agrees_with_the_code(string row) => Assert.Contains("\n" + row + "\n", Text, StringComparison.Ordinal);

    [Fact]
    public void The_table_has_no_other_rows()
    {
        var table = Text.Split("| setting | signed in | remembered | anonymous |\n")[1].Split("\n\n")[0].Split('\n').Skip(1);

        Assert.Equal(Rows.Select(row => row.Data), table);
    }

    [Fact, Requirement("ASVS-7.1.2")]
    public void The_limits_in_the_text_agree_with_the_code()
    {
        var (text, options) = (Text.Replace('\n', ' '), new SojournOptions());

        Assert.Contains($"One subject may have {Policy.MaxSessions} sessions", text, StringComparison.Ordinal);
        Assert.Contains($"(`{Policy.WhenFull}`; `EndOldest` and `Refuse` are the others)", text, StringComparison.Ordinal);
        Assert.Contains($"Each of the 256 shards holds {options.MaxVisitorsPerShard} visitors", text, StringComparison.Ordinal);
        Assert.Contains($"session data may take {Policy.MaxValueBytes / 1024} KiB, a session's data {Policy.MaxDataBytes / 1024} KiB", text, StringComparison.Ordinal);
        Assert.Contains("never rarer than a tenth of the idle timeout", text, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(30), SessionLifetime.TouchInterval(Policy, TimeSpan.FromMinutes(5)));
        Assert.Equal(SessionReplayBehavior.End, Policy.OnReplay);
    }

    [Theory]
    [InlineData("NistAal1")]
    [InlineData("NistAal2")]
    [InlineData("NistAal3")]
    [InlineData("OwaspHighValue")]
    [InlineData("OwaspLowRisk")]
    public void The_presets_that_the_text_names_exist(string name)
    {
        Assert.Contains(name + "()", Text, StringComparison.Ordinal);
        Assert.IsType<SessionPolicy>(typeof(SessionPolicy).GetMethod(name)!.Invoke(null, null));
    }

    private static string Row(string setting, params TimeSpan[] values) => $"| {setting} | {string.Join(" | ", values.Select(Words))} |";

    private static TimeSpan Late(SessionTimeouts times, bool anonymous) => RotationRules.Of(Policy, times, anonymous).Late;

    private static TimeSpan Touch(SessionTimeouts times) => SessionLifetime.TouchInterval(Policy, times.Idle);

    private static string Words(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? "none"
        : Whole(time.TotalDays, "days") ?? Whole(time.TotalHours, "h") ?? Whole(time.TotalMinutes, "min") ?? Digits(time.TotalSeconds) + " s";

    private static string? Whole(double number, string unit) => number >= 2 && number == Math.Floor(number) ? $"{Digits(number)} {unit}" : null;

    private static string Digits(double number) => number.ToString(CultureInfo.InvariantCulture);
}
