using System.Reflection;

namespace Sojourn.Tests;

#pragma warning disable CA1852 // the runtime derives from it
/// <summary>A store of which a test answers single calls itself.</summary>
internal class StoreProxy : DispatchProxy
#pragma warning restore CA1852
{
    private ISessionStore _inner = null!;
    private Func<string, object?[], object?> _answer = null!;

    /// <param name="inner">Answers what the test does not.</param>
    /// <param name="answer">Given a method's name and arguments: the answer, or null to leave it to the inner store.</param>
    public static ISessionStore Over(ISessionStore inner, Func<string, object?[], object?> answer)
    {
        var proxy = Create<ISessionStore, StoreProxy>();
        ((StoreProxy)(object)proxy)._inner = inner;
        ((StoreProxy)(object)proxy)._answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        => _answer(targetMethod!.Name, args ?? []) ?? targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
}
