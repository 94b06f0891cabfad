namespace Sojourn;

/// <summary>Where the CSRF token of a session is looked for: <c>AddSojourn().AddCsrfTokens(csrf => …)</c>. Checked at the start.</summary>
public sealed class SojournCsrfOptions
{
    /// <summary>The request header. It is looked at first: with it, the body of a request is not read. Default <c>X-CSRF-Token</c>.</summary>
    public string HeaderName { get; set; } = "X-CSRF-Token";

    /// <summary>The field of a form, urlencoded or multipart; of 1 to 128 characters. Default <c>__csrf</c>.</summary>
    public string FormFieldName { get; set; } = "__csrf";
}
