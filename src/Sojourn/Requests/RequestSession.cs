using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// What stands behind a <see cref="Session"/>: the validation that it shows, the data that is to be written, and the
/// token that the response has to carry. A sign-in or a step-up replaces them in the middle of a request.
/// </summary>
internal sealed class RequestSession
{
    private SessionDataBuffer? _data;
    private LiveSessions.Watch? _watch;
    private SessionValidation _validation;

    public RequestSession(SessionEngine engine)
    {
        Engine = engine;
        Session = new Session(this);
    }

    public SessionEngine Engine { get; }

    public Session Session { get; }

    /// <summary>What serves the request; null where there is no response.</summary>
    public IRequestHost? Host { get; set; }

    public bool IsOpen { get; private set; }

    public SessionValidation Validation => !IsOpen
        ? throw new InvalidOperationException("The session was read before anything opened it. Call app.UseSojourn() before this code, or await context.OpenSessionAsync() in middleware that stands in front of it.")
        : IsUnavailable && !GoesOnWithout && Host is not { GoesOnWithout: true } ? throw Unavailable()
        : _validation;

    public SessionRecord? Running => Validation is { IsActive: true, Record: { } record } ? record : null;

    public bool IsSignedIn => Running is { Subject: not null };

    /// <summary>Whether the store could not be asked.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Whether the endpoint goes on without a session. Otherwise one that cannot be known reads as a fault, never as nobody (rule 6).</summary>
    public bool GoesOnWithout { get; set; }

    /// <summary>What the session cookie's token came to, or without one, a visitor's that does not serve; null when there was neither.</summary>
    public ShownToken? ShownToken { get; set; }

    /// <summary>The session of the session cookie's token, running or ended, whatever the request goes on with; null when the token is none of ours.</summary>
    public SessionRecord? ShownRecord { get; set; }

    /// <summary>Which of that session's tokens it is.</summary>
    public Presented ShownKind { get; set; }

    /// <summary>Whether the application was told where else the person is: such an answer is for nobody else.</summary>
    public bool HasToldPlace { get; private set; }

    /// <summary>Where the request came from.</summary>
    public SessionClient Client { get; set; }

    /// <summary>Whether no token may be sent with the response, since anybody on the way could read it.</summary>
    public bool IsOverPlainHttp { get; set; }

    /// <summary>A token that the response has to carry; the last one wins.</summary>
    public SessionDelivery? Delivery { get; private set; }

    public bool ForgetsCookie { get; private set; }

    public bool HasChanges => _data is { HasChanges: true };

    /// <summary>Why the session is known to have ended while the request ran, elsewhere than in it; null if it has not.</summary>
    public SessionEndReason? EndedMeanwhile => _watch is { EndedFor: { } reason } && IsOpen && Running is not null ? reason : null;

    private SessionToken Token { get; set; }

    private SessionDataBuffer Data => _data ??= new(Engine.Data);

    /// <summary>The application looks at the session: from here on the answer depends on who asks.</summary>
    public RequestSession Use()
    {
        Host?.Used(); // each time: a cache of the server may have begun to listen only behind the first one
        return this;
    }

    public void Open(SessionValidation validation, SessionToken token)
    {
        _validation = validation;
        Token = token;
        IsOpen = true;
    }

    /// <summary>The request goes on with the session that a sign-in, or the first data of a visitor, started.</summary>
    public void Adopt(SessionStartResult started)
    {
        var subject = IsOpen ? Running?.Subject : null;
        if (subject is not null && subject != started.Validation.Subject)
        {
            _data?.Clear(); // nothing passes from one subject to another
        }

        if (started.Validation.Subject is not null)
        {
            _data?.MoveToNewSession();
        }

        Release();
        _watch = null;
        Open(started.Validation, started.Token!.Value);
        ForgetsCookie &= !IsSignedIn; // a visit that starts after a sign-out does not undo it
        Delivery = new(started.Token.Value, started.Validation.Record!, IsSignedIn ? DeliveryKind.SignIn : DeliveryKind.Visit);
    }

    public void Deliver(SessionToken successor) => Delivery = new(successor, Running!, DeliveryKind.Rotation);

    public void WithdrawDelivery() => Delivery = null;

    /// <summary>
    /// Where the sign-in was for which the shown session had to make room; null when there is none to be told of. Nor is whoever
    /// shows a token that was replaced long ago: it is a copy, and where the person is now is not for its holder.
    /// </summary>
    public async ValueTask<OtherSignIn?> FindDisplacerAsync(CancellationToken cancellationToken)
    {
        var (record, kind) = ShownRecord is null ? (_validation.Record, _validation.Token.Kind) : (ShownRecord, ShownKind);
        var place = record is not null && kind is (Presented.Current or Presented.Pending or Presented.Grace or Presented.Late)
            ? await Engine.Displacers.FindAsync(record, cancellationToken)
            : null;
        HasToldPlace |= place is not null;
        return place;
    }

    public CancellationToken Watch() => Running is { } record ? (_watch ??= Engine.Live.WatchFor(record.Id)).Ended : CancellationToken.None;

    public ValueTask<T?> GetAsync<T>(SessionKey<T> key, CancellationToken cancellationToken)
    {
        RequireNotSuperseded();
        return Host.TellAsync(Data.GetAsync(Running, key, cancellationToken));
    }

