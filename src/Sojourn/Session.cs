using System.Collections.Immutable;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>
/// The session of the current request: take it as a handler parameter. Never null; <see cref="State"/> says whether
/// there is one. Not thread-safe, and of no use after its request.
/// </summary>
public sealed class Session
{
    internal Session(RequestSession request) => Request = request;

    /// <summary>What it is.</summary>
    public SessionState State => Used.Validation switch
    {
        { IsActive: true, Record.Subject: null } => SessionState.Anonymous,
        { IsActive: true } => SessionState.SignedIn,
        { Outcome: SessionOutcome.Ended or SessionOutcome.Replayed } => SessionState.Ended,
        _ => SessionState.None,
    };

    /// <summary>Whether a subject is signed in.</summary>
    public bool IsSignedIn => Used.IsSignedIn;

    /// <summary>Whether the request holds a token that was replaced. In its grace it serves ordinary requests, not privileged ones.</summary>
    public bool IsSuperseded => Used.Validation.IsSuperseded || Used.Validation.Outcome == SessionOutcome.Superseded;

    /// <summary>Whether the store could not be asked, in an endpoint that goes on without a session.</summary>
    public bool IsUnavailable => Used.IsUnavailable;

    /// <summary>The public handle; null unless the session runs.</summary>
    public SessionId? Id => Running?.Id;

    /// <summary>Whose session it is; null while anonymous.</summary>
    public string? Subject => Running?.Subject;

    /// <summary>
    /// What became of the token that the request showed: the signed-in one, or a visitor's that does not serve when there
    /// is no other. Null when it showed none, or a visitor's that serves. Anything but <see cref="SessionOutcome.Active"/>
    /// tells why nobody is signed in.
    /// </summary>
    public SessionOutcome? TokenOutcome => Used.ShownToken?.Outcome;

    /// <summary>Why the session of the shown token ended; null unless it has.</summary>
    public SessionEndReason? EndReason => State == SessionState.Ended ? Used.Validation.EndReason
        : Used.ShownToken is { Outcome: SessionOutcome.Ended or SessionOutcome.Replayed } shown ? shown.EndReason
        : null;

    /// <summary>
    /// Where the sign-in was for which this session had to end, if <see cref="EndReason"/> is
    /// <see cref="SessionEndReason.LimitReached"/>: a device, a time and a coarse network, so that its holder can tell whether
    /// that was they. Reads the store each time.
    /// </summary>
    /// <returns>
    /// Null for any other reason, when nothing is known of that sign-in any more or it cannot be told which one it was, for a
    /// token that was replaced long ago, and when the store fails.
    /// </returns>
    public ValueTask<OtherSignIn?> FindDisplacerAsync(CancellationToken cancellationToken = default)
        => EndReason == SessionEndReason.LimitReached ? Used.FindDisplacerAsync(cancellationToken) : default;

    /// <summary>The name of its policy; null unless it runs.</summary>
    public string? Policy => Running?.Policy;

    /// <summary>When it started; null unless it runs.</summary>
    public DateTimeOffset? StartedAt => Running?.StartedAt;

    /// <summary>
    /// When the person last authenticated in it. Null while anonymous, and after "this wasn't me" was said elsewhere, until the
    /// person authenticates again.
    /// </summary>
    public DateTimeOffset? AuthenticatedAt => Running?.AuthenticatedAt;

    /// <summary>Its last activity that has been noted; up to a touch interval old. Null unless it runs.</summary>
    public DateTimeOffset? LastSeenAt => Running is { } record ? Used.Engine.Touches.LastSeen(record) : null;

    /// <summary>When it ends if nothing more is seen of it; null unless it runs.</summary>
    public DateTimeOffset? IdleExpiresAt => Running is { } record
        ? SessionLifetime.IdleDeadline(record, Used.Engine.Policies.Times(record), Used.Engine.Touches.LastSeen(record))
        : null;

    /// <summary>When it ends in any case; null unless it runs.</summary>
    public DateTimeOffset? AbsoluteExpiresAt => Running is { } record ? SessionLifetime.AbsoluteDeadline(record, Used.Engine.Policies.Times(record)) : null;

    /// <summary>How the person authenticated, each method with its time.</summary>
    public ImmutableArray<SessionMethod> Methods => Running?.Assurance.Methods ?? [];

    /// <summary>The authentication context class, or null.</summary>
    public string? Acr => Running?.Assurance.Acr;

    /// <summary>The device that it was started on; null unless it runs.</summary>
    public SessionDevice? Device => Running is { } record ? new(record.Device, record.Client.UserAgent) : null;

