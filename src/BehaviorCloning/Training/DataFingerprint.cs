using System.Globalization;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Training;

/// <summary>Tells one dataset from another by what its windows depend on: specifications, horizons and the length of every episode. Values are not read.</summary>
internal static class DataFingerprint
{
    public static string Of(IEpisodeSource data, WindowIndex windows)
    {
        ulong hash = 0xCBF29CE484222325; // 64-bit FNV-1a
        for (int episode = 0; episode < data.EpisodeCount; episode++) hash = (hash ^ (uint)data.EpisodeLength(episode)) * 0x100000001B3;
        Horizons horizons = windows.Horizons;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{data.EpisodeCount} episodes, {windows.Count} windows of {horizons.Observation} observations ({data.Observations}) and {horizons.Prediction} actions [{data.Actions.Dimension}], lengths {hash:x16}");
    }
}
