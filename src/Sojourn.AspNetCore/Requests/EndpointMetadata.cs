namespace Sojourn.AspNetCore;

/// <summary>Marks an endpoint that goes on without a session.</summary>
internal sealed class WithoutSessionMetadata;

/// <summary>Marks an endpoint whose requests are no activity of a person.</summary>
internal sealed class PassiveMetadata;

/// <summary>Marks an endpoint whose forms are never kept during a step-up.</summary>
internal sealed class WithoutKeptFormMetadata;

/// <summary>Marks an endpoint that takes unsafe requests from other sites.</summary>
internal sealed class AllowCrossSiteMetadata;
