using Microsoft.AspNetCore.Identity;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The least that a user store with everything can be. A new one for each request, over one database.</summary>
public sealed class MemberStore(MemberDatabase database)
    : IUserPasswordStore<Member>, IUserSecurityStampStore<Member>, IUserTwoFactorStore<Member>, IUserTwoFactorRecoveryCodeStore<Member>,
        IUserAuthenticatorKeyStore<Member>, IUserLockoutStore<Member>, IUserLoginStore<Member>, IUserPasskeyStore<Member>
{
    public Task<string> GetUserIdAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.Id);
    public Task<string?> GetUserNameAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);
    public Task SetUserNameAsync(Member user, string? userName, CancellationToken cancellationToken) => Done(user.UserName = userName);
    public Task<string?> GetNormalizedUserNameAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.NormalizedUserName);
    public Task SetNormalizedUserNameAsync(Member user, string? normalizedName, CancellationToken cancellationToken) => Done(user.NormalizedUserName = normalizedName);
    public Task<Member?> FindByIdAsync(string userId, CancellationToken cancellationToken) => database.FindAsync(member => member.Id == userId);
    public Task<Member?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => database.FindAsync(member => member.NormalizedUserName == normalizedUserName);

    public Task<IdentityResult> CreateAsync(Member user, CancellationToken cancellationToken) => UpdateAsync(user, cancellationToken);

    public Task<IdentityResult> UpdateAsync(Member user, CancellationToken cancellationToken)
    {
        database.Save(user);
        return Task.FromResult(IdentityResult.Success);
    }

    public Task<IdentityResult> DeleteAsync(Member user, CancellationToken cancellationToken)
    {
        database.Remove(user.Id);
        return Task.FromResult(IdentityResult.Success);
    }

    public Task SetPasswordHashAsync(Member user, string? passwordHash, CancellationToken cancellationToken) => Done(user.PasswordHash = passwordHash);
    public Task<string?> GetPasswordHashAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);
    public Task<bool> HasPasswordAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);
    public Task SetSecurityStampAsync(Member user, string stamp, CancellationToken cancellationToken) => Done(user.SecurityStamp = stamp);
    public Task<string?> GetSecurityStampAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.SecurityStamp);
    public Task SetTwoFactorEnabledAsync(Member user, bool enabled, CancellationToken cancellationToken) => Done(user.TwoFactorEnabled = enabled);
    public Task<bool> GetTwoFactorEnabledAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.TwoFactorEnabled);
    public Task SetAuthenticatorKeyAsync(Member user, string key, CancellationToken cancellationToken) => Done(user.AuthenticatorKey = key);
    public Task<string?> GetAuthenticatorKeyAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.AuthenticatorKey);
    public Task<bool> RedeemCodeAsync(Member user, string code, CancellationToken cancellationToken) => Task.FromResult(user.RecoveryCodes.Remove(code));
    public Task<int> CountCodesAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.RecoveryCodes.Count);

    public Task ReplaceCodesAsync(Member user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        user.RecoveryCodes.Clear();
        user.RecoveryCodes.AddRange(recoveryCodes);
        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.LockoutEnd);
    public Task SetLockoutEndDateAsync(Member user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) => Done(user.LockoutEnd = lockoutEnd);
    public Task<int> IncrementAccessFailedCountAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(++user.AccessFailedCount);
    public Task ResetAccessFailedCountAsync(Member user, CancellationToken cancellationToken) => Done(user.AccessFailedCount = 0);
    public Task<int> GetAccessFailedCountAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(user.AccessFailedCount);
    public Task<bool> GetLockoutEnabledAsync(Member user, CancellationToken cancellationToken) => Task.FromResult(true);
    public Task SetLockoutEnabledAsync(Member user, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AddLoginAsync(Member user, UserLoginInfo login, CancellationToken cancellationToken)
    {
        user.Logins.Add(login);
        return Task.CompletedTask;
    }

    public Task RemoveLoginAsync(Member user, string loginProvider, string providerKey, CancellationToken cancellationToken)
        => Done(user.Logins.RemoveAll(login => login.LoginProvider == loginProvider && login.ProviderKey == providerKey));

    public Task<IList<UserLoginInfo>> GetLoginsAsync(Member user, CancellationToken cancellationToken) => Task.FromResult<IList<UserLoginInfo>>(user.Logins);

    public Task<Member?> FindByLoginAsync(string loginProvider, string providerKey, CancellationToken cancellationToken)
        => database.FindAsync(member => member.Logins.Any(login => login.LoginProvider == loginProvider && login.ProviderKey == providerKey));

    public Task AddOrUpdatePasskeyAsync(Member user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        user.Passkeys.RemoveAll(each => each.CredentialId.AsSpan().SequenceEqual(passkey.CredentialId));
        user.Passkeys.Add(passkey);
        return Task.CompletedTask;
    }

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Member user, CancellationToken cancellationToken) => Task.FromResult<IList<UserPasskeyInfo>>(user.Passkeys);

    public Task<Member?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
        => database.FindAsync(member => member.Passkeys.Any(each => each.CredentialId.AsSpan().SequenceEqual(credentialId)));

    public Task<UserPasskeyInfo?> FindPasskeyAsync(Member user, byte[] credentialId, CancellationToken cancellationToken)
        => Task.FromResult(user.Passkeys.Find(each => each.CredentialId.AsSpan().SequenceEqual(credentialId)));

    public Task RemovePasskeyAsync(Member user, byte[] credentialId, CancellationToken cancellationToken)
        => Done(user.Passkeys.RemoveAll(each => each.CredentialId.AsSpan().SequenceEqual(credentialId)));

    public void Dispose()
    {
    }

    private static Task Done<T>(T _) => Task.CompletedTask;
}

/// <summary>Roles are not what these tests are about.</summary>
public sealed class MemberRoleStore : IRoleStore<MemberRole>
{
    public Task<IdentityResult> CreateAsync(MemberRole role, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<IdentityResult> UpdateAsync(MemberRole role, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<IdentityResult> DeleteAsync(MemberRole role, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<string> GetRoleIdAsync(MemberRole role, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<string?> GetRoleNameAsync(MemberRole role, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task SetRoleNameAsync(MemberRole role, string? roleName, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<string?> GetNormalizedRoleNameAsync(MemberRole role, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task SetNormalizedRoleNameAsync(MemberRole role, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<MemberRole?> FindByIdAsync(string roleId, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<MemberRole?> FindByNameAsync(string normalizedRoleName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
