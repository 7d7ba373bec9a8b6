using System.Text.Json;
using BehaviorCloning.Actions;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class FastTokenizerTests
{
    [SkippableFact]
    public void The_golden_chunks_have_the_released_tokenizers_ids_and_come_back()
    {
        string folder = TestData.Require("fast_tokenizer");
        FastTokenizer tokenizer = FastTokenizer.Load(folder, FastFailure.Strict);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden_examples.json")));
        golden.RootElement.GetArrayLength().Should().Be(2);
        foreach (JsonElement example in golden.RootElement.EnumerateArray())
        {
            float[][] actions = example.GetProperty("actions").Deserialize<float[][]>()!;
            int dimension = actions[0].Length;
            float[] chunk = [.. actions.SelectMany(row => row)];
            int[] coefficients = [.. example.GetProperty("dct_int").Deserialize<int[][]>()!.SelectMany(row => row)];
            int[] ids = example.GetProperty("token_ids").Deserialize<int[]>()!;
            tokenizer.Quantize(chunk, dimension).Should().Equal(coefficients);
            coefficients.Select(c => c - tokenizer.MinToken).Should().Equal(example.GetProperty("codepoints").Deserialize<int[]>());
            tokenizer.Encode(chunk, dimension).Should().Equal(ids);
            float[] back = tokenizer.Decode(ids, actions.Length, dimension);
            tokenizer.Encode(back, dimension).Should().Equal(ids, "decoding loses no coefficient");
            back.Zip(chunk, (a, b) => (a - b) * (a - b)).Average().Should().BeLessThan(0.0025f);
        }
    }

    [SkippableFact]
    public void The_released_files_survive_being_written()
    {
        using var folder = new TemporaryFolder();
        FastTokenizer released = FastTokenizer.Load(TestData.Require("fast_tokenizer"));
        released.Save(folder.Path);
        foreach (string file in new[] { "tokenizer.json", "processor_config.json" })
        {
            // The same content, whatever its layout.
            JsonElement mine = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, file))).RootElement;
            JsonElement theirs = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData.Require("fast_tokenizer"), file))).RootElement;
            JsonElement.DeepEquals(mine, theirs).Should().BeTrue("{0} means the same", file);
        }

        FastTokenizer read = FastTokenizer.Load(folder.Path);
        read.Vocabulary.Tokens.Should().Equal(released.Vocabulary.Tokens);
        read.Vocabulary.Merges.Should().Equal(released.Vocabulary.Merges);
    }

    [Fact]
    public void The_test_vector_of_four_steps_and_two_dimensions()
    {
        float[] chunk = [0, 0.4f, 0.2f, 0.4f, 0.4f, 0.4f, 0.6f, 0.4f];
        FastTokenizer tokenizer = Trained(FastFailure.Strict);
        tokenizer.Quantize(chunk, 2).Should().Equal(6, 8, -4, 0, 0, 0, 0, 0);
        float[] back = tokenizer.Decode(tokenizer.Encode(chunk, 2), 4, 2);
        float[] expected = [0.03868741f, 0.4f, 0.19176078f, 0.4f, 0.40823922f, 0.4f, 0.56131259f, 0.4f];
        back.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
        back.Zip(chunk, (a, b) => (a - b) * (double)(a - b)).Average().Should().BeApproximately(0.00039115, 1e-8);
    }

    [Fact]
    public void Halves_are_rounded_to_even()
    {
        // A chunk of one step is its own transform.
        new FastTokenizer(new BytePairVocabulary([], []), 0, 2).Quantize([0.25f, 0.75f, 1.25f, -0.25f, -0.75f], 5).Should().Equal(0, 2, 2, 0, -2);
    }

    [Property(MaxTest = 50)]
    public bool What_is_spelled_decodes_to_within_the_rounding(int seed)
    {
        var random = new Random(seed);
        int dimension = random.Next(1, 6), steps = random.Next(1, 30);
        float[][] chunks = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, steps * dimension).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray())];
        var tokenizer = FastTokenizer.Train(chunks.Select(chunk => (ReadOnlyMemory<float>)chunk), dimension, new FastTrainingOptions { VocabularySize = 600 });
        return chunks.All(chunk =>
        {
            float[] back = new float[chunk.Length];
            return tokenizer.TryDecode(tokenizer.Encode(chunk, dimension), steps, dimension, back, out _)
                && back.Zip(chunk, (a, b) => (a - b) * (double)(a - b)).Average() <= 1 / (4 * tokenizer.Scale * tokenizer.Scale) + 1e-9
                && tokenizer.Quantize(back, dimension).SequenceEqual(tokenizer.Quantize(chunk, dimension));
        });
    }

    [Fact]
    public void Actions_beyond_the_vocabulary_are_an_error_a_drop_or_the_nearest()
    {
        float[] far = [2, 2, 2], low = [-2, -2, -2];
        Action strict = () => Trained(FastFailure.Strict).Encode(far, 1);
        strict.Should().Throw<ArgumentException>().WithMessage("*Frequency 0 of dimension 0*coefficient 35*no token*");
        FastTokenizer reference = Trained(FastFailure.Reference), relaxed = Trained(FastFailure.Relaxed);
        // As the reference: a character without a token is dropped, so the chunk no longer decodes.
        reference.TryDecode(reference.Encode(far, 1), 3, 1, new float[3], out string? fault).Should().BeFalse();
        fault.Should().Contain("2 coefficients instead of 3");
        relaxed.Quantize(relaxed.Decode(relaxed.Encode(far, 1), 3, 1), 1).Should().Equal([20, 0, 0], "20 is the nearest there is");
        foreach (FastTokenizer tokenizer in new[] { reference, relaxed })
            tokenizer.TryDecode(tokenizer.Encode(low, 1), 3, 1, new float[3], out _).Should().BeTrue("coefficients below the smallest are raised to it");
    }

    [Fact]
    public void Tokens_that_do_not_decode_are_zeros_or_as_far_as_they_go_or_an_error()
    {
        float[] chunk = [0.1f, 0.9f, -0.3f, 0.4f];
        int[] ids = Trained(FastFailure.Strict).Encode(chunk, 2);
        foreach ((int[] tokens, string why) in new[] { (ids[..^1], "instead of 4"), ([.. ids, ids[0]], "instead of 4"), ([.. ids, 9999], "9999 is no token"), ([-1], "-1 is no token") })
        {
            Trained(FastFailure.Reference).Decode(tokens, 2, 2).Should().OnlyContain(value => value == 0);
            Action strict = () => Trained(FastFailure.Strict).Decode(tokens, 2, 2);
            strict.Should().Throw<FormatException>().WithMessage($"*{why}*");
        }

        FastTokenizer relaxed = Trained(FastFailure.Relaxed);
        relaxed.Decode([.. ids, ids[0]], 2, 2).Should().Equal(relaxed.Decode(ids, 2, 2), "what is too much is cut off");
        relaxed.Decode(ids[..^1], 2, 2).Should().Contain(value => value != 0);
        relaxed.Decode([9999], 2, 2).Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void Half_a_character_does_not_decode()
    {
        var tokenizer = new FastTokenizer(new BytePairVocabulary(["a", "\u00C2", "\u0130"], []), 0, 1);
        tokenizer.TryDecode([1], 1, 1, new float[1], out string? cut).Should().BeFalse();
        cut.Should().Contain("not complete");
        tokenizer.TryDecode([1, 0], 1, 1, new float[1], out string? broken).Should().BeFalse();
        broken.Should().Contain("breaks a character");
        tokenizer.TryDecode([1, 2], 1, 1, new float[1], out _).Should().BeTrue();
    }

    [Fact]
    public void Actions_that_are_not_finite_and_odd_lengths_are_refused()
    {
        FastTokenizer tokenizer = Trained(FastFailure.Reference);
        Action nan = () => tokenizer.Encode([0, float.NaN], 2);
        Action odd = () => tokenizer.Encode([0, 1, 2], 2);
        nan.Should().Throw<ArgumentException>().WithMessage("*dimension 1*NaN*");
        odd.Should().Throw<ArgumentException>().WithMessage("*multiple of 2*got 3*");
    }

    [Fact]
    public void A_vocabulary_too_small_for_the_coefficients_is_refused()
    {
        Action train = () => FastTokenizer.Train([new float[] { -100f }, new float[] { 100f }], 1);
        Action nothing = () => FastTokenizer.Train([], 1);
        train.Should().Throw<ArgumentException>().WithMessage("*-1000 .. 1000*1024*Normalize*");
        nothing.Should().Throw<ArgumentException>().WithMessage("*no chunk*");
    }

    [Fact]
    public void A_file_with_settings_that_change_tokens_is_refused()
    {
        using var folder = new TemporaryFolder();
        Trained(FastFailure.Reference).Save(folder.Path);
        string path = Path.Combine(folder.Path, "tokenizer.json"), text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("\"ignore_merges\": false", "\"ignore_merges\": true").Replace("\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}"));
        Action load = () => FastTokenizer.Load(folder.Path);
        load.Should().Throw<InvalidDataException>().WithMessage("*ignore_merges*normalizer*not supported*");
        File.WriteAllText(path, text[..100]);
        load.Should().Throw<InvalidDataException>().WithMessage("*not JSON*");
        File.Delete(path);
        load.Should().Throw<FileNotFoundException>().WithMessage("*tokenizer.json*");
    }

    // A vocabulary of the coefficients -20 .. 20, each a token.
    private static FastTokenizer Trained(FastFailure failure)
    {
        var trained = FastTokenizer.Train(Enumerable.Range(-20, 41).Select(k => (ReadOnlyMemory<float>)new[] { k / 10f }), 1, new FastTrainingOptions { MinimumCount = 100 });
        return new FastTokenizer(trained.Vocabulary, trained.MinToken, trained.Scale) { Failure = failure };
    }
}
