using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn.AspNetCore;

/// <summary>
/// A request and its session: the authentication handler, <c>UseSojourn()</c> and <c>HttpContext.SojournSession</c> all
/// come here, and whoever is first has the token validated, once. Flows (sign-in, commit, challenge) are elsewhere.
/// </summary>
internal sealed class SessionFeature : IRequestHost
{
    private static readonly AsyncLocal<SessionFeature?> Comparing = new();

    private Task? _opening;
    private KeptItems? _items;
    private bool _wasPassive;

    public SessionFeature(HttpContext context, WebParts parts)
    {
        Context = context;
        Parts = parts;
        Request = new RequestSession(parts.Engine) { Host = this };
    }

    public HttpContext Context { get; }

    public WebParts Parts { get; }

    public RequestSession Request { get; }

    /// <summary>When validation was asked for: also the time at which a sign-in in this request began.</summary>
    public DateTimeOffset OpenedAt { get; private set; }

    /// <summary>The answer that takes the application's place, once something has been refused.</summary>
    public SessionAnswer? Answer { get; private set; }

    /// <summary>What the session cookie held.</summary>
    public CookieLookup SessionCookie { get; private set; }

    /// <summary>Whether the token that serves came in the session cookie, not the visitor's.</summary>
    public bool IsBySessionCookie { get; private set; }

    /// <summary>The device cookie that a sign-in made for a browser without one; it goes out with the session's.</summary>
    public NewDevice? NewDevice { get; set; }

    /// <summary>Whether the browser is to drop what scripts stored: somebody signs out.</summary>
    public bool ClearsStorage { get; set; }

    /// <summary>What ASP.NET Core Identity checked in this request, beyond what it says at sign-in.</summary>
    public IdentityProof? Proof { get; set; }

    /// <summary>Whether the response carries a mark for this server's response cache, to be taken back before it goes.</summary>
    public bool IsMarkedForCaches { get; private set; }

    /// <summary>The authorization in which a step-up was found missing.</summary>
    public AuthorizationHandlerContext? Unmet { get; set; }

    /// <summary>Whether the endpoint says that its requests are no activity; one that goes on without a session has none to keep alive (WSTG-SESS-07.e).</summary>
    public bool IsPassive => Context.GetEndpoint()?.Metadata.GetMetadata<PassiveAttribute>() is not null || IsWithoutSession;

    /// <summary>Whether the endpoint was not known yet when the session was opened, so that its request counted as activity after all.</summary>
    public bool IsPassiveInVain => !_wasPassive && Request.IsOpen && Context.GetEndpoint()?.Metadata.GetMetadata<PassiveAttribute>() is not null;

    public bool IsWithoutSession => Context.GetEndpoint()?.Metadata.GetMetadata<WithoutSessionAttribute>() is not null;

    /// <summary>The items of the session's properties, decrypted once a request; null for none.</summary>
    public Dictionary<string, string?>? ItemsOf(SessionRecord record)
        => record.Extensions.IsDefaultOrEmpty ? null : (_items?.Record == record ? _items : _items = new(record, Parts.Items.Read(record))).Items;

    /// <summary>Validates the shown token, once a request.</summary>
    /// <exception cref="InvalidOperationException">The user store, asked during validation, asks for the session.</exception>
    public Task OpenAsync()
    {
        if (IsOpening && Comparing.Value == this)
        {
            throw new InvalidOperationException("The user store asked for the request's session while that is being compared with its user, and would wait for itself. Find the tenant, or whatever it needs, without the signed-in user.");
        }

        return _opening ??= OpenAndCountAsync();
    }

    /// <summary>Runs the application's user store as part of the validation.</summary>
    public async Task<T> CompareAsync<T>(Func<Task<T>> ask)
    {
        Comparing.Value = this; // flows into what is called, and back out of nothing
        return await ask();
    }

    /// <summary>Whether validation is under way: code that it calls must not wait for it.</summary>
    public bool IsOpening { get; private set; }

    /// <summary>Writes what has to be written before the first byte; false when an answer of ours takes the application's place.</summary>
    public ValueTask<bool> CommitAsync(CancellationToken cancellationToken) => ResponseCommit.CommitAsync(this);

    /// <summary>
    /// The tokens that a sign-in takes over or replaces: those that the request showed, and one that was to go out with
    /// its own answer and now never will.
    /// </summary>
    public IReadOnlyList<SessionToken> ShownTokens()
    {
        var tokens = new List<SessionToken>(3);
        if (Request.Delivery is { } undelivered)
        {
            tokens.Add(undelivered.Token);
        }

        foreach (var name in (ReadOnlySpan<string>)[Parts.Options.Cookie.Name!, Parts.Options.AnonymousCookie.Name!])
        {
            if (CookieHeader.Find(Context.Request.Headers.Cookie, name, out var token) == CookieLookup.Found)
            {
                tokens.Add(token);
            }
        }

        return tokens;
    }

    /// <summary>Gives an answer in the application's place: what the pipeline writes from now on is discarded.</summary>
    public void Refuse(SessionAnswer answer)
    {
        Answer ??= answer;
        KeepOutOfCaches(); // what they see meanwhile is an empty 200
    }

