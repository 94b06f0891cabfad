using System.Reflection;
using Xunit.v3;

namespace Sojourn.Conventions.Tests;

public sealed class HouseRuleTests
{
    /// <summary>Public classes that users derive from, with the reason. Exceptions, attributes, abstract classes need no entry.</summary>
    private static readonly Dictionary<string, string> MayBeDerivedFrom = new()
    {
        ["Sojourn.SojournUserManager`1"] = "An application's own user manager derives from it, as from the framework's.",
    };

    /// <summary>Public methods that return a task but have another shape, with the reason.</summary>
    private static readonly Dictionary<string, string> OtherAsyncShape = new()
    {
        ["Sojourn.Session.StepUpAsync"] = "params string[] has to come last; it uses the token of the request.",
    };

    /// <summary>Names of the framework, or so close to them that an app file with both usings would not compile.</summary>
    private static readonly string[] Taken = ["SessionOptions", "ISession", "SessionExtensions", "AddSession", "UseSession"];

    private static IEnumerable<Type> PublicTypes =>
        Repository.Libraries.SelectMany(library => library.GetExportedTypes())
            .Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal));

    private static IEnumerable<MethodInfo> PublicMethods =>
        PublicTypes.Where(type => !type.IsSubclassOf(typeof(Delegate))).SelectMany(type => type.GetMethods(
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

    [Fact]
    public void Public_classes_are_sealed_or_static() =>
        Repository.ExpectNone(PublicTypes
            .Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract)
            .Where(type => !type.IsSubclassOf(typeof(Exception)) && !type.IsSubclassOf(typeof(Attribute)))
            .Where(type => !MayBeDerivedFrom.ContainsKey(type.FullName!))
            .Select(type => $"{type} is neither sealed nor static."));

    [Fact]
    public void Asynchronous_methods_end_in_Async_and_take_a_token_last() =>
        Repository.ExpectNone(PublicMethods
            .Where(method => IsTask(method.ReturnType) && !ShapeIsGiven(method) && !OtherAsyncShape.ContainsKey(FullName(method)))
            .Where(method => !method.Name.EndsWith("Async", StringComparison.Ordinal)
                || method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken))
            .Select(method => $"{FullName(method)} must end in Async and take a CancellationToken as its last parameter."));

    [Fact]
    public void Nothing_public_lives_in_an_internal_namespace() =>
        Repository.ExpectNone(PublicTypes
            .Where(type => type.Namespace?.Contains("Internal", StringComparison.Ordinal) == true)
            .Select(type => $"{type} is public."));

    [Fact]
    public void Names_of_the_framework_are_left_alone() =>
        Repository.ExpectNone(PublicTypes.Select(type => (type.Name, Full: type.FullName!))
            .Concat(PublicMethods.Select(method => (method.Name, Full: FullName(method))))
            .Where(each => Taken.Contains(each.Name.Split('`')[0]))
            .Select(each => $"{each.Full}: the name is taken."));

    private static string FullName(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";

    private static bool IsTask(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask)
        || (type.IsGenericType && type.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>)));

    /// <summary>True if somebody else decided the signature: a base or interface outside our libraries, or the test framework.</summary>
    private static bool ShapeIsGiven(MethodInfo method) =>
        !Repository.Libraries.Contains(method.GetBaseDefinition().Module.Assembly)
        || method.GetCustomAttributes().Any(attribute => attribute is IFactAttribute)
        || (method.DeclaringType is { IsInterface: false, IsGenericTypeDefinition: false } type && type.GetInterfaces()
            .Where(face => !Repository.Libraries.Contains(face.Assembly))
            .Any(face => type.GetInterfaceMap(face).TargetMethods.Contains(method)));
}
