using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sojourn.AspNetCore;

namespace Sojourn;

/// <summary>
/// A user manager through which a change of credentials takes effect at once: when an update changed the security stamp,
/// the user's other sessions end with <see cref="SessionEndReason.CredentialsChanged"/>, and sign-ins that are under way
/// are refused. The session of the current request goes on until its next comparison; <c>RefreshSignInAsync</c> renews it.
/// Deleting a user ends all of its sessions. A user manager of your own derives from it instead of
/// <see cref="UserManager{TUser}"/>.
/// </summary>
/// <remarks>
/// An update costs one listing of the user's sessions, unless the user was looked up here and its stamp is as it was. When
/// the session store fails after the user was updated, <see cref="SessionStoreException"/> is thrown: the user stays
/// updated, and the sessions end with their next comparison. Registered by <c>AddSojourn().AddIdentity&lt;TUser&gt;()</c>.
/// </remarks>
public class SojournUserManager<TUser> : UserManager<TUser> where TUser : class
{
    private readonly IServiceProvider _services;
    private readonly IdentitySessions _sessions;

    /// <summary>The stamps of the users that were looked up, as they were then. A manager serves one request or job.</summary>
    private readonly Dictionary<TUser, string> _stamps = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes a manager, as <see cref="UserManager{TUser}"/> does.</summary>
    /// <exception cref="InvalidOperationException"><c>AddSojourn()</c> was not called.</exception>
    public SojournUserManager(
        IUserStore<TUser> store,
        IOptions<IdentityOptions> optionsAccessor,
        IPasswordHasher<TUser> passwordHasher,
        IEnumerable<IUserValidator<TUser>> userValidators,
        IEnumerable<IPasswordValidator<TUser>> passwordValidators,
        ILookupNormalizer keyNormalizer,
        IdentityErrorDescriber errors,
        IServiceProvider services,
        ILogger<UserManager<TUser>> logger)
        : base(store, optionsAccessor, passwordHasher, userValidators, passwordValidators, keyNormalizer, errors, new PasskeyServices<TUser>(services), logger)
    {
        _services = services;
        _sessions = new(
            services.GetService<WebParts>() ?? throw new InvalidOperationException("SojournUserManager needs builder.Services.AddSojourn().AddIdentity<TUser>()."),
            services.GetService<IHttpContextAccessor>()?.HttpContext);
    }

    /// <inheritdoc/>
    public override async Task<TUser?> FindByIdAsync(string userId) => await NoteAsync(await base.FindByIdAsync(userId));

    /// <inheritdoc/>
    public override async Task<TUser?> FindByNameAsync(string userName) => await NoteAsync(await base.FindByNameAsync(userName));

    /// <inheritdoc/>
    public override async Task<TUser?> FindByEmailAsync(string email) => await NoteAsync(await base.FindByEmailAsync(email));

    /// <inheritdoc/>
    public override async Task<TUser?> FindByLoginAsync(string loginProvider, string providerKey) => await NoteAsync(await base.FindByLoginAsync(loginProvider, providerKey));

    /// <inheritdoc/>
    public override async Task<TUser?> FindByPasskeyIdAsync(byte[] credentialId) => await NoteAsync(await base.FindByPasskeyIdAsync(credentialId));

    /// <inheritdoc/>
    public override async Task<bool> VerifyTwoFactorTokenAsync(TUser user, string tokenProvider, string token)
    {
        var isGood = await base.VerifyTwoFactorTokenAsync(user, tokenProvider, token);
        if (isGood && tokenProvider == Options.Tokens.AuthenticatorTokenProvider)
        {
            _sessions.NoteOneTimePassword(await GetUserIdAsync(user)); // the one provider that says which method it is
        }

        return isGood;
    }

    /// <inheritdoc/>
    /// <exception cref="SessionStoreException">The session store failed; the user is deleted all the same.</exception>
    public override async Task<IdentityResult> DeleteAsync(TUser user)
    {
        var subject = await SubjectOfAsync(user);
        var result = await base.DeleteAsync(user);
        if (result.Succeeded)
        {
            await _sessions.EndAllAsync(subject);
        }

        return result;
    }

    /// <summary>Updates the user in the store, and ends the sessions whose stamp is no longer the user's.</summary>
    /// <exception cref="SessionStoreException">The session store failed; the user is updated all the same.</exception>
    protected override async Task<IdentityResult> UpdateUserAsync(TUser user)
    {
        var stamp = await StampOfAsync(user);
        var before = _stamps.GetValueOrDefault(user);
        if (stamp is null || stamp == before)
        {
            return await base.UpdateUserAsync(user);
        }

        var subject = await SubjectOfAsync(user);
        await _sessions.HoldAsync(subject, before);
        var result = await base.UpdateUserAsync(user);
        if (result.Succeeded)
        {
            _stamps[user] = stamp;
            await _sessions.EndOutdatedAsync(subject, stamp, isKnownChange: before is not null);
        }

        return result;
    }

    private async Task<TUser?> NoteAsync(TUser? user)
    {
        // The first look counts: a later one may find the same object, changed but not yet updated.
        if (user is not null && !_stamps.ContainsKey(user) && await StampOfAsync(user) is { } stamp)
        {
            _stamps.Add(user, stamp);
        }

        return user;
    }

    private async Task<string?> StampOfAsync(TUser user)
        => Store is IUserSecurityStampStore<TUser> stamps ? await stamps.GetSecurityStampAsync(user, CancellationToken) : null;

    /// <summary>Whose sessions they are: by the user's id, or by the claim that the application named instead.</summary>
    private async Task<string> SubjectOfAsync(TUser user)
        => _sessions.SubjectClaimType == Options.ClaimsIdentity.UserIdClaimType
            ? SubjectClaim.Qualify(ClaimsIdentity.DefaultIssuer, await GetUserIdAsync(user))
            : SubjectClaim.Of(await _services.GetRequiredService<IUserClaimsPrincipalFactory<TUser>>().CreateAsync(user), _sessions.SubjectClaimType);
}
