using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>The store of this program, and whether the application named it.</summary>
internal sealed record StoreChoice(ISessionStore Store, bool IsNamed);
