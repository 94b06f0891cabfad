using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A user as an application keeps it.</summary>
public sealed class Member
{
    public required string Id { get; init; }
    public string? UserName { get; set; }
    public string? NormalizedUserName { get; set; }
    public string? PasswordHash { get; set; }
    public string? SecurityStamp { get; set; }
    public string? AuthenticatorKey { get; set; }
    public bool TwoFactorEnabled { get; set; }
    public int AccessFailedCount { get; set; }
    public DateTimeOffset? LockoutEnd { get; set; }
    public List<string> RecoveryCodes { get; private set; } = [];
    public List<UserLoginInfo> Logins { get; private set; } = [];
    public List<UserPasskeyInfo> Passkeys { get; private set; } = [];

    /// <summary>What a database does: a change counts once it has been saved.</summary>
    public Member Copy()
    {
        var copy = (Member)MemberwiseClone();
        copy.RecoveryCodes = [.. RecoveryCodes];
        copy.Logins = [.. Logins];
        copy.Passkeys = [.. Passkeys];
        return copy;
    }
}

public sealed class MemberRole
{
    public string? Name { get; set; }
}

/// <summary>The members of one application, in memory. It counts look-ups, fails and waits on request.</summary>
public sealed class MemberDatabase
{
    private readonly ConcurrentDictionary<string, Member> _members = new(StringComparer.Ordinal);
    private int _lookups;

    public bool Fails { get; set; }

    public int Lookups => Volatile.Read(ref _lookups);

    /// <summary>Called in each look-up, so that a test can hold it.</summary>
    public Func<Task>? OnLookup { get; set; }

    public async Task<Member?> FindAsync(Func<Member, bool> match)
    {
        Interlocked.Increment(ref _lookups);
        if (OnLookup is { } wait)
        {
            await wait();
        }

        return Fails ? throw new InvalidOperationException("The user database is down.") : _members.Values.FirstOrDefault(match)?.Copy();
    }

    public void Save(Member member)
    {
        if (Fails)
        {
            throw new InvalidOperationException("The user database is down.");
        }

        _members[member.Id] = member.Copy();
    }

    public void Remove(string id) => _members.TryRemove(id, out _);

    /// <summary>Changes a member behind the back of every user manager.</summary>
    public void Change(string id, Action<Member> change)
    {
        var member = _members[id].Copy();
        change(member);
        _members[id] = member;
    }
}
