using BehaviorCloning.Actions;
using BehaviorCloning.Heads;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/heads/binned.md and docs/heads/fast.md.</summary>
internal static class TokenPages
{
    public static float[] ActionsAsText(BinnedHead head, float[] actions)
    {
        // <snippet actions-as-text>
        UniformBins bins = head.ToUniformBins();                           // normalized units
        ActionTokenIds ids = ActionTokenIds.LastIds(vocabularySize: 32_000);
        string text = ids.Write(bins.Encode(actions));                     // "<action_128><action_0>..."
        float[] decoded = bins.Decode(ids.Read(text));
        // </snippet>
        return decoded;
    }

    public static float[] TokenizeActions(IEnumerable<ReadOnlyMemory<float>> chunks, float[] chunk)
    {
        // <snippet fast-tokenizer>
        FastTokenizer tokenizer = FastTokenizer.Train(chunks, dimension: 14);          // normalized chunks, [steps, 14] each
        tokenizer.Save("vocabulary");                                                  // tokenizer.json, processor_config.json
        FastTokenizer same = FastTokenizer.Load("vocabulary", FastFailure.Strict);
        int[] tokens = same.Encode(chunk, dimension: 14);
        float[] decoded = same.Decode(tokens, steps: 50, dimension: 14);
        // </snippet>
        return decoded;
    }
}
