using System.Text.Json.Serialization;

namespace Sojourn.AspNetCore;

/// <summary>Problem details as sent (RFC 9457 section 3.1). No type member: <c>about:blank</c> is the default.</summary>
internal sealed record ProblemBody(string Title, int Status, string? Detail, string? Reason);

/// <summary>How this library's JSON is written: source-generated, so that it survives trimming.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(StepUpProblem))]
[JsonSerializable(typeof(TimeLeftBody))]
[JsonSerializable(typeof(CsrfBody))]
[JsonSerializable(typeof(KeptForm[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class SojournJsonContext : JsonSerializerContext;
