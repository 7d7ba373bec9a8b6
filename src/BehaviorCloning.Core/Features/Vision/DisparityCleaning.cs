namespace BehaviorCloning.Features;

/// <summary>Takes single mistakes out of disparities.</summary>
internal static class DisparityCleaning
{
    /// <summary>Each known disparity becomes the median of the known ones among itself and its eight neighbors.</summary>
    public static void Median(float[] disparities, int width, int height)
    {
        float[] source = [.. disparities];
        Span<float> around = stackalloc float[9];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (float.IsNaN(source[(y * width) + x])) continue;
                int count = 0;
                for (int row = Math.Max(y - 1, 0); row <= Math.Min(y + 1, height - 1); row++)
                {
                    for (int column = Math.Max(x - 1, 0); column <= Math.Min(x + 1, width - 1); column++)
                    {
                        float value = source[(row * width) + column];
                        if (!float.IsNaN(value)) around[count++] = value;
                    }
                }

                Span<float> known = around[..count];
                known.Sort();
                disparities[(y * width) + x] = 0.5f * (known[(count - 1) / 2] + known[count / 2]);
            }
        }
    }

    /// <summary>Makes small patches unknown: connected pixels whose neighbors differ by at most 1.</summary>
    public static void RemovePatches(float[] disparities, int width, int height, int smallest)
    {
        bool[] visited = new bool[disparities.Length];
        List<int> patch = [];
        for (int start = 0; start < disparities.Length; start++)
        {
            if (visited[start] || float.IsNaN(disparities[start])) continue;
            patch.Clear();
            patch.Add(start);
            visited[start] = true;
            for (int next = 0; next < patch.Count; next++)
            {
                int at = patch[next], x = at % width, y = at / width;
                if (x > 0) Visit(at, at - 1);
                if (x < width - 1) Visit(at, at + 1);
                if (y > 0) Visit(at, at - width);
                if (y < height - 1) Visit(at, at + width);
            }

            if (patch.Count >= smallest) continue;
            foreach (int at in patch) disparities[at] = float.NaN;
        }

        void Visit(int from, int to)
        {
            if (visited[to] || !(Math.Abs(disparities[to] - disparities[from]) <= 1)) return;
            visited[to] = true;
            patch.Add(to);
        }
    }
}
