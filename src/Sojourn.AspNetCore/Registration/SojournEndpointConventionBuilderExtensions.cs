namespace Microsoft.AspNetCore.Builder;

using Sojourn;
using Sojourn.AspNetCore;

/// <summary>What an endpoint may say about sessions.</summary>
public static class SojournEndpointConventionBuilderExtensions
{
    /// <summary>
    /// The endpoint goes on without a session: it is not answered with 503 while the store is down
    /// (<c>Session.IsUnavailable</c> tells), never rotates a token, is no activity, and its answers may be cached. For assets
    /// and health.
    /// </summary>
    public static TBuilder WithoutSession<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
        => With(builder, new WithoutSessionAttribute());

    /// <summary>
    /// Requests to the endpoint are no activity: a page that polls does not keep its session alive, and rotates no token.
    /// Where <c>UseRouting()</c> is called, it has to stand in front of whatever opens the session.
    /// </summary>
    public static TBuilder Passive<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
        => With(builder, new PassiveAttribute());

    /// <summary>
    /// The endpoint takes unsafe requests from other sites: it does not rely on the session cookie, or protects itself.
    /// </summary>
    public static TBuilder AllowCrossSite<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
        => With(builder, new AllowCrossSiteAttribute());

    /// <summary>
    /// The endpoint takes unsafe requests without the session's CSRF token, in token mode (<c>AddCsrfTokens()</c>): for what
    /// browsers send by themselves. Where they come from is checked as ever.
    /// </summary>
    public static TBuilder WithoutCsrfToken<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
        => With(builder, new WithoutCsrfTokenAttribute());

    /// <summary>
    /// The endpoint needs somebody who is signed in and has authenticated a short while ago. Others are asked to: pages go
    /// to <see cref="SojournWebOptions.StepUpPath"/> and come back, data gets 403 problem details with <c>type</c>
    /// <c>urn:sojourn:step-up-required</c>, <c>within</c> (seconds), <c>acr</c>, <c>methods</c> and <c>confirm</c> (that page).
    /// Needs <c>AddAuthorization()</c> and <c>UseAuthorization()</c>.
    /// </summary>
    /// <param name="builder">The endpoint, or a group.</param>
    /// <param name="within">How long ago at most; more than zero, at most a day.</param>
    /// <param name="acr">The authentication context class that must have been reached; null for any.</param>
    /// <param name="methods">Methods each of which must have succeeded within that time, as in RFC 8176; none for any.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static TBuilder RequireStepUp<TBuilder>(this TBuilder builder, TimeSpan within, string? acr = null, params string[] methods) where TBuilder : IEndpointConventionBuilder
        => With(builder, new RequireStepUpAttribute(new StepUpRequirement(within, acr, methods)));

    /// <summary>
    /// Forms that are sent to the endpoint are never kept while a step-up interrupts them: for what should not lie in a store
    /// even for a moment. Those with a field that says <c>password</c>, <c>secret</c>, <c>card number</c>, <c>cvc</c> in its
    /// name are not kept anyway.
    /// </summary>
    public static TBuilder WithoutKeptForm<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
        => With(builder, new WithoutKeptFormAttribute());

    private static TBuilder With<TBuilder>(TBuilder builder, object metadata) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }
}
