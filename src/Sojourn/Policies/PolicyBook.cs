using Microsoft.Extensions.Logging;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>Finds policies by name and turns them into the times that apply to a record.</summary>
internal sealed class PolicyBook(SojournOptions options, ILogger logger)
{
    private readonly Dictionary<string, SessionPolicy> _policies = new(options.Policies, StringComparer.Ordinal) { [SojournOptions.DefaultPolicyName] = options.DefaultPolicy };
    private readonly SessionPolicy _strictest = options.Policies.Values.Append(options.DefaultPolicy).MinBy(policy => policy.SignedIn.Idle)!;
    private int _warned;

    /// <summary>Names the policy of a sign-in: the one asked for, else the subject's, else the default.</summary>
    /// <exception cref="ArgumentException">There is no policy of that name.</exception>
    public string NameFor(string? asked, string? subject)
    {
        var name = asked ?? (subject is null ? null : options.PolicyFor?.Invoke(subject)) ?? SojournOptions.DefaultPolicyName;
        return _policies.ContainsKey(name)
            ? name
            : throw new ArgumentException($"There is no session policy \"{name}\". Add it: AddSojourn(options => options.Policies[\"{name}\"] = …).", nameof(asked));
    }

    /// <summary>Every configured policy.</summary>
    public IEnumerable<SessionPolicy> All => _policies.Values;

    /// <summary>The policy of a name that <see cref="NameFor"/> gave.</summary>
    public SessionPolicy Of(string name) => _policies[name];

    /// <summary>The policy of a running session. One that is no longer configured falls back to the strictest, with one log line.</summary>
    public SessionPolicy Of(SessionRecord record)
    {
        if (_policies.TryGetValue(record.Policy, out var policy))
        {
            return policy;
        }

        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            SojournLog.UnknownPolicy(logger, record.Policy);
        }

        return _strictest;
    }

    public static SessionTimeouts Times(SessionPolicy policy, string? subject, bool persistent)
        => subject is null ? policy.Anonymous : persistent ? policy.Remembered ?? policy.SignedIn : policy.SignedIn;

    public SessionTimeouts Times(SessionRecord record) => Times(Of(record), record.Subject, record.IsPersistent);
}
