using System.Text.Json.Serialization;

namespace Sojourn.AspNetCore;

/// <summary>Problem details as sent (RFC 9457 section 3.1). No type member: <c>about:blank</c> is the default.</summary>
internal sealed record ProblemBody(string Title, int Status, string? Detail, string? Reason)
{
    /// <summary>The sign-in for which the session had to make room.</summary>
    public PlaceBody? DisplacedBy { get; init; }

    /// <summary>How many sessions run, where they are too many for another one.</summary>
    public int? Running { get; init; }

    /// <summary>The one of those that started last.</summary>
    public PlaceBody? RunningOn { get; init; }
}

/// <summary>A session on another device, as problem details tell it.</summary>
internal sealed record PlaceBody(string Device, DateTime At, string? Network)
{
    public static PlaceBody? Of(OtherSignIn? other) => other is null ? null : new(other.Device, other.At.UtcDateTime, other.Network);
}

/// <summary>How this library's JSON is written: source-generated, so that it survives trimming.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(StepUpProblem))]
[JsonSerializable(typeof(TimeLeftBody))]
[JsonSerializable(typeof(CsrfBody))]
[JsonSerializable(typeof(KeptForm[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class SojournJsonContext : JsonSerializerContext;
