using System.Text.Json;
using System.Text.Json.Serialization;

namespace BehaviorCloning.Datasets;

/// <summary>The .zarray file of a Zarr v2 array.</summary>
internal sealed record ZarrMetadata
{
    [JsonPropertyName("zarr_format")]
    public int Format { get; init; }

    [JsonPropertyName("shape")]
    public long[]? Shape { get; init; }

    [JsonPropertyName("chunks")]
    public long[]? Chunks { get; init; }

    [JsonPropertyName("dtype")]
    public JsonElement Type { get; init; }

    [JsonPropertyName("compressor")]
    public ZarrCompressor? Compressor { get; init; }

    [JsonPropertyName("fill_value")]
    public JsonElement FillValue { get; init; }

    [JsonPropertyName("order")]
    public string? Order { get; init; }

    [JsonPropertyName("filters")]
    public JsonElement Filters { get; init; }

    [JsonPropertyName("dimension_separator")]
    public string Separator { get; set; } = ".";    // not init: source-generated JSON would forget the default

    /// <summary>Every reason why the array is not read, none if it is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Format != 2) yield return $"zarr_format is {Format}, expected 2";
        if (Shape is null || Shape.Length == 0 || Shape.Any(extent => extent < 0)) yield return $"shape is {Show(Shape)}, expected one extent of at least 0 for each axis";
        if (Chunks is null || Chunks.Length != Shape?.Length || Chunks.Any(extent => extent < 1)) yield return $"chunks are {Show(Chunks)}, expected one extent of at least 1 for each axis of shape {Show(Shape)}";
        if (Type.ValueKind != JsonValueKind.String) yield return $"dtype is {(Type.ValueKind == JsonValueKind.Undefined ? "missing" : Type.GetRawText())}, expected a plain type such as \"<f4\"";
        if (Order != "C") yield return $"order is '{Order}', expected 'C' (row-major): rewrite the array with order='C'";
        if (Filters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !(Filters.ValueKind == JsonValueKind.Array && Filters.GetArrayLength() == 0))
            yield return $"filters are {Filters.GetRawText()}, expected none: rewrite the array without filters";
        if (Compressor is not null && Compressor.Id is not ("blosc" or "zlib" or "gzip")) yield return $"compressor is '{Compressor.Id}', expected blosc, zlib, gzip or none";
        if (Separator is not ("." or "/")) yield return $"dimension_separator is '{Separator}', expected '.' or '/'";
    }

    private static string Show(long[]? extents) => extents is null ? "missing" : $"[{string.Join(", ", extents)}]";
}

/// <summary>How chunks are compressed. Blosc chunks say themselves which codec and shuffle they have.</summary>
internal sealed record ZarrCompressor
{
    [JsonPropertyName("id")]
    public string? Id { get; init; }
}

[JsonSerializable(typeof(ZarrMetadata))]
internal sealed partial class ZarrJson : JsonSerializerContext;
