using Microsoft.AspNetCore.Components;
using Sojourn.AspNetCore;

namespace Sojourn;

/// <summary>
/// A short text that helps people with sessions, for an application to show where it matters. It comes in the language of
/// <see cref="System.Globalization.CultureInfo.CurrentUICulture"/>: English, or German. Plain HTML, rendered on the server: a
/// heading, paragraphs and lists in a <c>section</c> with the class <c>session-help</c>, or in a <c>details</c>.
/// </summary>
public sealed partial class SessionHelp : ComponentBase
{
    private string? _language;
    private string _title = "";
    private IReadOnlyList<HelpPart> _parts = [];

    /// <summary>What it is about.</summary>
    [Parameter, EditorRequired]
    public SessionHelpTopic Topic { get; set; }

    /// <summary>The level of its heading, 1 to 6. Default 2. Has no meaning when it is folded.</summary>
    [Parameter]
    public int HeadingLevel { get; set; } = 2;

    /// <summary>Whether only the title shows until somebody opens it (<c>details</c>). Default false.</summary>
    [Parameter]
    public bool Folded { get; set; }

    /// <summary>A title in the place of the one that the topic has; null (the default) for that one.</summary>
    [Parameter]
    public string? Title { get; set; }

    /// <summary>A text in the place of the one that the topic has; null (the default) for that one.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Attributes for the outer element, <c>id</c> say. A <c>class</c> or <c>lang</c> takes the place of its own.</summary>
    [Parameter(CaptureUnmatchedValues = true)]
    public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    /// <summary>The heading; a template has no elements whose names are made while it runs.</summary>
    private RenderFragment Heading => builder =>
    {
        builder.OpenElement(0, $"h{HeadingLevel}");
        builder.AddContent(1, _title);
        builder.CloseElement();
    };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is no such topic, or no heading of that level.</exception>
    protected override void OnParametersSet()
    {
        if (!Enum.IsDefined(Topic) || HeadingLevel is < 1 or > 6)
        {
            throw new InvalidOperationException($"SessionHelp has no topic {Topic}, or there is no heading of level {HeadingLevel}: it is 1 to 6.");
        }

        var text = HelpText.Of(Topic);
        (_title, _parts) = (Title ?? text.Title, text.Parts);

        // The page may be in a language that the texts are not in. A text that the application writes is in its own.
        _language = ChildContent is null ? text.Language : null;
    }
}
