using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn.AspNetCore;

/// <summary>
/// Keeps the items of <see cref="AuthenticationProperties"/> with the session: tokens of an identity provider
/// (<c>SaveTokens</c>) and what applications put there. They are encrypted with Data Protection for their tenant and subject, since
/// a store must hold nothing that others could use, and decrypted when a ticket is made.
/// </summary>
internal sealed class TicketItems(IServiceProvider services, SessionEngine engine, ILogger logger)
{
    public const int MaxBytes = 16 * 1024;

    private const string Purpose = "Sojourn.AuthenticationProperties.v1";
    private static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);

    private long _warnedAt;

    /// <summary>What is to be kept of a sign-in's properties; null when there is nothing.</summary>
    public static Dictionary<string, string?>? Of(AuthenticationProperties? properties)
    {
        if (properties is null || properties.Items.Count == 0)
        {
            return null;
        }

        Dictionary<string, string?>? items = null;
        foreach (var (key, value) in properties.Items)
        {
            // The framework's bookkeeping of cookies: the session has its own times, and redirects are for one answer.
            if (key is not (".issued" or ".expires" or ".persistent" or ".redirect" or ".refresh"))
            {
                (items ??= new(StringComparer.Ordinal)).Add(key, value ?? "");
            }
        }

        return items;
    }

    public static bool AreSame(IReadOnlyDictionary<string, string?>? left, IReadOnlyDictionary<string, string?>? right)
        => (left?.Count ?? 0) == (right?.Count ?? 0)
            && (left is null || left.All(item => right!.TryGetValue(item.Key, out var value) && string.Equals(item.Value, value, StringComparison.Ordinal)));

    /// <summary>The items as a record carries them; empty for none.</summary>
    /// <exception cref="InvalidOperationException">They are too large, or there is no Data Protection.</exception>
    public byte[] Protect(string subject, Dictionary<string, string?>? items)
    {
        if (items is null)
        {
            return [];
        }

        var protector = Protector(subject) ?? throw new InvalidOperationException(
            "The sign-in's AuthenticationProperties hold items (SaveTokens, or the application's own), which are kept encrypted. "
            + "Add services.AddDataProtection(), with a key ring that survives restarts, or leave the items out. Nothing was started or changed.");
        var bytes = protector.Protect(PropertiesSerializer.Default.Serialize(new AuthenticationProperties(items)));
        return bytes.Length <= MaxBytes ? bytes : throw new InvalidOperationException(
            $"The items of the sign-in's AuthenticationProperties take {bytes.Length} bytes when encrypted, and a session holds {MaxBytes}. "
            + "Keep fewer tokens: without SaveTokens, or only those that are used. Nothing was started or changed.");
    }

    /// <summary>
    /// The items of a session; null for none, and when they cannot be decrypted: the session does not hang on the key
    /// ring, and goes on without them.
    /// </summary>
    /// <exception cref="SessionStoreException">The record is corrupt.</exception>
    public Dictionary<string, string?>? Read(SessionRecord record)
    {
        if (!SessionExtensions.TryFind(record.Extensions, SessionExtensions.ProtectedProperties, out var value))
        {
            return null;
        }

        try
        {
            var protector = Protector(record.Subject!) ?? throw new CryptographicException("No IDataProtectionProvider is registered.");
            return Of(PropertiesSerializer.Default.Deserialize(protector.Unprotect(value.ToArray())));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Warn(record.Id, fault);
            return null;
        }
    }

    private IDataProtector? Protector(string subject) => services.GetService<IDataProtectionProvider>()?.CreateProtector(Purpose, engine.Options.Tenant, subject);

    /// <summary>A lost key ring shows in every request of every session; one line a minute says so.</summary>
    private void Warn(SessionId session, Exception fault)
    {
        var now = engine.Clock.Now.Ticks;
        var last = Interlocked.Read(ref _warnedAt);
        if ((last == 0 || now - last >= WarnEvery.Ticks) && Interlocked.CompareExchange(ref _warnedAt, now, last) == last)
        {
            SojournWebLog.ItemsUnreadable(logger, session, fault);
        }
    }
}
