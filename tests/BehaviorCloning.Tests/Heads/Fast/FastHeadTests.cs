using BehaviorCloning.Actions;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Fast;

public sealed class FastHeadTests
{
    private static readonly HeadShape Shape = new(1, 2, 6, 2);
    private static readonly TokenDecoderConfig Small = new() { Width = 16, Layers = 1, Heads = 2, FeedForwardWidth = 32 };

    [Fact]
    public void The_loss_is_the_mean_of_all_tokens_negative_log_likelihood()
    {
        using FastHead head = Fitted();
        using Tensor context = Tensors.Normal(1, 2, 1, 2), actions = Smooth(2, 5);
        double expected = 0;
        int count = 0;
        // Token by token, each chunk on its own, with nothing masked or padded.
        for (int row = 0; row < 2; row++)
        {
            int[] tokens = head.Tokenizer!.Encode(actions[row].Values(), 2);
            expected -= NegativeLoss(head, context[row].unsqueeze(0), actions[row].unsqueeze(0)) * tokens.Length;
            count += tokens.Length;
        }

        head.Loss(context, Target(actions)).Total.ToDouble().Should().BeApproximately(expected / count, 1e-5);
    }

    [Fact]
    public void What_an_untrained_head_samples_always_spells_a_chunk_of_the_vocabularys_coefficients()
    {
        using FastHead head = Fitted();
        using Tensor context = Tensors.Normal(1, 64, 1, 2);
        using var random = new Generator(4, CPU);
        using Tensor chunks = head.Sample(context, random);
        FastTokenizer tokenizer = head.Tokenizer!;
        foreach (Tensor chunk in chunks.unbind())
        {
            // Each is a decoded sequence: encoding finds whole coefficients again.
            float[] values = chunk.Values();
            tokenizer.TryDecode(tokenizer.Encode(values, 2), 6, 2, new float[12], out _).Should().BeTrue();
            values.Should().Contain(value => value != 0);
        }

        chunks.unbind().Select(chunk => string.Join(' ', chunk.Values())).Distinct().Count().Should().BeGreaterThan(60);
    }

    [Fact]
    public void Characters_of_two_bytes_are_completed()
    {
        // Coefficients of more than 128 different values are spelled with two bytes.
        using FastHead head = Fitted(new FastHeadConfig { Decoder = Small, VocabularySize = 1024, Scale = 200 });
        head.Tokenizer!.Vocabulary.Tokens.Should().Contain(token => token == "\u00C2" || token == "\u00C3");
        using Tensor chunks = head.Sample(Tensors.Normal(1, 64, 1, 2), new Generator(4, CPU));
        chunks.isfinite().all().ToBoolean().Should().BeTrue();
        foreach (Tensor chunk in chunks.unbind()) chunk.Values().Should().Contain(value => value != 0, "a chunk that does not decode is all zeros");
    }

    [Fact]
    public void When_the_room_for_tokens_ends_the_highest_frequencies_are_zero()
    {
        using FastHead head = Fitted(new FastHeadConfig { Decoder = Small, VocabularySize = 200, Sampling = new TokenSampling { Temperature = 0 } });
        using FastHead cut = Copy(head, new FastHeadConfig { Decoder = Small, VocabularySize = 200, MaxTokens = 1, Sampling = new TokenSampling { Temperature = 0 } });
        using Tensor context = Tensors.Normal(1, 1, 1, 2);
        int[] coefficients = cut.Tokenizer!.Quantize(cut.Sample(context).Values(), 2);
        int[] first = cut.Tokenizer.Encode(cut.Sample(context).Values(), 2);
        int spelled = cut.Tokenizer.Vocabulary.BytesOf(first[0]).Length;
        spelled.Should().BeLessThan(12);
        coefficients[spelled..].Should().OnlyContain(c => c == 0);
    }

    [Fact]
    public void Padding_is_the_last_real_step_repeated()
    {
        using FastHead head = Fitted();
        using Tensor context = Tensors.Normal(1, 1, 1, 2), actions = Smooth(1, 5), held = actions.clone();
        for (int t = 4; t < 6; t++) held[0, t].copy_(actions[0, 3]);
        Tensor inside = ones(1, 6, ScalarType.Bool);
        inside[0, 4].fill_(false);
        inside[0, 5].fill_(false);
        double masked = head.Loss(context, new ActionTarget(actions, inside)).Total.ToDouble();
        masked.Should().Be(head.Loss(context, Target(held)).Total.ToDouble());
    }

    [Fact]
    public void Until_fitted_loss_and_chunks_are_NaN()
    {
        using var head = (FastHead)new FastHeadConfig { Decoder = Small }.Create(Shape);
        using Tensor context = Tensors.Normal(1, 2, 1, 2);
        head.Tokenizer.Should().BeNull();
        head.Loss(context, Target(Smooth(2, 5))).Total.ToSingle().Should().Be(float.NaN);
        head.Sample(context).Values().Should().OnlyContain(value => float.IsNaN(value));
    }

