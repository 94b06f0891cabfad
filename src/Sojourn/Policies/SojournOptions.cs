using System.Text.Json.Serialization.Metadata;

namespace Sojourn;

/// <summary>The engine's options: <c>services.AddSojourn(options => …)</c>. Checked at the start.</summary>
public sealed class SojournOptions
{
    /// <summary>The name of the policy that is used when none is named: <c>default</c>.</summary>
    public const string DefaultPolicyName = "default";

    /// <summary>The policy that applies when a sign-in names none. Its name is <see cref="DefaultPolicyName"/>.</summary>
    public SessionPolicy DefaultPolicy { get; set; } = new();

    /// <summary>Further policies by name. A sign-in that names an unknown one fails.</summary>
    public IDictionary<string, SessionPolicy> Policies { get; } = new Dictionary<string, SessionPolicy>(StringComparer.Ordinal);

    /// <summary>
    /// Chooses a policy by subject when a sign-in names none; null or a null answer: the default policy. Called once
    /// per sign-in; must be thread-safe.
    /// </summary>
    public Func<string, string?>? PolicyFor { get; set; }

    /// <summary>The tenant that the sessions belong to: part of every key. One per manager. Default <c>default</c>; 1 to 64 characters.</summary>
    public string Tenant { get; set; } = "default";

    /// <summary>How many anonymous sessions one of the 256 shards may hold; the oldest makes room. Default 400; 1 to 100,000.</summary>
    public int MaxVisitorsPerShard { get; set; } = 400;

    /// <summary>How many sign-ins of one subject are let through in a burst; one more each second. Default 50; 0 for no limit.</summary>
    public int StartsPerSubject { get; set; } = 50;

    /// <summary>
    /// How many starts from one address (IPv6: /64) are let through in a burst, sign-ins and visits each; ten more each second.
    /// Default 500; 0 for no limit.
    /// </summary>
    public int StartsPerAddress { get; set; } = 500;

    /// <summary>How long a store call may take before it counts as failed. Default 1 second; 10 ms to 1 minute.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What <see cref="StoreTimeout"/> goes by: the machine's time, also where a test moves the application's time by hours,
    /// since the store goes on at its own pace. Only tests of the limit itself move it.
    /// </summary>
    internal TimeProvider StoreTime { get; set; } = TimeProvider.System;

    /// <summary>How often buffered activity is written. Default 5 seconds; 100 ms to 1 minute.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many sessions' activity is buffered at most; beyond, it is written at once. Default 65,536; at least 1.</summary>
    public int MaxBufferedTouches { get; set; } = 65_536;

    /// <summary>How often the sweeper visits every shard. Default 1 minute; 1 second to 1 day.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Where types of session data are described, first match wins: add your source-generated
    /// <c>JsonSerializerContext.Default</c>. Without a match reflection is used where the platform allows it.
    /// </summary>
    public IList<IJsonTypeInfoResolver> JsonTypes { get; } = [];
}
