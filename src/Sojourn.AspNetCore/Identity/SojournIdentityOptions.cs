namespace Sojourn;

/// <summary>How sessions meet ASP.NET Core Identity: <c>AddSojourn().AddIdentity&lt;TUser&gt;(identity => …)</c>. Checked at the start.</summary>
public sealed class SojournIdentityOptions
{
    /// <summary>
    /// How often a session's security stamp is compared with the user's, per session and node; a session whose stamp is
    /// outdated, or whose user is gone, ends; one whose other claims have changed gets the new ones and a new token. A session
    /// is also compared when it is first used on a node. A user store without stamps is never compared. Default 5 minutes; 0 to 1 day. Zero compares in every request, at the price
    /// of a read from the user store. Changes made through <see cref="SojournUserManager{TUser}"/> do not wait for it.
    /// </summary>
    public TimeSpan SecurityStampInterval { get; set; } = TimeSpan.FromMinutes(5);
}
