using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>What is known of an open store and does not change.</summary>
/// <param name="Identity">Who the store is.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="TenantNumber">Its storage number.</param>
/// <param name="Teller">This opening of the file, among all that share it.</param>
/// <param name="WasRestored">Whether the file came from a backup or from elsewhere.</param>
internal sealed record StoreFacts(StoreIdentity Identity, string Tenant, long TenantNumber, long Teller, bool WasRestored);
