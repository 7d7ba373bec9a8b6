using System.Text.Json;

namespace Samples;

/// <summary>Figures as a JSON file, their names in snake_case.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Replaces the file as a whole: a reader never sees half of it.</summary>
    public static void Write<T>(string path, T figures)
    {
        string beside = path + ".new";
        File.WriteAllText(beside, JsonSerializer.Serialize(figures, Options));
        File.Move(beside, path, overwrite: true);
    }

    public static T? Read<T>(string path) => JsonSerializer.Deserialize<T>(File.ReadAllText(path), Options);
}
