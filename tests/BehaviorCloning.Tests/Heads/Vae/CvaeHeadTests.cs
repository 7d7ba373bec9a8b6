using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Vae;

public sealed class CvaeHeadTests
{
    private static readonly HeadShape Shape = new(2, 3, 4, 2);
    private static readonly CvaeHeadConfig Small = new() { HiddenWidth = 8, Blocks = 1, LatentSize = 3 };

    public static TheoryData<string> Cases => ["vae", "cvae", "cvae_learned_prior"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_gradients_and_samples_are_those_of_PyTorch(string name)
    {
        using PolicyHead head = Config(name).Create(Shape);
        using var golden = new HeadGolden(name);
        golden.LoadInto(head);
        golden.LossShouldAgree(head, new Generator(11, CPU));
        golden.ShouldAgree(head.Sample(golden.Context, new Generator(11, CPU)), "sample");
    }

    [Fact]
    public void Samples_of_the_prior_take_both_ways()
    {
        using PolicyHead head = TreeAhead.Train(new CvaeHeadConfig { HiddenWidth = 64, Blocks = 2 }, 1000);
        (double clean, double left) = TreeAhead.Score(head);
        clean.Should().BeGreaterThan(0.88);
        left.Should().BeInRange(0.4, 0.6);
    }

    [Fact]
    public void A_prior_that_weighs_nothing_is_not_where_the_decoder_was_trained()
    {
        using PolicyHead head = TreeAhead.Train(new CvaeHeadConfig { HiddenWidth = 64, Blocks = 2, KlWeight = 1e-4 }, 400);
        TreeAhead.Score(head).Clean.Should().BeLessThan(0.6);
    }

    [Fact]
    public void A_prior_that_weighs_too_much_averages_the_ways_as_regression_does()
    {
        // With squared error; with absolute error the collapsed decoder picks one way, or any value between.
        using PolicyHead head = TreeAhead.Train(new CvaeHeadConfig { HiddenWidth = 64, Blocks = 2, KlWeight = 10, Reconstruction = RegressionLoss.L2 }, 400);
        TreeAhead.Score(head).Clean.Should().BeLessThan(0.05);
        using PolicyHead regression = TreeAhead.Train(new MseHeadConfig { HiddenWidth = 64, Blocks = 2 }, 400);
        TreeAhead.Score(regression).Clean.Should().BeLessThan(0.05);
    }

    [Fact]
    public void The_mean_of_the_prior_gives_one_chunk_whatever_is_drawn()
    {
        using PolicyHead head = (Small with { LatentScale = 0 }).Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = Tensors.Normal(1, 3, 2, 3);
        head.Sample(context, new Generator(1, CPU)).Values().Should().Equal(head.Sample(context, new Generator(2, CPU)).Values());
        using PolicyHead drawn = Small.Create(Shape);
        Tensors.Perturb(drawn);
        drawn.Sample(context, new Generator(1, CPU)).Values().Should().NotEqual(drawn.Sample(context, new Generator(2, CPU)).Values());
    }

    [Fact]
    public void Free_bits_charge_at_least_that_for_each_number_of_z()
    {
        // Weights of zero make the posterior the prior: a divergence of 0, charged as 3 x 2 bits.
        using PolicyHead head = (Small with { FreeBits = 2, KlWeight = 1 }).Create(Shape);
        using (no_grad())
        {
            foreach (TorchSharp.Modules.Parameter parameter in head.parameters()) parameter.zero_();
        }

        using LossOf loss = new(head, Target(Tensors.Normal(2, 3, 4, 2)));
        loss.Part("kl").Should().Be(0);
        (loss.Total - loss.Part("reconstruction")).Should().BeApproximately(3 * 2 * Math.Log(2), 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Padding_may_hold_anything_even_infinity(bool conditional)
    {
        PolicyHeadConfig config = conditional ? Small : new VaeHeadConfig { HiddenWidth = 8, Blocks = 1 };
        using PolicyHead head = config.Create(Shape);
        Tensors.Perturb(head);
        using Tensor actions = Tensors.Normal(2, 3, 4, 2);
        ActionTarget target = Target(actions);
        target.InsideEpisode[1, 3].fill_(false);
        using LossOf before = new(head, target);
        actions[1, 3].fill_(float.PositiveInfinity);
        using LossOf after = new(head, target);
        after.Total.Should().Be(before.Total);
    }

    [Fact]
    public void Where_only_the_context_tells_the_way_the_posterior_of_the_chunk_alone_has_to_repeat_it()
    {
        // Which way is a jump of one from where one stands: seen from the chunk alone, any of them may have come from either side.
        double unconditional = KlOf(new VaeHeadConfig { HiddenWidth = 32, Blocks = 1 }), conditional = KlOf(new CvaeHeadConfig { HiddenWidth = 32, Blocks = 1 });
        conditional.Should().BeLessThan(0.8 * unconditional);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new CvaeHeadConfig { LatentSize = 0, HiddenWidth = 0, Blocks = -1, Reconstruction = (RegressionLoss)9, KlWeight = -1, FreeBits = double.NaN, LatentScale = -1 }
            .Problems(Shape).Should().HaveCount(7);

    private static double KlOf(PolicyHeadConfig config)
    {
        torch.random.manual_seed(1);
        var shape = new HeadShape(1, 1, 1, 1);
        using PolicyHead head = config.Create(shape);
        using var random = new Generator(2, CPU);
        using var optimizer = optim.Adam(head.parameters(), 3e-3);
        double kl = 0;
        for (int step = 0; step < 600; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor from = rand(128, 1, 1, generator: random).mul(4f), to = from.add(rand(128, 1, 1, generator: random).sub(0.5f).sign());
            optimizer.zero_grad();
            LossReport report = head.Loss(from, new ActionTarget(to, ones(128, 1, ScalarType.Bool)), random);
            report.Total.backward();
            optimizer.step();
            if (step >= 500) kl += report.Parts["kl"].ToDouble() / 100;
        }

        return kl;
    }

    private static LatentVariableHeadConfig Config(string name) => name switch
    {
        "vae" => new VaeHeadConfig { HiddenWidth = 8, Blocks = 1, LatentSize = 3, Reconstruction = RegressionLoss.L2, KlWeight = 0.1 },
        "cvae" => Small with { Reconstruction = RegressionLoss.L1, KlWeight = 0.3, FreeBits = 0.5 },
        _ => Small with { LearnedPrior = true, Reconstruction = RegressionLoss.L2, KlWeight = 0.2 },
    };

    private static ActionTarget Target(Tensor actions) => new(actions, ones(3, 4, ScalarType.Bool));

    private sealed class LossOf(PolicyHead head, ActionTarget target) : IDisposable
    {
        private readonly LossReport report = head.Loss(Tensors.Normal(1, 3, 2, 3), target, new Generator(5, CPU));

        public double Total => report.Total.ToDouble();

        public double Part(string name) => report.Parts[name].ToDouble();

        public void Dispose() => report.Total.Dispose();
    }
}
