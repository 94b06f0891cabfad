using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>Refuses to start without what sessions need of Identity, and settings that cannot be meant.</summary>
/// <param name="services">What the application registered: complete by the time that options are validated.</param>
/// <param name="logger">Where a warning goes.</param>
internal sealed class IdentityStartCheck<TUser>(IServiceCollection services, ILogger logger) : IValidateOptions<SojournIdentityOptions> where TUser : class
{
    private bool _hasWarned;

    public ValidateOptionsResult Validate(string? name, SojournIdentityOptions options)
    {
        var faults = new List<string>();
        if (options.SecurityStampInterval < TimeSpan.Zero || options.SecurityStampInterval > TimeSpan.FromDays(1))
        {
            faults.Add($"Sojourn setting SecurityStampInterval must be 0 to 1 day, and is {options.SecurityStampInterval}: "
                + "AddSojourn().AddIdentity<TUser>(identity => identity.SecurityStampInterval = TimeSpan.FromMinutes(5)).");
        }

        // UserManager itself is registered by AddIdentity of ours; its parts are not.
        if (!Has<SignInManager<TUser>>() || !Has<IUserClaimsPrincipalFactory<TUser>>())
        {
            faults.Add($"AddSojourn().AddIdentity<{typeof(TUser).Name}>() was called, but ASP.NET Core Identity has no UserManager or SignInManager of {typeof(TUser).Name}. "
                + $"Call services.AddIdentity<{typeof(TUser).Name}, TRole>(), or services.AddIdentityCore<{typeof(TUser).Name}>().AddSignInManager(), before or after it.");
        }

        if (!_hasWarned && !ObservedPasskeyHandler<TUser>.IsInstalled(services) && !IsOurs(services.LastOrDefault(IsUserManager)))
        {
            _hasWarned = true;
            SojournWebLog.PasskeysUnseen(logger);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private bool Has<T>() => services.Any(each => each.ServiceType == typeof(T));

    private static bool IsUserManager(ServiceDescriptor each) => !each.IsKeyedService && each.ServiceType == typeof(UserManager<TUser>);

    private static bool IsOurs(ServiceDescriptor? manager) => manager?.ImplementationType?.IsAssignableTo(typeof(SojournUserManager<TUser>)) == true;
}
