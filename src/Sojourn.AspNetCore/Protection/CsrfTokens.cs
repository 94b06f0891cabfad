using System.Buffers;
using System.Buffers.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>
/// CSRF tokens (NIST-5.1-17, FM-12): the session's id, protected with the application's key ring. So a token is of one
/// session, outlives rotation and step-up, which keep the id, ends with its session, and is another text each time, which
/// leaves a compressed page nothing to be guessed by (BREACH). Nothing is stored.
/// </summary>
internal sealed class CsrfTokens(IDataProtectionProvider keys, SessionEngine engine, IOptions<SojournCsrfOptions> options)
{
    /// <summary>In characters; ours have about 150, and 200 with the largest hash that Data Protection offers.</summary>
    public const int MaxLength = 512;

    private const string Purpose = "Sojourn.CsrfToken.v1";

    // The decoder also takes spaces and two kinds of padding.
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly IDataProtector _protector = keys.CreateProtector(Purpose, engine.Options.Tenant);

    public SojournCsrfOptions Options { get; } = options.Value;

    public string Create(SessionId session)
    {
        var id = new byte[SessionId.Size];
        session.CopyTo(id);
        return Base64Url.EncodeToString(_protector.Protect(id));
    }

    /// <summary>Whether a text is a token of the session. Never throws: one that cannot be read, for whatever reason, is none.</summary>
    public bool IsOf(SessionId session, string text)
    {
        if (text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        Span<byte> id = stackalloc byte[SessionId.Size];
        session.CopyTo(id);
        try
        {
            return FixedTime.Equals(_protector.Unprotect(Base64Url.DecodeFromChars(text)), id);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return false; // cut, forged, or of keys that this application has not (any more)
        }
    }
}
