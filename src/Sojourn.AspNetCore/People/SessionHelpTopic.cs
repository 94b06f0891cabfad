namespace Sojourn;

/// <summary>What a <see cref="SessionHelp"/> is about.</summary>
public enum SessionHelpTopic
{
    /// <summary>What the cookies for signing in are and hold. For where somebody cannot be signed in for want of them.</summary>
    WhyCookies = 0,

    /// <summary>Signing in where others come after you. For the sign-in page, beside "keep me signed in".</summary>
    SharedComputer = 1,

    /// <summary>What the list of devices tells, and what to do with one that is not known. For that list.</summary>
    Devices = 2,

    /// <summary>How to tell a page from its copy. For pages that ask for a password.</summary>
    Phishing = 3,

    /// <summary>What a good password is. For pages where one is chosen.</summary>
    Passwords = 4,

    /// <summary>What to do after a sign-in by somebody else was reported and ended.</summary>
    AfterNotMe = 5,
}
