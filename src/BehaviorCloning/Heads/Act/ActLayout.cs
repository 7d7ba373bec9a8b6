using BehaviorCloning.Encoders;

namespace BehaviorCloning.Heads;

/// <summary>
/// What ACT takes the context's tokens for: vectors, each with a projection and a learned position of its own, and feature maps, which share a
/// projection and have two-dimensional positions. The first vector is the robot's own state, which the style encoder sees too.
/// </summary>
/// <remarks>
/// Feature maps are the parts with a height and a width. Of a token without any part, all columns are taken; so an encoder that says
/// nothing about its tokens gives vectors only.
/// </remarks>
/// <param name="Vectors">Token and columns of each vector.</param>
/// <param name="Maps">The feature maps.</param>
internal sealed record ActLayout(IReadOnlyList<ActVector> Vectors, IReadOnlyList<ContextPart> Maps)
{
    public static ActLayout Of(HeadShape shape)
    {
        ContextPart[] maps = [.. shape.Parts.Where(IsMap).OrderBy(map => map.FirstToken)];
        List<ActVector> vectors = [];
        for (int token = 0; token < shape.ContextTokens; token++)
        {
            if (maps.Any(map => Covers(map, token))) continue;
            ContextPart[] parts = [.. shape.Parts.Where(part => Covers(part, token))];
            int first = parts.Length == 0 ? 0 : parts.Min(part => part.FirstColumn);
            int end = parts.Length == 0 ? shape.ContextWidth : parts.Max(part => part.FirstColumn + part.ColumnCount);
            vectors.Add(new ActVector(token, first, end - first));
        }

        return new ActLayout(vectors, maps);
    }

    public static IEnumerable<string> Problems(HeadShape shape, int width)
    {
        foreach (ContextPart part in shape.Parts.Where(part => part.FirstToken < 0 || part.TokenCount < 1 || part.FirstToken + part.TokenCount > shape.ContextTokens || part.FirstColumn < 0 || part.ColumnCount < 1 || part.FirstColumn + part.ColumnCount > shape.ContextWidth))
            yield return $"Context part '{part.Name}' takes tokens {part.FirstToken} to {part.FirstToken + part.TokenCount - 1} and columns {part.FirstColumn} to {part.FirstColumn + part.ColumnCount - 1}, but the context has {shape.ContextTokens} tokens of {shape.ContextWidth}.";
        ContextPart[] maps = [.. shape.Parts.Where(IsMap)];
        foreach (ContextPart map in maps.Where(map => map.Height * map.Width != map.TokenCount))
            yield return $"Context part '{map.Name}' is a feature map of {map.Height} x {map.Width}, but takes {map.TokenCount} tokens.";
        if (maps.Length > 0 && width % 4 != 0)
            yield return $"{nameof(ActHeadConfig.Width)} {width} must be a multiple of 4: rows and columns of a feature map share it, half sines and half cosines.";
        if (maps.Select(map => (map.FirstColumn, map.ColumnCount)).Distinct().Count() > 1)
            yield return $"The feature maps {string.Join(", ", maps.Select(map => $"'{map.Name}'"))} differ in their columns, but share one projection.";
        if (!maps.SelectMany(map => Enumerable.Range(map.FirstToken, map.TokenCount)).Distinct().Count().Equals(maps.Sum(map => map.TokenCount)))
            yield return "Feature maps overlap: each token belongs to one.";
        if (maps.Sum(map => map.TokenCount) >= shape.ContextTokens)
            yield return "ACT needs the robot's own state beside the feature maps: give the encoder a float feature, which becomes the first token.";
    }

    private static bool IsMap(ContextPart part) => part.Height is not null && part.Width is not null;

    private static bool Covers(ContextPart part, int token) => token >= part.FirstToken && token < part.FirstToken + part.TokenCount;
}

/// <summary>A token that is a vector of numbers, and its columns that are used.</summary>
internal readonly record struct ActVector(int Token, int FirstColumn, int ColumnCount);
