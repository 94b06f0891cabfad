namespace Sojourn;

/// <summary>As <c>.WithoutSession()</c>, on a controller, an action, a page or a handler.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class WithoutSessionAttribute : Attribute;

/// <summary>As <c>.Passive()</c>, on a controller, an action, a page or a handler.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class PassiveAttribute : Attribute;

/// <summary>As <c>.AllowCrossSite()</c>, on a controller, an action, a page or a handler.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class AllowCrossSiteAttribute : Attribute;

/// <summary>As <c>.WithoutCsrfToken()</c>, on a controller, an action, a page or a handler.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class WithoutCsrfTokenAttribute : Attribute;

/// <summary>As <c>.WithoutKeptForm()</c>, on a controller, an action, a page or a handler.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class WithoutKeptFormAttribute : Attribute;
