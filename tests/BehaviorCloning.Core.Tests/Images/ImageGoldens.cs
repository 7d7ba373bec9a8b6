using System.Text.Json;

namespace BehaviorCloning.Core.Tests.Images;

/// <summary>Image files of every kind and their pixels as Pillow decodes them; golden/make.py made them.</summary>
internal static class ImageGoldens
{
    public static IReadOnlyDictionary<string, GoldenImage> All { get; } = Load();

    private static Dictionary<string, GoldenImage> Load()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "golden", "images.json")));
        return document.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => new GoldenImage(
            entry.Value.GetProperty("file").GetBytesFromBase64(),
            entry.Value.GetProperty("height").GetInt32(),
            entry.Value.GetProperty("width").GetInt32(),
            entry.Value.GetProperty("channels").GetInt32(),
            entry.Value.GetProperty("pixels").GetBytesFromBase64()));
    }
}

/// <summary>A file, and what it holds.</summary>
internal sealed record GoldenImage(byte[] File, int Height, int Width, int Channels, byte[] Pixels);
