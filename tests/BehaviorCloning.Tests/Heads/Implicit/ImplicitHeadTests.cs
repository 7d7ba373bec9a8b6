using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Implicit;

public sealed class ImplicitHeadTests
{
    private static readonly GoldenTensors Golden = GoldenTensors.Read("Implicit/golden/implicit");
    private static readonly HeadShape Shape = new(ContextTokens: 2, ContextWidth: 2, PredictionHorizon: 2, ActionDimension: 2);
    private static readonly LangevinChain FourSteps = new() { Steps = 4 };

    private static readonly ImplicitHeadConfig Config = new()
    {
        HiddenWidth = 6,
        Blocks = 1,
        CounterExamples = 7,
        Search = new DerivativeFreeSearch { Samples = 64 },
    };

    [Fact]
    public void Energies_are_those_of_one_network_over_context_and_chunk()
    {
        using ImplicitHead head = OfGolden(Config);
        using Tensor context = Golden["context"], actions = Golden["actions"];
        Golden.ShouldBe(head.Energy(context, actions.unsqueeze(1)), "energy");
    }

    [Fact]
    public void The_contrast_with_counter_examples_and_its_gradient_are_PyTorchs()
    {
        using ImplicitHead head = OfGolden(Config);
        Tensor loss = Loss(head).Total;
        Golden.ShouldBe(loss, "info_nce");
        ShouldHaveGradients(head, loss, "gradient");
    }

    [Fact]
    public void Langevin_counter_examples_the_penalty_and_their_gradient_are_PyTorchs()
    {
        using ImplicitHead head = OfGolden(Config with { CounterExampleChain = FourSteps, GradientMargin = 0.25 });
        LossReport report = Loss(head);
        Golden.ShouldBe(report.Parts["gradient_penalty"], "langevin_penalty", 1e-5f);
        Golden.ShouldBe(report.Total, "langevin_loss", 1e-5f);
        ShouldHaveGradients(head, report.Total, "langevin_gradient");
    }

    [Fact]
    public void Derivative_free_search_finds_what_PyTorch_finds_with_the_same_numbers()
    {
        using ImplicitHead head = OfGolden(Config);
        Golden.ShouldBe(head.Sample(Golden["context"], new Generator(9, CPU)), "derivative_free", 1e-5f);
    }

    [Fact]
    public void Langevin_search_finds_what_PyTorch_finds_with_the_same_numbers()
    {
        using ImplicitHead head = OfGolden(Config with { Search = new LangevinSearch { Samples = 16, Chain = FourSteps, SecondStepSize = 1e-3 } });
        Golden.ShouldBe(head.Sample(Golden["context"], new Generator(9, CPU)), "langevin_search", 1e-5f);
    }

    [Fact]
    public void Langevin_steps_shrink_from_the_first_to_the_last_size()
    {
        var chain = new LangevinChain();
        (chain.StepSize(0), chain.StepSize(99)).Should().Be((0.1, 1e-5));
        chain.StepSize(33).Should().BeApproximately(((0.1 - 1e-5) * 4 / 9) + 1e-5, 1e-12);
        (chain with { Steps = 1 }).StepSize(0).Should().Be(0.1);
    }

    [Fact]
    public void The_box_is_the_range_of_real_actions_with_a_margin()
    {
        using var head = new ImplicitHead(Config, new HeadShape(1, 1, 2, 1));
        // Step 1 of the second chunk is padding, whatever it holds.
        using Tensor actions = tensor(new[] { -1f, 2, 3, float.NaN, 1, 4 }, [3, 2, 1]), inside = tensor(new[] { true, true, true, false, true, true }, [3, 2]);
        head.Fit(actions, inside);
        // -1 .. 3 and 2 .. 4: five percent of the range more at either end.
        head.state_dict()["box.center"].Values().Should().Equal(1, 3);
        head.state_dict()["box.halfWidth"].Values().Should().Equal(2.2f, 1.1f);
        float[] samples = head.Sample(Tensors.Normal(1, 200, 1, 1), new Generator(1, CPU)).Values();
        samples.Where((_, i) => i % 2 == 0).Should().OnlyContain(a => a >= -1.2001f && a <= 3.2001f);
        samples.Where((_, i) => i % 2 == 1).Should().OnlyContain(a => a >= 1.8999f && a <= 4.1001f);
    }

    [Fact]
    public void A_dimension_that_never_varies_is_answered_as_it_always_was()
    {
        foreach (ImplicitSearch search in new ImplicitSearch[] { Config.Search, new LangevinSearch { Samples = 8, Chain = FourSteps } })
        {
            using ImplicitHead head = OfGolden(Config with { Search = search });
            float[] samples = head.Sample(Golden["context"], new Generator(1, CPU)).Values();
            samples.Where((_, i) => i % 4 == 3).Should().OnlyContain(a => a == 2);
            samples.Where((_, i) => i % 4 == 2).Should().NotContain(2);
        }

        // And what stands there is not seen.
        using ImplicitHead golden = OfGolden(Config);
        using Tensor actions = Golden["actions"];
        actions[.., 1, 1].fill_(77);
        Golden.ShouldBe(golden.Energy(Golden["context"], actions.unsqueeze(1)), "energy");
    }

