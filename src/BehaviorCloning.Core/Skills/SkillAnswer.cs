using System.Text.Json;

namespace BehaviorCloning.Skills;

/// <summary>Reads what a language model answered: one JSON object with exactly "skill" and "reason", both text, and nothing around it.</summary>
internal static class SkillAnswer
{
    /// <summary>What ends a plan; no skill can be called so, since names begin with a letter.</summary>
    public const string Finish = "_finish";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow, MaxDepth = 2 };

    /// <summary>The answer, or why it is none.</summary>
    public static (string? Skill, string? Reason, string? Fault) Read(string? text, int longest)
    {
        if (string.IsNullOrWhiteSpace(text)) return Refused("it is empty");
        if (text.Length > longest) return Refused($"it has {text.Length} characters, more than {longest}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Strict);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Refused($"it is a JSON {root.ValueKind}, not an object");
            string[] unknown = [.. root.EnumerateObject().Select(property => property.Name).Where(name => name is not ("skill" or "reason"))];
            if (unknown.Length > 0) return Refused($"it has further properties ({string.Join(", ", unknown.Select(Quote))}); only \"skill\" and \"reason\" are allowed");
            foreach (string name in new[] { "skill", "reason" })
            {
                if (!root.TryGetProperty(name, out JsonElement value)) return Refused($"it has no \"{name}\"");
                if (value.ValueKind != JsonValueKind.String) return Refused($"its \"{name}\" is a JSON {value.ValueKind}, not a text");
            }

            return (root.GetProperty("skill").GetString(), root.GetProperty("reason").GetString(), null);
        }
        catch (JsonException e)
        {
            return Refused($"it is not one JSON object and nothing else ({e.Message})");
        }
        catch (InvalidOperationException)
        {
            return Refused("it has an unpaired surrogate, which is no text");
        }

        static (string?, string?, string?) Refused(string fault) => (null, null, fault);
    }

    /// <summary>A few characters of what a model said, without any that could disturb a log.</summary>
    public static string Quote(string text) => $"'{new string([.. text.Take(60).Select(c => char.IsControl(c) ? ' ' : c)])}{(text.Length > 60 ? "..." : "")}'";
}
