namespace BehaviorCloning.Features;

/// <summary>Joins what was observed and what was sensed in it.</summary>
internal static class Sensed
{
    /// <summary>All observed features, then all sensed ones.</summary>
    /// <exception cref="ArgumentException">The module reads what is not observed, or adds what there is; the message lists every fault.</exception>
    public static ObservationSpec Join(ObservationSpec observed, ISensingModule module)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(module);
        string[] faults =
        [
            .. module.Inputs.Where(input => !observed.Contains(input.Name) || !observed[input.Name].Equals(input)).Select(input => $"It reads '{input}', but {(observed.Contains(input.Name) ? $"there is '{observed[input.Name]}'" : $"there are {observed.Names}")}."),
            .. module.Outputs.Where(output => observed.Contains(output.Name)).Select(output => $"It adds '{output.Name}', which is observed already."),
            .. module.Outputs.Where(output => output.Element != FeatureElement.Float32).Select(output => $"It adds '{output}', which does not hold floats."),
        ];
        if (faults.Length > 0) throw new ArgumentException($"The sensing module {module.GetType().Name} does not fit: {string.Join(" ", faults)}", nameof(module));
        return new ObservationSpec(observed.Concat(module.Outputs));
    }

    /// <summary>An observation with what a module senses in it.</summary>
    public static Observation Add(Observation observed, ObservationSpec spec, ISensingModule module, ISensingEpisode episode)
    {
        observed.Require(spec);
        IReadOnlyList<float[]> rows = Sense(module, episode, [observed]);
        Dictionary<string, ReadOnlyMemory<float>> floats = spec.Where(f => f.Element == FeatureElement.Float32).ToDictionary(f => f.Name, f => observed[f.Name], StringComparer.Ordinal);
        for (int i = 0; i < module.Outputs.Count; i++) floats[module.Outputs[i].Name] = rows[i];
        return new Observation(floats) { Images = observed.Images };
    }

    /// <summary>Asks the module, and checks what it says.</summary>
    /// <exception cref="InvalidOperationException">It broke its promise; the message says how.</exception>
    public static IReadOnlyList<float[]> Sense(ISensingModule module, ISensingEpisode episode, IReadOnlyList<Observation> steps)
    {
        IReadOnlyList<float[]> rows = episode.Sense(steps);
        for (int i = 0; i < module.Outputs.Count; i++)
        {
            FeatureSpec output = module.Outputs[i];
            if (rows.Count != module.Outputs.Count || rows[i].Length != steps.Count * output.Size)
                throw new InvalidOperationException($"{module.GetType().Name} promises {module.Outputs}, but returned {rows.Count} features of {string.Join(", ", rows.Select(row => row.Length))} values for {steps.Count} steps.");
            if (FiniteCheck.FirstNonFinite(rows[i]) is var bad && bad >= 0)
                throw new InvalidOperationException($"{module.GetType().Name} sensed '{output.Name}' as {rows[i][bad]} at index {bad}. A module that does not know says so with a deviation, not with a NaN.");
        }

        return rows;
    }
}
