namespace Sojourn.AspNetCore;

/// <summary>
/// Stops a handler whose connection cannot be taken over any more, since the session layer answers in its place: the
/// store failed, or the session has ended. The outermost middleware expects it; it is no fault of the application.
/// </summary>
internal sealed class AnsweredException() : Exception(
    "The connection was not taken over: the session layer answers this request itself, because the session's changes could not be written or the session has ended.");
