using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Tests.Training;
using BehaviorCloning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.VqBet;

public sealed class VqBetHeadTests
{
    private static readonly HeadShape Shape = new(3, 4, 2, 3);
    private static readonly ContextTransformerConfig Trunk = new() { Width = 8, Layers = 1, Heads = 2, Dropout = 0 };
    private static readonly ChunkCodecConfig Codec = new() { Codes = 4, CodeWidth = 6, HiddenWidth = 8, Steps = 100, BatchSize = 64 };

    [Theory]
    [InlineData("sequential", true)]
    [InlineData("independent", false)]
    public void Loss_gradients_and_samples_are_those_of_PyTorch(string name, bool sequential)
    {
        using PolicyHead head = new VqBetHeadConfig { Codec = Codec, Trunk = Trunk, HeadWidth = 8, Sequential = sequential }.Create(Shape);
        using var golden = new HeadGolden(name);
        golden.LoadInto(head, except: ["codec.members", "codec.error"]);
        golden.LossShouldAgree(head);
        golden.ShouldAgree(head.Sample(golden.Context, new Generator(11, CPU)), "sample");
    }

    [Fact]
    public void Both_ways_are_taken_and_none_between()
    {
        (double clean, double left) = TreeAhead.Score(TrainOnTreeAhead(TrainedOffsets.OfTarget));
        clean.Should().BeGreaterThan(0.9);
        left.Should().BeInRange(0.4, 0.6);
    }

    [Fact]
    public void Offsets_of_drawn_codes_as_published_blur_the_ways()
    {
        TreeAhead.Score(TrainOnTreeAhead(TrainedOffsets.OfDraw)).Clean.Should().BeLessThan(0.6);
    }

    [Fact]
    public void The_codec_tells_its_error_and_how_many_codes_it_uses_and_the_file_keeps_them()
    {
        using var head = (VqBetHead)Head().Create(Shape);
        head.Codec.ReconstructionError.Should().Be(double.NaN);
        using Tensor actions = Tensors.Normal(2, 200, 2, 3);
        head.Fit(actions, ones(200, 2, ScalarType.Bool), new Generator(1, CPU));
        double error = head.Codec.Decode(head.Codec.Encode(actions)).sub(actions).abs().mean().ToDouble();
        head.Codec.ReconstructionError.Should().BeApproximately(error, 1e-6).And.BeLessThan(actions.abs().mean().ToDouble());
        head.Codec.CodeMembers.Should().HaveCount(2).And.OnlyContain(level => level.Count == 4 && level.Sum() == 200);
        head.Codec.CodeMembers[0].Count(members => members > 0).Should().BeGreaterThan(2);

        using var folder = new TemporaryFolder();
        SafetensorsFile.Save(folder["weights.safetensors"], head);
        using SafetensorsFile file = SafetensorsFile.Open(folder["weights.safetensors"]);
        using var other = (VqBetHead)Head().Create(Shape);
        file.LoadInto(other);
        other.Codec.ReconstructionError.Should().Be(head.Codec.ReconstructionError);
        other.Codec.CodeMembers.Should().BeEquivalentTo(head.Codec.CodeMembers, options => options.WithStrictOrdering());
    }

    [Fact]
    public void The_codec_is_frozen_after_it_was_fitted_and_the_rest_is_not()
    {
        using var head = (VqBetHead)Head().Create(Shape);
        head.Fit(Tensors.Normal(2, 50, 2, 3), ones(50, 2, ScalarType.Bool), new Generator(1, CPU));
        head.named_parameters().Should().OnlyContain(p => p.parameter.requires_grad != p.name.StartsWith("codec.", StringComparison.Ordinal));
        head.Codec.parameters().Should().OnlyContain(p => (object?)p.grad == null);
    }

    [Fact]
    public void Training_leaves_the_codec_as_it_was_fitted_and_resuming_finds_it_again()
    {
        using var folder = new TemporaryFolder();
        IEpisodeSource data = PointEpisodes.Make();
        using LearnedPolicy policy = PointEpisodes.Create(Head(), data);
        float[] fitted = CodecOf(policy);
        fitted.Should().OnlyContain(value => float.IsFinite(value));
        Trainer.Train(policy, data, PointEpisodes.Quick, runFolder: folder["run"]);
        CodecOf(policy).Should().Equal(fitted);
        using LearnedPolicy resumed = Trainer.Resume(folder["run"], data, accelerator: Accelerator.Cpu(1)).Policy;
        CodecOf(resumed).Should().Equal(fitted);

        static float[] CodecOf(LearnedPolicy policy) => [.. ((VqBetHead)policy.Network.Head).Codec.state_dict().Where(pair => pair.Value.is_floating_point()).SelectMany(pair => pair.Value.Values())];
    }

