using Microsoft.Extensions.Options;

namespace Sojourn.Engine;

/// <summary>Refuses settings at the start, each with its name, the rule and the value.</summary>
internal sealed class SojournOptionsValidator : IValidateOptions<SojournOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400); // RFC 6265bis: no cookie lives longer

    public ValidateOptionsResult Validate(string? name, SojournOptions options)
    {
        var faults = new Faults();
        faults.Check(options.Tenant is { Length: >= 1 and <= 64 } && !options.Tenant.Any(char.IsControl), nameof(options.Tenant), "1 to 64 characters, none a control character");
        faults.Between(options.MaxVisitorsPerShard, 1, 100_000, nameof(options.MaxVisitorsPerShard));
        faults.Between(options.StartsPerSubject, 0, 1_000_000, nameof(options.StartsPerSubject));
        faults.Between(options.StartsPerAddress, 0, 1_000_000, nameof(options.StartsPerAddress));
        faults.Between(options.MaxBufferedTouches, 1, 100_000_000, nameof(options.MaxBufferedTouches));
        faults.Within(options.StoreTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(options.StoreTimeout));
        faults.Within(options.FlushInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(options.FlushInterval));
        faults.Within(options.SweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(options.SweepInterval));
        Policy(faults, SojournOptions.DefaultPolicyName, options.DefaultPolicy, nameof(options.DefaultPolicy));
        foreach (var (policyName, policy) in options.Policies)
        {
            faults.Check(
                policyName.Length is >= 1 and <= 64 && policyName != SojournOptions.DefaultPolicyName,
                $"Policies[\"{policyName}\"]", "named with 1 to 64 characters, and not \"default\" (set DefaultPolicy for that)");
            Policy(faults, policyName, policy, $"Policies[\"{policyName}\"]");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Policy(Faults faults, string policyName, SessionPolicy? policy, string place)
    {
        if (policy is null)
        {
            faults.Check(false, place, "set");
            return;
        }

        var prefix = $"Policy \"{policyName}\": ";
        foreach (var (times, setting) in new[] { (policy.SignedIn, "SignedIn"), (policy.Remembered, "Remembered"), (policy.Anonymous, "Anonymous") })
        {
            if (times is null)
            {
                faults.Check(setting == "Remembered", prefix + setting, "set (only Remembered may be null)");
                continue;
            }

            faults.Within(times.Idle, TimeSpan.FromMinutes(1), Longest, prefix + setting + ".Idle");
            faults.Within(times.Absolute, times.Idle, Longest, prefix + setting + ".Absolute");
            var rotates = times.Rotation != Timeout.InfiniteTimeSpan;
            faults.Check(!rotates || times.Rotation >= TimeSpan.FromMinutes(5), prefix + setting + ".Rotation", "at least 5 minutes, or Timeout.InfiniteTimeSpan for never");
            if (rotates && policy.LateBand is { } late)
            {
                faults.Within(late, policy.Grace, times.Rotation - policy.Grace, prefix + "LateBand");
            }
        }

        faults.Within(policy.Grace, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2), prefix + "Grace");
        faults.Within(policy.TouchInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), prefix + "TouchInterval");
        faults.Within(policy.UnconfirmedTimeout, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), prefix + "UnconfirmedTimeout");
        faults.Within(policy.History, TimeSpan.Zero, Longest, prefix + "History");
        faults.Between(policy.MaxSessions, 1, SubjectRevocation.MaxSessions, prefix + "MaxSessions");
        faults.Between(policy.MaxValueBytes, 1, 1024 * 1024, prefix + "MaxValueBytes");
        faults.Between(policy.MaxDataBytes, policy.MaxValueBytes, 16 * 1024 * 1024, prefix + "MaxDataBytes");
        faults.Check(Enum.IsDefined(policy.WhenFull), prefix + "WhenFull", "one of its named values");
        faults.Check(Enum.IsDefined(policy.OnReplay), prefix + "OnReplay", "one of its named values");
    }

    private sealed class Faults : List<string>
    {
        public void Between(int value, int least, int most, string setting) => Check(value >= least && value <= most, setting, $"{least} to {most} (it is {value})");

        public void Within(TimeSpan value, TimeSpan least, TimeSpan most, string setting) => Check(value >= least && value <= most, setting, $"{least} to {most} (it is {value})");

        public void Check(bool holds, string setting, string rule)
        {
            if (!holds)
            {
                Add($"Sojourn setting {setting} must be {rule}.");
            }
        }
    }
}
