using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Tests.Heads.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

public sealed class ClassifierFreeGuidanceTests
{
    // One token: a position in columns 0 and 1, a goal in column 2.
    private static readonly HeadShape Shape = new(1, 3, 4, 2)
    {
        Parts = [new ContextPart("position", 0, 1, 0, 2), new ContextPart("goal", 0, 1, 2, 1)],
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(-2)]
    public void A_guided_prediction_is_w_times_with_and_1_minus_w_times_without(double w)
    {
        using IDisposable noGradient = no_grad();
        using Denoiser denoiser = DiffusionVariants.Small.Create(Shape);
        Tensors.Perturb(denoiser);
        using var guidance = new ClassifierFreeGuidance(new GuidanceConfig { Scale = w, Parts = ["goal"] }, Shape);
        using Tensor context = Tensors.Normal(1, 5, 1, 3), x = Tensors.Normal(2, 5, 4, 2), time = full(5, 0.4f, ScalarType.Float32), without = context.clone();
        without[TensorIndex.Ellipsis, 2].fill_(0);
        float[] expected = ((denoiser.Forward(context, x, time) * w) + (denoiser.Forward(without, x, time) * (1 - w))).Values();

        Close(guidance.Forward(denoiser, context, x, time), expected);
        Close(guidance.Prepare(denoiser, context, [0.9f, 0.4f])(x, 1), expected);
    }

    [Fact]
    public void Training_drops_the_named_part_of_the_given_share_of_samples()
    {
        using var guidance = new ClassifierFreeGuidance(new GuidanceConfig { DropProbability = 0.25, Parts = ["goal"] }, Shape);
        using Tensor context = ones(20_000, 1, 3);
        float[] dropped = guidance.Drop(context, new Generator(1, CPU)).sum([0L, 1L]).Values();
        dropped[0].Should().Be(20_000);
        dropped[1].Should().Be(20_000);
        dropped[2].Should().BeApproximately(15_000, 300);
    }

    [Fact]
    public void Without_names_the_whole_context_is_dropped_and_a_learned_null_takes_its_place()
    {
        using var guidance = new ClassifierFreeGuidance(new GuidanceConfig { DropProbability = 0.5, Null = NullCondition.Learned }, Shape);
        float[] learned = guidance.state_dict()["nullContext"].Values();
        using Tensor context = full([50, 1, 3], 9f);
        foreach (float[] row in guidance.Drop(context, new Generator(1, CPU)).view(50, 3).Values().Chunk(3))
            (row.SequenceEqual(learned) || row.All(v => v == 9)).Should().BeTrue();
    }

    [Fact]
    public void Guidance_that_training_did_not_prepare_is_refused_when_it_is_configured()
    {
        new GuidanceConfig().Problems(Shape).Should().BeEmpty();
        new GuidanceConfig { DropProbability = 0, Scale = 2 }.Problems(Shape).Should().ContainSingle().Which.Should().Contain("never drops");
        new GuidanceConfig { Parts = ["goal", "task"] }.Problems(Shape).Should().ContainSingle().Which.Should().Contain("'task'").And.Contain("position, goal");
        new GuidanceConfig { Parts = ["goal"] }.Problems(Shape with { Parts = [] }).Should().ContainSingle().Which.Should().Contain("hidden layers");
        new FlowMatchingHeadConfig { Guidance = new GuidanceConfig { DropProbability = 1 } }.Problems(Shape).Should().ContainSingle();
        new DiffusionHeadConfig { Guidance = new GuidanceConfig { Scale = double.NaN } }.Problems(Shape).Should().ContainSingle();
    }

    [Fact]
    public void Guidance_by_a_part_that_training_did_not_drop_is_refused_when_sampling()
    {
        using var folder = new TemporaryFolder();
        FlowMatchingHeadConfig trained = new() { Denoiser = DiffusionVariants.Small, Guidance = new GuidanceConfig { Parts = ["goal"] } };
        using PolicyHead head = trained.Create(Shape);
        SafetensorsFile.Save(folder["weights.safetensors"], head);
        using SafetensorsFile file = SafetensorsFile.Open(folder["weights.safetensors"]);
        using Tensor context = zeros(1, 1, 3);

        using PolicyHead other = (trained with { Guidance = new GuidanceConfig { Parts = ["position"], Scale = 2 } }).Create(Shape);
        file.LoadInto(other);
        Action sample = () => other.Sample(context);
        sample.Should().Throw<InvalidOperationException>().WithMessage("*position*did not drop*");

        using PolicyHead same = (trained with { Guidance = new GuidanceConfig { Parts = ["goal"], Scale = 2 } }).Create(Shape);
        file.LoadInto(same);
        same.Sample(context).shape.Should().Equal(1, 4, 2);
    }

    [Theory]
    [InlineData("flow")]
    [InlineData("diffusion")]
    public void Guidance_sharpens_what_the_goal_says(string method)
    {
        // Demonstrators go to their goal, -1 or 1, but badly: a ~ N(goal, 1), so 84 % end on its side.
        var shape = new HeadShape(1, 1, 1, 1) { Parts = [new ContextPart("goal", 0, 1, 0, 1)] };
        var guidance = new GuidanceConfig { Parts = ["goal"] };
        var denoiser = new ResidualMlpDenoiserConfig { Width = 32, Blocks = 2, ConditionWidth = 16, TimeWidth = 16 };
        PolicyHeadConfig With(double scale) => method == "flow"
            ? new FlowMatchingHeadConfig { Denoiser = denoiser, Guidance = guidance with { Scale = scale } }
            : new DiffusionHeadConfig { Denoiser = denoiser, Guidance = guidance with { Scale = scale } };
        torch.random.manual_seed(1);
        using PolicyHead head = With(1).Create(shape);
        (head as IFitsActions)?.Fit(tensor(new float[] { -4, 4 }, [2, 1, 1]), ones(2, 1, ScalarType.Bool));
        using var generator = new Generator(2, CPU);
        using var optimizer = optim.Adam(head.parameters(), 3e-3);
        for (int step = 0; step < 400; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor goals = rand(128, 1, 1, generator: generator).sub(0.5).sign();
            optimizer.zero_grad();
            head.Loss(goals, new ActionTarget(goals + randn(128, 1, 1, generator: generator), ones(128, 1, ScalarType.Bool)), generator).Total.backward();
            optimizer.step();
        }

        double plain = ShareAtGoal(With(1)), guided = ShareAtGoal(With(3)), forgetful = ShareAtGoal(With(0));
        plain.Should().BeInRange(0.76, 0.91);
        guided.Should().BeGreaterThan(plain + 0.06);
        forgetful.Should().BeInRange(0.4, 0.6, "a scale of 0 forgets the goal");

        double ShareAtGoal(PolicyHeadConfig config)
        {
            using PolicyHead sampling = config.Create(shape);
            using IDisposable noGradient = no_grad();
            Dictionary<string, Tensor> target = sampling.state_dict();
            foreach ((string name, Tensor values) in head.state_dict()) target[name].copy_(values);
            using Tensor goals = cat([ones(500, 1, 1), -ones(500, 1, 1)]), sample = sampling.Sample(goals, new Generator(3, CPU));
            return sample.mul(goals).Values().Count(v => v > 0) / 1000.0;
        }
    }

    private static void Close(Tensor ours, float[] expected) =>
        ours.Values().Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-5f * Math.Max(1, expected.Max(Math.Abs)));
}
