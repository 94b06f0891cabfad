using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sojourn.Conventions.Tests;

/// <summary>The public API of an assembly as sorted text: one line per type, below it one per member, nullability included.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    public static string Of(Assembly assembly)
    {
        // The compiler's holders of extension blocks have unspeakable names; their methods appear in the enclosing class.
        var types = assembly.GetExportedTypes().Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal));
        return string.Concat(types.OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type =>
            string.Concat(Members(type).Order(StringComparer.Ordinal).Prepend(Header(type)).Select(line => line + "\n"))));
    }

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => (Has<IsReadOnlyAttribute>(type) ? "readonly " : "")
                + (type.GetMethod("PrintMembers", Declared) is null ? "struct" : "record struct"),
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") +
                (IsDelegate(type) ? "delegate" : type.GetMethod("<Clone>$") is null ? "class" : "record"),
        };
        Type[] ofNoInterest = [typeof(object), typeof(ValueType), typeof(Enum), typeof(MulticastDelegate)];
        var faces = type.IsEnum || IsDelegate(type) ? [] : type.GetInterfaces().Where(face => face.IsVisible).Select(face => Name(face));
        var bases = new[] { type.BaseType }.OfType<Type>().Except(ofNoInterest).Select(each => Name(each))
            .Concat(faces.Order(StringComparer.Ordinal)).ToList();
        return $"{Marks(type)}{kind} {type.Namespace}.{Name(type)}" +
            (bases.Count == 0 ? "" : " : " + string.Join(", ", bases)) + Constraints(type.GetGenericArguments());
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"    {name} = {Enum.Format(type, Enum.Parse(type, name), "D")}");
        }

        if (IsDelegate(type))
        {
            return ["    " + Method(type.GetMethod("Invoke")!)];
        }

        var properties = type.GetProperties(Declared);
        var events = type.GetEvents(Declared);
        var accessors = properties.SelectMany(p => p.GetAccessors(true))
            .Concat(events.SelectMany(e => new[] { e.AddMethod!, e.RemoveMethod! })).ToHashSet();
        var methods = type.GetMethods(Declared).Where(m => !accessors.Contains(m) && !Has<CompilerGeneratedAttribute>(m));
        return type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly).Select(Field)
            .Concat(properties.Where(p => p.GetAccessors(true).Any(Visible)).Select(Property))
            .Concat(events.Where(e => Visible(e.AddMethod!)).Select(Event))
            .Concat(type.GetConstructors(Declared).Where(c => Visible(c) && !c.IsStatic).Select(Constructor))
            .Concat(methods.Where(Visible).Select(Method))
            .Select(line => "    " + line);
    }

    private static string Field(FieldInfo field)
    {
        var kind = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        var value = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue())}" : "";
        return $"{(field.IsPublic ? "" : "protected ")}{kind}{Name(field.FieldType, Nullability.Create(field))} {field.Name}{value}";
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(true).Where(Visible).ToList();
        var verbs = accessors.Select(a =>
            (a.IsPublic || accessors.All(other => !other.IsPublic) ? "" : "protected ")
            + (a.ReturnType != typeof(void) ? "get; "
                : a.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; "));
        var name = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{Parameters(property.GetMethod!)}]";
        var required = Has<RequiredMemberAttribute>(property) ? "required " : "";
        return $"{Marks(property)}{Modifiers(accessors.MinBy(a => !a.IsPublic)!)}{required}"
            + $"{Name(property.PropertyType, Nullability.Create(property))} {name} {{ {string.Concat(verbs)}}}";
    }

    private static string Event(EventInfo e) => $"{Modifiers(e.AddMethod!)}event {Name(e.EventHandlerType!)} {e.Name}";

    private static string Constructor(ConstructorInfo c) => $"{Modifiers(c)}{c.DeclaringType!.Name.Split('`')[0]}({Parameters(c)})";

    private static string Method(MethodInfo method)
    {
        Type[] generic = method.IsGenericMethod ? method.GetGenericArguments() : [];
        return $"{Marks(method)}{Modifiers(method)}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}"
            + (generic.Length == 0 ? "" : $"<{string.Join(", ", generic.Select(t => t.Name))}>")
            + $"({(Has<ExtensionAttribute>(method) ? "this " : "")}{Parameters(method)}){Constraints(generic)}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
    {
        var list = Has<ParamArrayAttribute>(p) || Has<ParamCollectionAttribute>(p);
        var way = list ? "params " : p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref " : "";
        return $"{way}{Name(p.ParameterType, Nullability.Create(p))} {p.Name}{(p.HasDefaultValue ? $" = {Literal(p.DefaultValue)}" : "")}";
    }));

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        var nullable = nullability?.ReadState == NullabilityState.Nullable || nullability?.WriteState == NullabilityState.Nullable;
        var mark = nullable && !type.IsValueType ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[]{mark}";
        }

        var name = Keywords.GetValueOrDefault(type) ?? type.Name.Split('`')[0];
        var outer = type.IsNested && !type.IsGenericParameter ? Name(type.DeclaringType!) + "." : "";
        var arguments = type.GetGenericArguments().Select((a, i) => Name(a, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
        return outer + name + (type.IsGenericType ? $"<{string.Join(", ", arguments)}>" : "") + mark;
    }

    private static string Constraints(IEnumerable<Type> parameters) => string.Concat(parameters.Where(t => t.IsGenericParameter).Select(t =>
    {
        var flags = t.GenericParameterAttributes;
        var isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        List<string> all = [.. t.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(c => Name(c))];
        all.AddRange(isStruct ? ["struct"] : flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : []);
        all.AddRange(!isStruct && flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) ? ["new()"] : []);
        return all.Count == 0 ? "" : $" where {t.Name} : {string.Join(", ", all)}";
    }));

    private static string Modifiers(MethodBase m)
    {
        var isOverride = m is MethodInfo method && method.GetBaseDefinition() != method;
        var slot = m.DeclaringType!.IsInterface ? "" : isOverride ? "override "
            : m.IsAbstract ? "abstract " : m.IsVirtual && !m.IsFinal ? "virtual " : "";
        return (m.IsPublic ? "" : "protected ") + (m.IsStatic ? "static " : "") + slot;
    }

    private static string Marks(MemberInfo member) =>
        (member.GetCustomAttribute<ExperimentalAttribute>() is { } e ? $"[Experimental({e.DiagnosticId})] " : "")
        + (Has<ObsoleteAttribute>(member) ? "[Obsolete] " : "");

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(Delegate));

    private static bool Visible(MethodBase m) => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly;

    private static bool Has<T>(ICustomAttributeProvider member) where T : Attribute => member.IsDefined(typeof(T), false);

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string s => $"\"{s}\"",
        bool b => b ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
