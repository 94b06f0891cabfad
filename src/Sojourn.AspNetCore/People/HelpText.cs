using System.Globalization;
using System.Resources;

namespace Sojourn.AspNetCore;

/// <summary>A help text in the language of the current UI culture, or in English when there is none in that.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Language">The language that it is in, as in HTML's <c>lang</c>.</param>
/// <param name="Parts">What it says.</param>
internal sealed record HelpText(string Title, string Language, IReadOnlyList<HelpPart> Parts)
{
    internal static readonly ResourceManager Resources = new("Sojourn.AspNetCore.People.HelpTexts", typeof(HelpText).Assembly);

    public static HelpText Of(SessionHelpTopic topic) => new(Read($"{topic}.Title"), Read("Language"), Parse(Read($"{topic}.Text")));

    /// <summary>A line is a paragraph, a point of a list ("- ") or a step ("1. "). Points, and steps, that follow one another are one list.</summary>
    internal static IReadOnlyList<HelpPart> Parse(string text)
    {
        var parts = new List<HelpPart>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (kind, words) = line switch
            {
                ['-', ' ', .. var point] => (HelpPartKind.List, point),
                [>= '1' and <= '9', '.', ' ', .. var step] => (HelpPartKind.Steps, step),
                _ => (HelpPartKind.Paragraphs, line),
            };
            if (parts is [.., var last] && last.Kind == kind)
            {
                last.Lines.Add(words);
            }
            else
            {
                parts.Add(new(kind, [words]));
            }
        }

        return parts;
    }

    private static string Read(string key) => Resources.GetString(key, CultureInfo.CurrentUICulture) ?? throw new InvalidOperationException($"The help text {key} is missing.");
}

/// <summary>Lines of one kind that follow one another.</summary>
internal sealed record HelpPart(HelpPartKind Kind, List<string> Lines);

internal enum HelpPartKind
{
    Paragraphs = 0,
    List = 1,
    Steps = 2,
}