    [Fact]
    public void A_vocabulary_from_a_folder_is_taken_and_kept_in_the_heads_own_buffers()
    {
        using var folder = new TemporaryFolder();
        using FastHead trained = Fitted();
        trained.Tokenizer!.Save(folder["vocabulary"]);
        using FastHead head = Fitted(new FastHeadConfig { Decoder = Small, VocabularySize = 200, VocabularyFolder = folder["vocabulary"] });
        head.Tokenizer!.Vocabulary.Tokens.Should().Equal(trained.Tokenizer.Vocabulary.Tokens);
        head.Tokenizer.Vocabulary.Merges.Should().Equal(trained.Tokenizer.Vocabulary.Merges);
        (head.Tokenizer.MinToken, head.Tokenizer.Scale).Should().Be((trained.Tokenizer.MinToken, trained.Tokenizer.Scale));
        Directory.Delete(folder["vocabulary"], recursive: true);
        using FastHead copy = Copy(head, new FastHeadConfig { Decoder = Small, VocabularySize = 200, VocabularyFolder = folder["vocabulary"] });
        copy.Tokenizer!.Vocabulary.Tokens.Should().Equal(trained.Tokenizer.Vocabulary.Tokens);
    }

    [SkippableFact]
    public void The_released_vocabulary_fits_into_a_head()
    {
        string folder = TestData.Require("fast_tokenizer");
        using FastHead head = Fitted(new FastHeadConfig { Decoder = Small, VocabularyFolder = folder });
        head.Tokenizer!.Vocabulary.Tokens.Should().Equal(FastTokenizer.Load(folder).Vocabulary.Tokens);
    }

    [Fact]
    public void A_vocabulary_that_does_not_fit_the_actions_is_refused()
    {
        using var folder = new TemporaryFolder();
        using FastHead trained = Fitted();
        trained.Tokenizer!.Save(folder["vocabulary"]);
        var config = new FastHeadConfig { Decoder = Small, VocabularySize = 200, VocabularyFolder = folder["vocabulary"] };
        using var head = (FastHead)config.Create(Shape);
        using var small = (FastHead)(config with { VocabularySize = 20 }).Create(Shape);
        using var shortened = (FastHead)new FastHeadConfig { Decoder = Small, VocabularySize = 200, MaxTokens = 1 }.Create(Shape);
        Action foreign = () => head.Fit(Smooth(50, 5).mul(20), ones(50, 6, ScalarType.Bool));
        Action size = () => small.Fit(Smooth(50, 5), ones(50, 6, ScalarType.Bool));
        Action length = () => shortened.Fit(Smooth(50, 5), ones(50, 6, ScalarType.Bool));
        Action wide = () => shortened.Fit(Smooth(50, 5).mul(1000), ones(50, 6, ScalarType.Bool));
        foreign.Should().Throw<ArgumentException>().WithMessage("*cannot write*chunks exactly*");
        size.Should().Throw<ArgumentException>().WithMessage("*made for 20*VocabularySize*");
        length.Should().Throw<ArgumentException>().WithMessage("*more than 1 tokens*MaxTokens*");
        wide.Should().Throw<ArgumentException>().WithMessage("*span*Normalize*");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new FastHeadConfig { VocabularySize = 0, Scale = 0, MaxTokens = -1, Decoder = new TokenDecoderConfig { Width = 7 }, Sampling = new TokenSampling { TopP = 2 } }.Problems(Shape).Should().HaveCount(5);

    private static double NegativeLoss(FastHead head, Tensor context, Tensor actions) => -head.Loss(context, Target(actions)).Total.ToDouble();

    private static ActionTarget Target(Tensor actions) => new(actions, ones(actions.size(0), 6, ScalarType.Bool));

    private static FastHead Fitted(FastHeadConfig? config = null)
    {
        var head = (FastHead)(config ?? new FastHeadConfig { Decoder = Small, VocabularySize = 200 }).Create(Shape);
        Tensors.Perturb(head);
        using Tensor actions = Smooth(200, 5), inside = ones(200, 6, ScalarType.Bool);
        head.Fit(actions, inside);
        return head;
    }

    // A head with other options and the same buffers, as after loading; its weights are its own.
    private static FastHead Copy(FastHead source, FastHeadConfig config)
    {
        var copy = (FastHead)config.Create(Shape);
        Tensors.Perturb(copy);
        Dictionary<string, Tensor> state = source.state_dict();
        foreach ((string name, Tensor buffer) in copy.named_buffers()) buffer.copy_(state[name]);
        return copy;
    }

    // Straight lines between random ends within [-1, 1].
    private static Tensor Smooth(int count, long seed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ends = Tensors.Normal(seed, 2, count, 1, 2).clamp(-1, 1), share = linspace(0, 1, 6, ScalarType.Float32).view(1, 6, 1);
        return ends[0].add(ends[1].sub(ends[0]).mul(share)).MoveToOuterDisposeScope();
    }
}