    [Fact]
    public void Actions_outside_the_box_are_learned_from_and_never_answered()
    {
        using ImplicitHead head = OfGolden(Config);
        using Tensor actions = Golden["actions"].mul(100), inside = ones(3, 2, ScalarType.Bool);
        double.IsFinite(head.Loss(Golden["context"], new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble()).Should().BeTrue();
        float[] center = Golden["head.box.center"].Values(), half = Golden["head.box.halfWidth"].Values();
        float[] samples = head.Sample(Golden["context"], new Generator(5, CPU)).Values();
        samples.Select((a, i) => Math.Abs(a - center[i % 4]) - half[i % 4]).Max().Should().BeLessThan(1e-5f);
    }

    [Fact]
    public void Actions_that_give_no_box_are_refused()
    {
        using var head = new ImplicitHead(Config, Shape);
        using Tensor infinite = Golden["training"], all = ones(10, 2, ScalarType.Bool), first = tensor(new[] { true, false }, [1, 2]).expand(10, 2);
        infinite[0, 0].fill_(float.PositiveInfinity);
        head.Invoking(h => h.Fit(infinite, all)).Should().Throw<ArgumentException>().WithMessage("*NaN or infinity*");
        head.Invoking(h => h.Fit(Golden["training"], first)).Should().Throw<ArgumentException>().WithMessage("*Shorten the prediction horizon*");
        head.Invoking(h => Loss(h)).Should().Throw<InvalidOperationException>().WithMessage("*Fit*");
        head.Sample(Golden["context"]).Values().Should().OnlyContain(value => float.IsNaN(value), "a policy refuses to send what is not a number");
    }

    [Fact]
    public void Padding_may_hold_anything_even_infinity()
    {
        foreach (LangevinChain? chain in new[] { null, FourSteps })
        {
            using ImplicitHead head = OfGolden(Config with { CounterExampleChain = chain });
            using Tensor actions = Golden["actions"], inside = tensor(new[] { true, false }, [1, 2]).expand(3, 2);
            double loss = head.Loss(Golden["context"], new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble();
            actions[.., 1].fill_(float.PositiveInfinity);
            head.Loss(Golden["context"], new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble().Should().Be(loss);
        }
    }

    [Fact]
    public void Many_contexts_are_answered_as_each_alone_would_be()
    {
        // 300 x 64 candidates are more than are scored at once. Without noise and with all candidates in one place nothing is left to chance.
        using ImplicitHead head = OfGolden(Config with { Search = new DerivativeFreeSearch { Samples = 64, Iterations = 1 } });
        using Tensor context = Tensors.Normal(4, 300, 2, 2), answers = head.Sample(context, new Generator(5, CPU));
        answers.shape.Should().Equal(300, 2, 2);
        using Tensor others = Tensors.Normal(6, 300, 200, 2, 2).mul(Golden["head.box.halfWidth"]).clamp(-1, 1).add(Golden["head.box.center"]);
        Tensor better = head.Energy(context, answers.unsqueeze(1)).lt(head.Energy(context, others)).to(float32).mean([1L]);
        better.mean().ToSingle().Should().BeGreaterThan(0.9f, "the best of 64 is better than most others, for every context");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        var faulty = new ImplicitHeadConfig
        {
            HiddenWidth = 0, Blocks = -1, Dropout = 1, CounterExamples = 0, BoundsMargin = -1, Temperature = 0, ExpertNoise = -1, GradientPenalty = -1, GradientMargin = -1,
            Choice = (ImplicitChoice)7,
            Search = new DerivativeFreeSearch { Samples = 0, Iterations = 0, NoiseScale = -1, NoiseShrink = 2 },
            CounterExampleChain = new LangevinChain { Steps = 0, InitialStepSize = 0, Power = 0, MaximumMove = 0, NoiseScale = -1 },
        };
        faulty.Problems(Shape).Should().HaveCount(10 + 4 + 5);
        new LangevinSearch { Samples = 0, SecondStepSize = -1 }.Problems().Should().HaveCount(2);
    }

    private static LossReport Loss(ImplicitHead head) =>
        head.Loss(Golden["context"], new ActionTarget(Golden["actions"], ones(3, 2, ScalarType.Bool)), new Generator(5, CPU));

    private static void ShouldHaveGradients(ImplicitHead head, Tensor loss, string prefix)
    {
        loss.backward();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in head.named_parameters())
            Golden.ShouldBe(parameter.grad!, $"{prefix}.{name["network.".Length..]}", 1e-5f);
    }

    private static ImplicitHead OfGolden(ImplicitHeadConfig config)
    {
        var head = new ImplicitHead(config, Shape);
        Golden.LoadInto(head, "head");
        return head;
    }
}
