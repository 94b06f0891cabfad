namespace Sojourn;

/// <summary>What came of "this wasn't me".</summary>
/// <param name="Ended">How many sessions ended by this call: the named one, and others from its device.</param>
/// <param name="MustStepUp">
/// In how many of the person's other running sessions the last authentication no longer counts, by this call or an earlier
/// one, so that everything that needs a recent one asks again.
/// </param>
public readonly record struct SessionDisownResult(int Ended, int MustStepUp);