    [Fact]
    public void The_same_seed_gives_the_same_codec()
    {
        Fitted().Should().Equal(Fitted());

        static float[] Fitted()
        {
            torch.random.manual_seed(4);
            using var head = (VqBetHead)Head().Create(Shape);
            head.Fit(Tensors.Normal(2, 50, 2, 3), ones(50, 2, ScalarType.Bool), new Generator(1, CPU));
            return head.Codec.state_dict()["quantizer.codebooks"].Values();
        }
    }

    [Fact]
    public void What_padding_holds_does_not_reach_the_codec()
    {
        Fitted(0).Should().Equal(Fitted(float.NaN));

        static float[] Fitted(float padding)
        {
            torch.random.manual_seed(4);
            using var head = (VqBetHead)Head().Create(Shape);
            using Tensor actions = Tensors.Normal(2, 50, 2, 3), inside = ones(50, 2, ScalarType.Bool);
            inside[7, 1].fill_(false);
            actions[7, 1].fill_(padding);
            head.Fit(actions, inside, new Generator(1, CPU));
            return head.Codec.state_dict()["quantizer.codebooks"].Values();
        }
    }

    [Fact]
    public void A_codebook_that_collapses_is_refused()
    {
        // Differences far below what the encoder resolves.
        using var head = (VqBetHead)Head().Create(Shape);
        using Tensor actions = Tensors.Normal(2, 50, 2, 3).mul(1e-12f);
        Action fit = () => head.Fit(actions, ones(50, 2, ScalarType.Bool), new Generator(1, CPU));
        fit.Should().Throw<ArgumentException>().WithMessage("*collapsed*50 chunks*normalization*");
    }

    [Fact]
    public void Fewer_distinct_chunks_than_codes_leave_codes_unused()
    {
        using var head = (VqBetHead)Head().Create(Shape);
        using Tensor actions = Tensors.Normal(2, 2, 2, 3).repeat(20, 1, 1);
        head.Fit(actions, ones(40, 2, ScalarType.Bool), new Generator(1, CPU));
        head.Codec.CodeMembers[0].Count(members => members > 0).Should().Be(2);
    }

    [Fact]
    public void Actions_that_are_not_finite_are_refused()
    {
        using var head = (VqBetHead)Head().Create(Shape);
        using Tensor actions = Tensors.Normal(2, 50, 2, 3);
        actions[3, 1].fill_(float.NaN);
        Action fit = () => head.Fit(actions, ones(50, 2, ScalarType.Bool));
        fit.Should().Throw<ArgumentException>().WithMessage("*not finite*");
    }

    [Fact]
    public void A_dimension_that_never_changes_is_reconstructed()
    {
        using var head = (VqBetHead)(Head() with { Codec = Codec with { Steps = 400 } }).Create(Shape);
        using Tensor actions = Tensors.Normal(2, 200, 2, 3);
        actions.select(2, 1).fill_(0.7f);
        head.Fit(actions, ones(200, 2, ScalarType.Bool), new Generator(1, CPU));
        head.Codec.Decode(head.Codec.Encode(actions)).select(2, 1).sub(0.7f).abs().mean().ToSingle().Should().BeLessThan(0.1f);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new VqBetHeadConfig
        {
            HeadWidth = 0,
            Offsets = (TrainedOffsets)7,
            FocalGamma = -1,
            Temperature = -1,
            Trunk = new() { Layers = 0 },
            Codec = new() { Levels = 0, Codes = 1, CodeWidth = 0, HiddenWidth = 0, Steps = 0, BatchSize = 0, LearningRate = 0, CommitmentWeight = -1, Decay = 1, DeadCodeCount = -1 },
        }.Problems(Shape).Should().HaveCount(15);

    private static VqBetHeadConfig Head() => new() { Codec = Codec, Trunk = Trunk, HeadWidth = 8 };

    private static PolicyHead TrainOnTreeAhead(TrainedOffsets offsets) => TreeAhead.Train(
        new VqBetHeadConfig
        {
            Codec = new() { Codes = 8, CodeWidth = 32, HiddenWidth = 64, Steps = 600, BatchSize = 128 },
            Trunk = new() { Width = 32, Layers = 2, Heads = 2 },
            HeadWidth = 64,
            Offsets = offsets,
        },
        500);
}