    /// <summary>
    /// Fires when the session ends, on any node: pass it to what lives longer than an ordinary request. Valid until the
    /// request is over. Never fires without a session.
    /// </summary>
    public CancellationToken Ended => Used.Watch();

    internal RequestSession Request { get; }

    private RequestSession Used => Request.Use();

    private SessionRecord? Running => Used.Running;

    /// <summary>Reads a value; default when it is absent or has lapsed. A read-once key is taken away by reading it.</summary>
    /// <exception cref="SessionDataException">The stored value does not read as the type.</exception>
    public ValueTask<T?> GetAsync<T>(SessionKey<T> key, CancellationToken cancellationToken = default) => Used.GetAsync(key, cancellationToken);

    /// <summary>
    /// Sets a value; written before the first response byte, dropped if the handler throws. Starts an anonymous session
    /// if there is none.
    /// </summary>
    /// <exception cref="InvalidOperationException">The response has started.</exception>
    public void Set<T>(SessionKey<T> key, T value) => Used.Writable().Set(key, value);

    /// <summary>Removes a value; written before the first response byte, dropped if the handler throws.</summary>
    /// <exception cref="InvalidOperationException">The response has started.</exception>
    public void Remove<T>(SessionKey<T> key) => Used.Writable().Remove(key);

    /// <summary>
    /// Changes a value at once, by compare-and-set: of two requests that update one key, both count. A buffered change of
    /// the key is written first.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="change">Makes the new value of the old one (default when absent). It may run more than once.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The value as written.</returns>
    public ValueTask<T> UpdateAsync<T>(SessionKey<T> key, Func<T?, T> change, CancellationToken cancellationToken = default)
        => Used.UpdateAsync(key, change, cancellationToken);

    /// <summary>Writes buffered changes now instead of before the first response byte; later, use <see cref="UpdateAsync"/>.</summary>
    public ValueTask CommitAsync(CancellationToken cancellationToken = default) => Used.CommitAsync(cancellationToken);

    /// <summary>
    /// Notes that the person has just authenticated again: a new token, sent with this response, and the old one is dead.
    /// </summary>
    /// <param name="methods">The methods that succeeded, as in RFC 8176.</param>
    /// <exception cref="InvalidOperationException">Nobody is signed in, or the response has started.</exception>
    public ValueTask StepUpAsync(params string[] methods) => StepUpAsync(methods, acr: null);

    /// <summary>As <see cref="StepUpAsync(string[])"/>, with the authentication context class that was reached by it.</summary>
    /// <param name="methods">The methods that succeeded, as in RFC 8176.</param>
    /// <param name="acr">The class; null leaves the one that was reached before, with its time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">Nobody is signed in, or the response has started.</exception>
    public ValueTask StepUpAsync(IReadOnlyList<string> methods, string? acr, CancellationToken cancellationToken = default)
        => Used.ChangePrivilegeAsync(token => Used.Engine.Privileges.StepUpAsync(token, methods, acr, cancellationToken));

    /// <summary>
    /// Notes that the person has just changed what they authenticate with: a password, a factor, an address for recovery. A
    /// new token, sent with this response, and the old one is dead. Ask the person whether the others are to end too
    /// (ASVS-7.4.3); then sign-ins that began before are refused as well.
    /// </summary>
    /// <param name="endOthers">Whether the subject's other sessions end, for the reason <see cref="SessionEndReason.CredentialsChanged"/>.</param>
    /// <param name="cancellationToken">Cancels before anything is done, never half of it.</param>
    /// <returns>How many others ended.</returns>
    /// <exception cref="InvalidOperationException">Nobody is signed in, or the response has started.</exception>
    /// <exception cref="SessionRefusedException">
    /// The request holds a token that has just been replaced (<see cref="IsSuperseded"/>); nothing was done. Look before the
    /// credentials are changed, or demand a step-up in the same request.
    /// </exception>
    /// <exception cref="SessionStoreException">The store failed; the token may have changed, the others may still run. Repeat it.</exception>
    public ValueTask<int> CredentialsChangedAsync(bool endOthers, CancellationToken cancellationToken = default) => Used.ChangeCredentialsAsync(endOthers, cancellationToken);

    /// <summary>
    /// Ends the session as signed out, and has the browser forget its cookie if the response has not started. Does
    /// nothing without a session.
    /// </summary>
    public ValueTask EndAsync(CancellationToken cancellationToken = default) => Used.EndAsync(cancellationToken);

    /// <summary>Has the browser forget the session cookie with this response, without ending the session.</summary>
    public void ForgetCookie() => Used.ForgetCookie();
}
