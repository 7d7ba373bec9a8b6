using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Diffusion;

public sealed class DiffusionHeadTests
{
    private static readonly HeadShape Shape = new(1, 2, 3, 2);

    [Theory]
    [InlineData(DiffusionPrediction.Epsilon)]
    [InlineData(DiffusionPrediction.Sample)]
    [InlineData(DiffusionPrediction.Velocity)]
    public void The_loss_is_the_distance_to_what_is_to_be_predicted(DiffusionPrediction prediction)
    {
        // A new network predicts zero, so its loss is the mean square of the target.
        var config = new DiffusionHeadConfig { Prediction = prediction };
        using PolicyHead head = config.Create(Shape);
        using Tensor context = zeros(4, 1, 2), actions = Tensors.Normal(1, 4, 3, 2), inside = ones(4, 3, ScalarType.Bool);
        double loss = head.Loss(context, new ActionTarget(actions, inside), new Generator(5, CPU)).Total.ToDouble();

        using var generator = new Generator(5, CPU);
        using Tensor noise = randn(4, 3, 2, ScalarType.Float32, generator: generator), k = randint(100, [4], generator: generator);
        var levels = new NoiseLevels(config.Schedule);
        double expected = 0;
        for (int row = 0; row < 4; row++)
        {
            int level = (int)k[row].ToInt64();
            using Tensor target = prediction switch
            {
                DiffusionPrediction.Epsilon => noise[row].clone(),
                DiffusionPrediction.Sample => actions[row].clone(),
                _ => (noise[row] * levels.Signal(level)) - (actions[row] * levels.Noise(level)),
            };
            expected += target.square().mean().ToDouble() / 4;
        }

        loss.Should().BeApproximately(expected, 1e-5);
    }

    [Fact]
    public void Bounds_are_those_of_actions_inside_episodes()
    {
        using var head = (DiffusionHead)new DiffusionHeadConfig().Create(Shape);
        using Tensor actions = tensor(new float[] { -1, 5, 2, 6, 100, -100 }, [1, 3, 2]), inside = tensor(new[] { true, true, false }, [1, 3]);
        head.Fit(actions, inside);
        head.state_dict()["lowest"].Values().Should().Equal(-1, 5);
        head.state_dict()["highest"].Values().Should().Equal(2, 6);

        // Whatever the network says, a clipped sample lies within them: DDIM ends at the predicted action.
        Tensors.Perturb(head);
        using Tensor context = zeros(20, 1, 2), sample = head.Sample(context, new Generator(1, CPU));
        sample.select(2, 0).Values().Should().OnlyContain(v => v >= -1 && v <= 2);
        sample.select(2, 1).Values().Should().OnlyContain(v => v >= 5 && v <= 6);
    }

    [Fact]
    public void Bounds_that_nobody_fitted_are_told()
    {
        using PolicyHead head = new DiffusionHeadConfig().Create(Shape), free = new DiffusionHeadConfig { Clipping = new NoClipping() }.Create(Shape);
        using Tensor context = zeros(1, 1, 2);
        Action sample = () => head.Sample(context);
        sample.Should().Throw<InvalidOperationException>().WithMessage("*Fit*ClipToRange*");
        free.Sample(context).shape.Should().Equal(1, 3, 2);
    }

    [Fact]
    public void Without_start_noise_a_deterministic_sampler_always_answers_alike()
    {
        using var head = (DiffusionHead)new DiffusionHeadConfig { StartNoiseScale = 0 }.Create(Shape);
        head.Fit(Tensors.Normal(2, 9, 3, 2), ones(9, 3, ScalarType.Bool));
        Tensors.Perturb(head);
        using Tensor context = zeros(1, 1, 2);
        head.Sample(context, new Generator(1, CPU)).Values().Should().Equal(head.Sample(context, new Generator(2, CPU)).Values());
    }

    [Fact]
    public void Where_experts_turn_left_or_right_diffusion_turns()
    {
        // One situation; half of the demonstrations turn to -1, half to +1. Straight on, 0, is where the tree stands.
        var denoiser = new ResidualMlpDenoiserConfig { Width = 32, Blocks = 2, ConditionWidth = 16, TimeWidth = 16 };
        torch.random.manual_seed(1);
        using PolicyHead head = new DiffusionHeadConfig { Denoiser = denoiser }.Create(new HeadShape(1, 1, 1, 1));
        ((IFitsActions)head).Fit(tensor(new float[] { -1, 1 }, [2, 1, 1]), ones(2, 1, ScalarType.Bool));
        using var generator = new Generator(2, CPU);
        using var optimizer = optim.Adam(head.parameters(), 3e-3);
        for (int step = 0; step < 400; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor actions = rand(128, 1, 1, generator: generator).sub(0.5).sign();
            optimizer.zero_grad();
            head.Loss(zeros(128, 1, 1), new ActionTarget(actions, ones(128, 1, ScalarType.Bool)), generator).Total.backward();
            optimizer.step();
        }

        float[] samples = head.Sample(zeros(500, 1, 1), generator).Values();
        samples.Count(a => Math.Abs(a) > 0.5).Should().BeGreaterThan(450, "of 500");
        samples.Count(a => a > 0).Should().BeInRange(150, 350, "both ways are taken");
    }

    [Fact]
    public void Sampling_for_one_robot_leaves_little_to_the_garbage_collector()
    {
        using var head = (DiffusionHead)new DiffusionHeadConfig { Denoiser = DiffusionVariants.Small }.Create(Shape);
        head.Fit(Tensors.Normal(2, 9, 3, 2), ones(9, 3, ScalarType.Bool));
        using Tensor context = zeros(1, 1, 2);
        using var generator = new Generator(1, CPU);
        for (int i = 0; i < 5; i++) head.Sample(context, generator).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) head.Sample(context, generator).Dispose();
        long perSample = (GC.GetAllocatedBytesForCurrentThread() - before) / 20;
        // Ten evaluations; each operator's result is an object of its own that knows its native tensor: 29 KB when this was written.
        perSample.Should().BeLessThan(40_000);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new DiffusionHeadConfig
        {
            StartNoiseScale = -1, Clipping = new ClipToRange { Range = 0 }, Sampler = new DdpmSampler { Steps = 0 }, Denoiser = new ResidualMlpDenoiserConfig { Width = 0 },
        }.Problems(Shape).Should().HaveCount(4);
}
