namespace Sojourn;

/// <summary>How a token came in.</summary>
/// <param name="Client">Where from; noted with the next touch when it changed.</param>
/// <param name="IsPassive">Whether the request is no activity of a person (prefetch, polling): then nothing is touched.</param>
public readonly record struct SessionAccess(SessionClient? Client = null, bool IsPassive = false);
