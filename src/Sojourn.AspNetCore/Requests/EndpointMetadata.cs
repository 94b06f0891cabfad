namespace Sojourn.AspNetCore;

/// <summary>Marks an endpoint that goes on without a session.</summary>
internal sealed class WithoutSessionMetadata;

/// <summary>Marks an endpoint that takes unsafe requests from other sites.</summary>
internal sealed class AllowCrossSiteMetadata;
