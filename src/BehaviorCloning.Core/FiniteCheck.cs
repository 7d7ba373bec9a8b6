namespace BehaviorCloning;

/// <summary>Finds the NaN or infinity in a row of floats.</summary>
internal static class FiniteCheck
{
    /// <summary>The index of the first value that is not finite, or -1.</summary>
    public static int FirstNonFinite(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }

        return -1;
    }
}
