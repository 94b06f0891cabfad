namespace Sojourn.AspNetCore;

/// <summary>A form that a step-up interrupted. It waits in the session, so it is of one person on one browser.</summary>
/// <param name="Id">Random, and part of the address that goes on with it: two tabs never take each other's, and no link from elsewhere takes any.</param>
/// <param name="Address">Where it was sent.</param>
/// <param name="KeptAt">When it was kept.</param>
/// <param name="IsMultipart">How it was encoded, and is to be again.</param>
/// <param name="Fields">Its fields in order.</param>
internal sealed record KeptForm(string Id, string Address, DateTimeOffset KeptAt, bool IsMultipart, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>The fields are the person's business: a record would print them.</summary>
    public override string ToString() => $"KeptForm({Fields.Count} fields)";
}
