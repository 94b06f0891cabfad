namespace Shop;

/// <summary>The shop's own command line.</summary>
/// <param name="Demo">Whether the demo accounts are wanted outside Development too: <c>--demo</c>.</param>
/// <param name="DataFolder">Where its files go: <c>--data DIR</c>. Default: <c>data</c>, beside the program.</param>
/// <param name="Others">What is the framework's, such as <c>--urls</c>.</param>
internal sealed record ShopArguments(bool Demo, string DataFolder, string[] Others)
{
    public static ShopArguments Parse(string[] args)
    {
        var demo = false;
        string? data = null;
        var others = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--demo")
            {
                demo = true;
            }
            else if (args[i] == "--data")
            {
                data = ++i < args.Length ? args[i] : "";
            }
            else if (args[i].StartsWith("--data=", StringComparison.Ordinal))
            {
                data = args[i]["--data=".Length..];
            }
            else
            {
                others.Add(args[i]);
            }
        }

        if (data is not null && (string.IsNullOrWhiteSpace(data) || data.StartsWith('-')))
        {
            throw new FormatException("--data needs the name of a folder.");
        }

        return new(demo, Path.GetFullPath(data ?? Path.Combine(AppContext.BaseDirectory, "data")), [.. others]);
    }
}
