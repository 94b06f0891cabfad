using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;

namespace Sojourn.AspNetCore;

/// <summary>Says in the words of RFC 8176 what a passkey proved.</summary>
internal static class PasskeyMethods
{
    private const int FlagsAt = 32; // behind the hash of the relying party's id (WebAuthn, section 6.1)
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;

    /// <param name="credentialJson">The browser's answer; its signature has been verified.</param>
    /// <param name="passkey">The passkey as it is stored now.</param>
    public static IReadOnlyList<string> Of(string credentialJson, UserPasskeyInfo passkey)
    {
        // Verification is a fact of this answer: the stored passkey tells only of its registration.
        var flags = Flags(credentialJson);
        var methods = new List<string>(3);
        if ((flags & UserVerified) != 0)
        {
            methods.Add("mfa");
        }

        methods.Add(passkey.IsBackupEligible || passkey.IsBackedUp ? "swk" : "hwk"); // what may leave its device proves no device
        if ((flags & UserPresent) != 0)
        {
            methods.Add("user");
        }

        return methods;
    }

    /// <summary>The flags that the authenticator signed; 0 when the answer does not name them plainly.</summary>
    private static byte Flags(string credentialJson)
    {
        try
        {
            using var credential = JsonDocument.Parse(credentialJson);
            var data = Only(Only(credential.RootElement, "response"), "authenticatorData");
            return data is { ValueKind: JsonValueKind.String } && Base64Url.DecodeFromChars(data.Value.GetString()) is { Length: > FlagsAt } bytes ? bytes[FlagsAt] : (byte)0;
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return 0;
        }
    }

    /// <summary>
    /// A property that is there once, in whatever case: the handler that verified it ignores case and takes the last, so
    /// a second one beside it could be unsigned.
    /// </summary>
    private static JsonElement? Only(JsonElement? parent, string name)
    {
        JsonElement? found = null;
        foreach (var property in parent is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : default)
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                if (found is not null)
                {
                    return null;
                }

                found = property.Value;
            }
        }

        return found;
    }
}
