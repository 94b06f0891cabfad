using Sojourn;

namespace Shop.Pages;

/// <summary>How a session ended, in a few words.</summary>
internal static class EndText
{
    public static string Of(SessionEndReason reason) => reason switch
    {
        SessionEndReason.None => "Signed in",
        SessionEndReason.SignedOut => "Signed out",
        SessionEndReason.SignedOutEverywhere => "Ended from another device",
        SessionEndReason.Idle => "Ended after a while without you",
        SessionEndReason.Absolute => "Ended after its longest time",
        SessionEndReason.Replaced => "Signed in again on the same browser",
        SessionEndReason.LimitReached => "Ended for a newer device",
        SessionEndReason.TokenReplay => "Ended: an old sign-in was used again",
        SessionEndReason.RevokedByAdministrator => "Ended by an administrator",
        SessionEndReason.Abandoned => "Never used",
        SessionEndReason.CredentialsChanged => "Ended when the password changed",
        SessionEndReason.SubjectDisabled => "Ended when the account closed",
        SessionEndReason.ReportedByOwner => "Reported as not you",
        _ => "Ended by the shop",
    };
}
