using System.Runtime.InteropServices;
using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// CLIP's text tower with its tokenizer, frozen: an instruction becomes a vector, once, and that vector is a float feature of the observation
/// like any other. Its space is that of <see cref="PublishedClip"/> with a projection.
/// </summary>
public sealed class ClipText : IDisposable
{
    private const string Layers = "text_model.encoder.layers.";
    private readonly TextTransformer network;
    private readonly ClipTokenizer tokenizer;

    private ClipText(TextTransformer network, ClipTokenizer tokenizer)
    {
        this.network = network;
        this.tokenizer = tokenizer;
    }

    /// <summary>Numbers a text.</summary>
    public int Width => network.Options.OutputWidth;

    /// <summary>Reads Hugging Face's files of a CLIP model; the sizes are read off the weights.</summary>
    /// <param name="weights"><c>model.safetensors</c> or <c>pytorch_model.bin</c>; the image tower in it is left out.</param>
    /// <param name="vocabularyJson"><c>vocab.json</c>.</param>
    /// <param name="mergesText"><c>merges.txt</c>.</param>
    /// <param name="heads">Attention heads; null: one for 64 of the width, as all published networks have.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or does not fit; the message lists every fault.</exception>
    public static ClipText Load(string weights, string vocabularyJson, string mergesText, int? heads = null)
    {
        var tokenizer = ClipTokenizer.Read(vocabularyJson, mergesText);
        using WeightFile file = WeightFile.OpenAny(weights);
        IReadOnlyList<long> embedding = Shape("text_model.embeddings.token_embedding.weight", 2), positions = Shape("text_model.embeddings.position_embedding.weight", 2);
        IReadOnlyList<long> expand = Shape(Layers + "0.mlp.fc1.weight", 2), projection = Shape("text_projection.weight", 2);
        int depth = Enumerable.Range(0, int.MaxValue).First(i => !file.Names.Contains($"{Layers}{i}.layer_norm1.weight"));
        int width = (int)embedding[1], headCount = heads ?? Math.Max(1, width / 64);
        if (width % headCount != 0) throw new InvalidDataException($"'{weights}' has a width of {width}, which {headCount} attention heads do not divide. Say how many heads it has.");
        if (embedding[0] != tokenizer.Count) throw new InvalidDataException($"'{weights}' has {embedding[0]} tokens, but '{vocabularyJson}' has {tokenizer.Count}: they are of different models.");
        var network = new TextTransformer(new TextTransformerOptions((int)embedding[0], (int)positions[0], width, depth, headCount, (int)expand[0], (int)projection[0]));
        try
        {
            using DisposeScope scope = NewDisposeScope();
            file.LoadInto(PublishedNames.ClipText.Targets(network.state_dict()), name => PublishedNames.ClipText.Of(name, withSummary: true), converts: true);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        network.eval();
        return new ClipText(network, tokenizer);

        IReadOnlyList<long> Shape(string name, int dimensions) => !file.Names.Contains(name)
            ? throw new InvalidDataException($"'{weights}' has no '{name}': it is no CLIP model of Hugging Face's with a text tower.")
            : file.EntryOf(name).Shape is var shape && shape.Count == dimensions ? shape : throw new InvalidDataException($"'{name}' of '{weights}' has {file.EntryOf(name).Shape.Count} dimensions, expected {dimensions}.");
    }

    /// <summary>Embeds texts.</summary>
    /// <param name="texts">Any number, each cut to what the tower has room for.</param>
    /// <returns>A vector of length 1 and <see cref="Width"/> numbers for each.</returns>
    public IReadOnlyList<float[]> Embed(params IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0) return [];
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        int[][] tokens = [.. texts.Select(text => tokenizer.Encode(text, network.Options.Length))];
        int longest = tokens.Max(ids => ids.Length);
        // Behind its end a text is filled with end tokens, which what stands before does not see.
        long[] ids = [.. tokens.SelectMany(text => text.Concat(Enumerable.Repeat(tokenizer.EndToken, longest - text.Length))).Select(id => (long)id)];
        long[] last = [.. tokens.Select(text => (long)Array.IndexOf(text, tokenizer.EndToken))];
        Tensor embedded = network.Forward(tensor(ids, [texts.Count, longest]), tensor(last));
        float[] values = MemoryMarshal.Cast<byte, float>(embedded.div(embedded.norm(1, true)).contiguous().bytes).ToArray();
        return [.. values.Chunk(Width)];
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
