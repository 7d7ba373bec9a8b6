using System.Text.Json;
using BehaviorCloning.Encoders;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>Against the text tower and tokenizer of golden/make_pretrained.py.</summary>
public sealed class ClipTextTests
{
    private static readonly JsonElement Golden = GoldenFile.Json("pretrained.json").GetProperty("clip");
    private static readonly string[] Texts = [.. Golden.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];

    [Fact]
    public void Texts_become_the_published_tokens()
    {
        var tokenizer = ClipTokenizer.Read(GoldenFile.PathOf("vocab.json"), GoldenFile.PathOf("merges.txt"));
        for (int i = 0; i < Texts.Length; i++)
            tokenizer.Encode(Texts[i]).Should().Equal(Golden.GetProperty("tokens")[i].EnumerateArray().Select(id => id.GetInt32()), Texts[i]);
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_and_still_ends()
    {
        var tokenizer = ClipTokenizer.Read(GoldenFile.PathOf("vocab.json"), GoldenFile.PathOf("merges.txt"));
        int[] cut = tokenizer.Encode("push the block", 4), whole = tokenizer.Encode("push the block");
        cut.Should().Equal([.. whole[..3], tokenizer.EndToken]);
        whole[0].Should().Be(tokenizer.StartToken);
    }

    [Fact]
    public void Texts_are_embedded_as_PyTorch_does_alone_or_together()
    {
        using ClipText tower = Load();
        tower.Width.Should().Be(6);
        IReadOnlyList<float[]> together = tower.Embed(Texts);
        for (int i = 0; i < Texts.Length; i++)
        {
            float[] expected = Golden.GetProperty("embedded")[i].Floats();
            foreach (float[] embedded in new[] { together[i], tower.Embed(Texts[i])[0] })
                embedded.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f, Texts[i]);
        }
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["merges.txt"], "#version: 0.2\nt h\nq w\n");
        Action merges = () => ClipTokenizer.Read(GoldenFile.PathOf("vocab.json"), folder["merges.txt"]);
        merges.Should().Throw<InvalidDataException>().WithMessage("*line 3 of the merges, 'q w', makes no token*");
        File.WriteAllText(folder["vocab.json"], """{"a": 0, "<|startoftext|>": 1, "<|endoftext|>": 3}""");
        Action vocabulary = () => ClipTokenizer.Read(folder["vocab.json"], GoldenFile.PathOf("merges.txt"));
        vocabulary.Should().Throw<InvalidDataException>().WithMessage("*not 0 to 2*is missing*makes no token*");
        Action weights = () => ClipText.Load(GoldenFile.PathOf("dino.safetensors"), GoldenFile.PathOf("vocab.json"), GoldenFile.PathOf("merges.txt"));
        weights.Should().Throw<InvalidDataException>().WithMessage("*no 'text_model.embeddings.token_embedding.weight'*");
        Action heads = () => ClipText.Load(GoldenFile.PathOf("clip.safetensors"), GoldenFile.PathOf("vocab.json"), GoldenFile.PathOf("merges.txt"), heads: 3);
        heads.Should().Throw<InvalidDataException>().WithMessage("*3 attention heads*");
    }

    private static ClipText Load() => ClipText.Load(GoldenFile.PathOf("clip.safetensors"), GoldenFile.PathOf("vocab.json"), GoldenFile.PathOf("merges.txt"), heads: 2);
}
