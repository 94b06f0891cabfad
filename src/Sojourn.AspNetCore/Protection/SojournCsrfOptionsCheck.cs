using System.Buffers;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>Refuses names under which no token could ever arrive.</summary>
internal sealed class SojournCsrfOptionsCheck : IValidateOptions<SojournCsrfOptions>
{
    private const int MaxLength = 128;

    // RFC 9110 section 5.6.2
    private static readonly SearchValues<char> HeaderCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public ValidateOptionsResult Validate(string? name, SojournCsrfOptions options)
    {
        if (options.HeaderName is not { Length: > 0 and <= MaxLength } header || header.AsSpan().ContainsAnyExcept(HeaderCharacters))
        {
            return ValidateOptionsResult.Fail("Sojourn setting HeaderName of AddCsrfTokens() must be 1 to 128 characters that a header name may have (RFC 9110).");
        }

        return options.FormFieldName is { Length: > 0 and <= MaxLength }
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Sojourn setting FormFieldName of AddCsrfTokens() must be 1 to 128 characters long.");
    }
}
