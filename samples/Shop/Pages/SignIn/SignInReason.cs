namespace Shop.Pages;

/// <summary>
/// What the sign-in page says to a reason in its address. Texts are fixed and unknown reasons say nothing, so nobody can
/// put words into the shop's mouth with a link.
/// </summary>
internal static class SignInReason
{
    /// <summary>The shop's own, as is the next; all others are Sojourn's.</summary>
    public const string Failed = "failed";

    /// <summary>The password was asked for once more, and was wrong too often.</summary>
    public const string WrongTooOften = "wrongTooOften";

    /// <summary>Somebody said of this session, or of another one from this browser, that it was not they.</summary>
    public const string Reported = "reportedByOwner";

    /// <summary>Another device took this one's place: the page says which.</summary>
    public const string Displaced = "limitReached";

    public static string? Text(string? reason) => reason switch
    {
        Failed => "This name and password do not belong together. Try again; after five tries in a row an account takes a rest of five minutes.",
        WrongTooOften => "You were signed out because the password was wrong five times. If you do not remember it, look into your password manager.",
        "signedOut" => "You were signed out because you signed out in another window.",
        "signedOutEverywhere" => "You were signed out because you ended this session from another device.",
        "idle" => "You were signed out because nothing happened for a while.",
        "absolute" => "You were signed out because it was a long time since you signed in.",
        "replaced" => "You were signed out because somebody signed in again on this browser.",
        "superseded" => "You were signed out because this browser came back with an older cookie, as it may after a crash. Nothing is wrong with your account.",
        Displaced => "You were signed out because you signed in on more devices than an account may have.",
        "tokenReplay" or "replayed" => "You were signed out because an old sign-in of this browser was used again, which may mean that somebody copied it.",
        "revokedByAdministrator" => "You were signed out because an administrator ended the session.",
        "revokedByPolicy" => "You were signed out because the session broke a rule of the shop.",
        "everybody" or "restored" => "You were signed out because everybody was. It is nothing about your account.",
        "credentialsChanged" => "You were signed out because the password was changed.",
        "subjectDisabled" => "You were signed out because the account is closed.",
        Reported => "You were signed out because this sign-in, or another one from this browser, was reported as not the account owner’s. If the account is yours, sign in again and change the password.",
        "unknown" or "malformed" or "abandoned" => "You were signed out because the shop does not know this session any more.",
        _ => null,
    };
}