    /// <summary>Notes a fault of the session wherever it happens, so that no exception page can turn it into a 500.</summary>
    public void Refuse(Exception fault)
    {
        if (fault is SessionRefusedException refused)
        {
            var answer = SessionAnswer.Of(refused);
            Refuse(refused.Refusal == SessionRefusal.PlainHttp ? Parts.Proxies.Explain(answer, Context) : answer);
        }
        else if (fault is SessionStoreException)
        {
            if (Answer is null)
            {
                SojournWebLog.StoreFault(Parts.Logger, Context.Request.Method, fault);
            }

            Refuse(Request.ForgetsCookie ? SessionAnswer.SignedOutHereOnly() : SessionAnswer.StoreDown());
        }
    }

    private async Task OpenAndCountAsync()
    {
        IsOpening = true;
        try
        {
            await OpenOnceAsync();
        }
        finally
        {
            IsOpening = false;
        }

        if (Request.ShownToken is { Outcome: SessionOutcome.Unknown or SessionOutcome.Malformed })
        {
            Parts.Engine.BadTokens.Count(Request.Client.Address);
        }
    }

    private async Task OpenOnceAsync()
    {
        OpenedAt = Parts.Engine.Clock.Now;
        Request.Client = new SessionClient(Context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress, Context.Request.Headers.UserAgent);
        SessionCookie = CookieHeader.Find(Context.Request.Headers.Cookie, Parts.Options.Cookie.Name!, out var token);
        var visitCookie = CookieHeader.Find(Context.Request.Headers.Cookie, Parts.Options.AnonymousCookie.Name!, out var visitToken);
        var host = Context.Request.Headers.Host.ToString(); // not Request.Host, which throws on a name that only looks like punycode
        Request.IsOverPlainHttp = !Context.Request.IsHttps && !Loopback.IsLoopback(new(host));
        if (Request.IsOverPlainHttp && (SessionCookie | visitCookie) != CookieLookup.Absent)
        {
            SojournWebLog.TokenOverHttp(Parts.Logger, host);
            Parts.Proxies.Explain(Context);
            Open(new(SessionOutcome.Unknown), default);
            return;
        }

        try
        {
            _wasPassive = IsPassive;
            var access = new SessionAccess(Request.Client, IsPassive: _wasPassive || RotationEligibility.IsPrefetch(Context.Request));
            if (SessionCookie != CookieLookup.Absent)
            {
                var validation = SessionCookie == CookieLookup.Found ? await ValidateAsync(token, access, anonymous: false) : new(SessionOutcome.Malformed);
                Open(validation, token);
                if (validation.Outcome is SessionOutcome.Active or SessionOutcome.Superseded)
                {
                    return; // a signed-in token wins over a visitor's (CSMCS-24)
                }
            }

            if (visitCookie != CookieLookup.Absent)
            {
                var visit = visitCookie == CookieLookup.Found ? await ValidateAsync(visitToken, access, anonymous: true) : new(SessionOutcome.Malformed);
                if (visit.IsActive)
                {
                    Request.Open(visit, visitToken);
                    IsBySessionCookie = false;
                    return;
                }

                Request.ShownToken ??= new(visit.Outcome, visit.EndReason);
            }

            if (SessionCookie == CookieLookup.Absent)
            {
                Request.Open(new(SessionOutcome.Unknown), default);
            }
        }
        catch (SessionStoreException fault)
        {
            SojournWebLog.StoreFault(Parts.Logger, Context.Request.Method, fault);
            OpenUnavailable();
        }
        catch (UserStoreException fault)
        {
            SojournWebLog.UserStoreFault(Parts.Logger, fault.Session, fault.InnerException!);
            OpenUnavailable();
        }
    }

    /// <summary>Neither signed in nor signed out (rule 6).</summary>
    private void OpenUnavailable()
    {
        Request.Open(new(SessionOutcome.Unknown), default);
        Request.IsUnavailable = true;
    }

    private void Open(SessionValidation validation, SessionToken token)
    {
        IsBySessionCookie = true;
        Request.Open(validation, token);
        Request.ShownToken = new(validation.Outcome, validation.EndReason);
        (Request.ShownRecord, Request.ShownKind) = (validation.Record, validation.Token.Kind);
    }

    /// <summary>Each cookie holds its own kind of session; one in the other's place is not ours.</summary>
    private async ValueTask<SessionValidation> ValidateAsync(SessionToken token, SessionAccess access, bool anonymous)
    {
        var validation = await Parts.Engine.Validator.ValidateAsync(token, access, Context.RequestAborted);
        if (validation.Record is { } record && record.Subject is null != anonymous)
        {
            return new(SessionOutcome.Unknown);
        }

        return !anonymous && validation.IsActive && Parts.Stamps is { } stamps && stamps.IsDue(validation.Record!, Parts.Principals)
            ? await stamps.CompareAsync(this, validation, token, access)
            : validation;
    }

    bool IRequestHost.HasResponseStarted => Context.Response.HasStarted;

    bool IRequestHost.GoesOnWithout => IsWithoutSession;

    void IRequestHost.Faulted(Exception fault) => Refuse(fault);

    void IRequestHost.Used() => KeepOutOfCaches();

    private void KeepOutOfCaches() => IsMarkedForCaches = SharedCaches.SwitchOff(Context) || IsMarkedForCaches;

    private sealed record KeptItems(SessionRecord Record, Dictionary<string, string?>? Items);
}
