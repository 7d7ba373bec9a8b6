using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.RecurrentGaussianMixtures;

public sealed class RecurrentGaussianMixtureHeadTests
{
    private static readonly GoldenTensors Golden = GoldenTensors.Read("GaussianMixture/golden/mixtures");
    private static readonly HeadShape Shape = new(ContextTokens: 3, ContextWidth: 2, PredictionHorizon: 2, ActionDimension: 2);
    private static readonly RecurrentGaussianMixtureHeadConfig Config = new() { HiddenWidth = 4, Mixture = new MixtureOptions { Components = 3 } };

    [Fact]
    public void Reading_predicting_and_the_loss_are_PyTorchs()
    {
        using RecurrentGaussianMixtureHead head = OfGolden(Config);
        using Tensor context = Golden["context"], actions = Golden["actions"];
        Golden.ShouldBe(head.LogProbability(context, actions), "recurrent_log_probability");
        Golden.ShouldBe(head.Loss(context, new ActionTarget(actions, ones(4, 2, ScalarType.Bool))).Total, "recurrent_loss");
        Golden.ShouldBe(head.Advance(zeros(4, head.StateSize), context.narrow(1, 0, 2)), "state_after_two");
    }

    [Fact]
    public void A_token_at_a_time_is_the_same_as_all_at_once()
    {
        using RecurrentGaussianMixtureHead head = OfGolden(Config);
        using IDisposable noGradient = no_grad();
        Tensor context = Golden["context"], state = zeros(4, head.StateSize);
        for (int i = 0; i < 3; i++) state = head.Advance(state, context.narrow(1, i, 1));
        float[] carried = head.SampleFrom(state, new Generator(3, CPU)).Values(), atOnce = head.Sample(context, new Generator(3, CPU)).Values();
        carried.Zip(atOnce, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f);
    }

    [Fact]
    public void A_carried_state_is_trained_on_every_number_of_observations()
    {
        // Mean over the lengths 1..3 of the loss of the newest tokens alone, as a supervised sequence has it.
        using RecurrentGaussianMixtureHead head = OfGolden(Config with { CarriesState = true }), whole = OfGolden(Config);
        using IDisposable noGradient = no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in head.parameters().Concat(whole.parameters())) parameter.mul_(3);
        Tensor context = Golden["context"], actions = Golden["actions"];
        double expected = Enumerable.Range(1, 3).Average(length =>
        {
            using var shorter = new RecurrentGaussianMixtureHead(Config, Shape with { ContextTokens = length });
            shorter.load_state_dict(whole.state_dict());
            return -shorter.LogProbability(context.narrow(1, 3 - length, length), actions).mean().ToDouble();
        });
        const int copies = 3000;
        var target = new ActionTarget(actions.repeat(copies, 1, 1), ones(4 * copies, 2, ScalarType.Bool));
        double loss = head.Loss(context.repeat(copies, 1, 1), target, new Generator(4, CPU)).Total.ToDouble();
        loss.Should().BeApproximately(expected, 0.01 * Math.Abs(expected));
        whole.Loss(context, new ActionTarget(actions, ones(4, 2, ScalarType.Bool))).Total.ToDouble()
            .Should().NotBeApproximately(expected, 0.02 * Math.Abs(expected), "or else the claim above could not fail");
    }

    [Fact]
    public void The_order_of_observations_matters()
    {
        using RecurrentGaussianMixtureHead head = OfGolden(Config);
        using Tensor context = Golden["context"], turned = context.flip(1), actions = Golden["actions"];
        head.LogProbability(turned, actions).Values().Should().NotEqual(head.LogProbability(context, actions).Values());
    }

    [Fact]
    public void Where_experts_turn_left_or_right_it_does_both()
    {
        var config = new RecurrentGaussianMixtureHeadConfig { HiddenWidth = 24, Layers = 1, Mixture = new MixtureOptions { MinimumScale = 0.01 } };
        float[] chunks = TwoWays.TrainAndSample(config, new HeadShape(2, 1, 4, 1), learningRate: 1e-2);
        chunks.Count(a => Math.Abs(Math.Abs(a) - 1) < 0.1).Should().BeGreaterThan(1950, "of 2000");
        chunks.Chunk(4).Count(chunk => chunk.All(a => a > 0)).Should().BeInRange(200, 300, "of 500, both ways are taken");
    }

    [Fact]
    public void A_context_that_is_not_one_token_a_step_is_refused()
    {
        Config.Problems(new HeadShape(1, 6, 2, 2) { ObservedSteps = 3 }).Should().ContainSingle().Which.Should().Contain("1 of 3 steps").And.Contain("TokenPerStep");
        Config.Problems(Shape with { ObservedSteps = 3 }).Should().BeEmpty();
        (Config with { HiddenWidth = 0, Layers = 0, Mixture = new MixtureOptions { Temperature = double.NaN } }).Problems(Shape).Should().HaveCount(3);
    }

    private static RecurrentGaussianMixtureHead OfGolden(RecurrentGaussianMixtureHeadConfig config)
    {
        var head = new RecurrentGaussianMixtureHead(config, Shape);
        Golden.LoadInto(head, "recurrent");
        return head;
    }
}