    public async ValueTask<T> UpdateAsync<T>(SessionKey<T> key, Func<T?, T> change, CancellationToken cancellationToken)
    {
        RequireNotSuperseded();
        return await Host.TellAsync(Data.UpdateAsync(Running ?? await Host.TellAsync(StartVisitAsync(cancellationToken)), key, change, cancellationToken));
    }

    /// <summary>As <see cref="UpdateAsync"/> in a running session, for what the request can do without: false when there is no room.</summary>
    public async ValueTask<bool> TryUpdateAsync<T>(SessionKey<T> key, Func<T?, T> change)
    {
        RequireNotSuperseded();
        try
        {
            await Data.UpdateAsync(Running!, key, change, CancellationToken.None);
            return true;
        }
        catch (SessionRefusedException refused) when (refused.Refusal is SessionRefusal.DataTooLarge or SessionRefusal.StoreFull)
        {
            return false;
        }
        catch (Exception fault) when (RequestFaults.IsOurs(fault))
        {
            throw Host.Told(fault);
        }
    }

    /// <summary>The buffer, if changes can still reach the response.</summary>
    public SessionDataBuffer Writable()
    {
        RequireNotSuperseded();
        RequireNotStarted("keep the change");
        return Data;
    }

    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (_data is { HasChanges: true } data && (Running is not null || data.HoldsValues))
        {
            await Host.TellAsync(data.CommitAsync(Running ?? await Host.TellAsync(StartVisitAsync(cancellationToken))));
        }
    }

    public void DropChanges() => _data?.Clear();

    /// <summary>Row 33: also a token that was just replaced may sign out.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Host is not { HasResponseStarted: true })
        {
            ForgetCookie(); // first: it holds even when the store is down
        }

        if (IsUnavailable)
        {
            throw Host.Told(Unavailable());
        }

        var record = Running ?? (Validation is { Outcome: SessionOutcome.Superseded, Token.Kind: Presented.Late } late ? late.Record : null);
        if (record is not null)
        {
            _data?.Clear();
            var end = await Host.TellAsync(Engine.Ender.EndAsync(record, SessionEndReason.SignedOut));
            _validation = new(SessionOutcome.Ended, end.Record ?? record, _validation.Token);
        }
    }

    public void ForgetCookie()
    {
        RequireNotStarted("clear the cookie");
        ForgetsCookie = true;
        Delivery = null;
    }

    /// <summary>The claims changed in the session's own request, and its extensions if a function for them is given.</summary>
    public ValueTask ChangeClaimsAsync(PackedClaims claims, Func<ImmutableArray<byte>, ImmutableArray<byte>>? extensions = null)
        => ChangePrivilegeAsync(token => Engine.Privileges.ChangeClaimsAsync(token, claims, extensions, CancellationToken.None));

    /// <summary>Rows 17 and 18.</summary>
    public async ValueTask ChangePrivilegeAsync(Func<SessionToken, ValueTask<PrivilegeResult>> change)
    {
        RequireNotSuperseded();
        if (!IsSignedIn)
        {
            throw new InvalidOperationException("Nobody is signed in: a change of privilege needs a signed-in session.");
        }

        RequireNotStarted("change the token");
        var result = await Host.TellAsync(change(Token));
        if (result.Token is not { } token)
        {
            throw Host.Told(result.Outcome == SessionOutcome.Superseded ? SessionDataWriter.Superseded() : SessionDataWriter.Ended(result.Validation.EndReason));
        }

        Open(result.Validation, token);
        Delivery = new(token, result.Validation.Record!, DeliveryKind.Privilege);
    }

    /// <summary>Row 17; then the subject's other sessions end, if that is wanted.</summary>
    public async ValueTask<int> ChangeCredentialsAsync(bool endOthers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await ChangePrivilegeAsync(token => Engine.Privileges.ChangeCredentialsAsync(token, CancellationToken.None));
        var record = Running!;
        return endOthers ? await Host.TellAsync(Engine.Subjects.RevokeAsync(record.Subject!, SessionEndReason.CredentialsChanged, record.Id, actor: null, CancellationToken.None)) : 0;
    }

    /// <summary>Lets go of what the request held.</summary>
    public void Release() => _watch?.Dispose();

    public static SessionStoreException Unavailable() => new("Find", "the session store is not available, so who this is cannot be told", isTransient: true);

    public static SessionRefusedException PlainHttp() => new(
        SessionRefusal.PlainHttp, "No session is started over plain http, where anybody on the way could take its token; use https.");

    private async ValueTask<SessionRecord> StartVisitAsync(CancellationToken cancellationToken)
    {
        RequireNotStarted("start a session");
        if (IsOverPlainHttp)
        {
            throw PlainHttp();
        }

        var started = await Engine.Starter.StartAsync(new SessionStart { Client = Client }, cancellationToken);
        if (started.Outcome != SessionStartOutcome.Started)
        {
            throw new SessionRefusedException(
                started.Outcome == SessionStartOutcome.TooMany ? SessionRefusal.TooMany : SessionRefusal.StoreFull, "No session could be started for this visitor; nothing was written.");
        }

        Adopt(started);
        return Running!;
    }

    private void RequireNotSuperseded()
    {
        if (Validation.Outcome == SessionOutcome.Superseded)
        {
            throw Host.Told(SessionDataWriter.Superseded());
        }
    }

    private void RequireNotStarted(string what)
    {
        if (Host is { HasResponseStarted: true })
        {
            throw new InvalidOperationException($"The response has started, so it is too late to {what}. Do it before writing; in a socket or a long answer use UpdateAsync.");
        }
    }
}
