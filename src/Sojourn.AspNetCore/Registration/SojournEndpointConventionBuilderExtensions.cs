namespace Microsoft.AspNetCore.Builder;

using Sojourn.AspNetCore;

/// <summary>What an endpoint may say about sessions.</summary>
public static class SojournEndpointConventionBuilderExtensions
{
    /// <summary>
    /// The endpoint goes on without a session: it is not answered with 503 while the store is down
    /// (<c>Session.IsUnavailable</c> tells), never rotates a token, and its answers may be cached. For assets and health.
    /// </summary>
    public static TBuilder WithoutSession<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
        => With(builder, new WithoutSessionMetadata());

    /// <summary>
    /// The endpoint takes unsafe requests from other sites: it does not rely on the session cookie, or protects itself.
    /// </summary>
    public static TBuilder AllowCrossSite<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
        => With(builder, new AllowCrossSiteMetadata());

    private static TBuilder With<TBuilder>(TBuilder builder, object metadata) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }
}
