using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>Why a response carries a token.</summary>
internal enum DeliveryKind
{
    /// <summary>A visitor's session has started.</summary>
    Visit,

    /// <summary>Somebody signed in.</summary>
    SignIn,

    /// <summary>The session's privilege changed.</summary>
    Privilege,

    /// <summary>The token is replaced as it is now and then; the only delivery that may be lost without harm.</summary>
    Rotation,
}

/// <summary>A token on its way to the client.</summary>
internal sealed class SessionDelivery(SessionToken token, SessionRecord record, DeliveryKind kind)
{
    public SessionToken Token => token;

    public SessionRecord Record => record;

    public DeliveryKind Kind => kind;

    /// <summary>Whether it has been put on the response.</summary>
    public bool IsWritten { get; set; }
}
