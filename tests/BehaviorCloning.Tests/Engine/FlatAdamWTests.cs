using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Engine;

public class FlatAdamWTests
{
    [Theory]
    [InlineData(false, 0.1, 1)]
    [InlineData(true, 0.1, 1)]
    [InlineData(false, 0, 2)]
    public void Fifty_steps_equal_torchs_AdamW(bool withOperators, double decay, int threads)
    {
        (Sequential ours, Sequential theirs) = Twins(width: 300);
        using (ours)
        using (theirs)
        using (var flat = new FlatParameters(ours))
        using (var optimizer = new FlatAdamW(flat, 0.9, 0.99, 1e-8, decay, threads, withOperators))
        using (AdamW reference = optim.AdamW(theirs.parameters(), 0.01, 0.9, 0.99, 1e-8, decay))
        {
            for (int step = 0; step < 50; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor input = randn(8, 3), target = randn(8, 2);
                ours.forward(input).sub(target).square().mean().backward();
                theirs.forward(input).sub(target).square().mean().backward();
                optimizer.Step(0.01);
                reference.step();
                reference.zero_grad();
            }

            Compare(ours, theirs, 2e-6f);
            optimizer.StepCount.Should().Be(50);
            flat.Gradients.abs().sum().ToSingle().Should().Be(0, "a step consumes the gradients");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Clipping_equals_clip_grad_norm(bool withOperators)
    {
        (Sequential ours, Sequential theirs) = Twins(width: 20);
        using (ours)
        using (theirs)
        using (var flat = new FlatParameters(ours))
        using (var optimizer = new FlatAdamW(flat, 0.9, 0.999, 1e-8, 0, 1, withOperators))
        using (AdamW reference = optim.AdamW(theirs.parameters(), 0.01, weight_decay: 0))
        {
            for (int step = 0; step < 5; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor input = randn(8, 3) * (step < 3 ? 10 : 0.001);
                ours.forward(input).square().sum().backward();
                theirs.forward(input).square().sum().backward();
                double norm = nn.utils.clip_grad_norm_(theirs.parameters(), 1);
                optimizer.Step(0.01, maximumNorm: 1);
                optimizer.ReadGradientNorm().Should().BeApproximately(norm, 1e-5 * norm);
                reference.step();
                reference.zero_grad();
            }

            Compare(ours, theirs, 2e-6f);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gradient_scale_averages_accumulated_passes(bool withOperators)
    {
        (Sequential once, Sequential twice) = Twins(width: 20);
        using (once)
        using (twice)
        using (var flatOnce = new FlatParameters(once))
        using (var flatTwice = new FlatParameters(twice))
        using (var a = new FlatAdamW(flatOnce, 0.9, 0.999, 1e-8, 0, 1, withOperators))
        using (var b = new FlatAdamW(flatTwice, 0.9, 0.999, 1e-8, 0, 1, withOperators))
        {
            using Tensor input = randn(8, 3);
            once.forward(input).square().mean().backward();
            twice.forward(input).square().mean().backward();
            twice.forward(input).square().mean().backward();
            a.Step(0.01, 1);
            b.Step(0.01, 1, 0.5);
            Compare(once, twice, 1e-6f);
        }
    }

    [Fact]
    public void Groups_have_their_own_rate_and_decay()
    {
        using Sequential module = FlatParametersTests.TwoLayers();
        var frozen = new ParameterGroup("frozen", LearningRateScale: 0);
        var plain = new ParameterGroup("plain", Decay: false);
        using var flat = new FlatParameters(module, (name, _) => name.StartsWith("0.", StringComparison.Ordinal) ? frozen : plain);
        using var optimizer = new FlatAdamW(flat, weightDecay: 0.5);
        using Tensor before = flat.Values.clone();
        optimizer.Step(0.1);
        flat.Values.data<float>().ToArray().Should().Equal(before.data<float>().ToArray(), "no gradient, and neither group decays");
        module.forward(ones(1, 3)).sum().backward();
        optimizer.Step(0.1);
        (long start, long length) = flat.Extent(frozen);
        using Tensor moved = (flat.Values - before).abs();
        moved.narrow(0, start, length).sum().ToSingle().Should().Be(0);
        moved.sum().ToSingle().Should().BePositive();
    }

    [Fact]
    public void A_gradient_that_is_not_finite_changes_nothing()
    {
        using Sequential module = FlatParametersTests.TwoLayers();
        using var flat = new FlatParameters(module);
        using var optimizer = new FlatAdamW(flat);
        float[] before = flat.Values.data<float>().ToArray();
        using (no_grad()) flat.Gradients.fill_(float.NaN);
        optimizer.Step(0.1, 1).Should().Be(double.NaN);
        flat.Values.data<float>().ToArray().Should().Equal(before);
        optimizer.FirstMoment.abs().sum().ToSingle().Should().Be(0);
        optimizer.StepCount.Should().Be(0);
        flat.Gradients.abs().sum().ToSingle().Should().Be(0);
    }

    [Fact]
    public void The_result_does_not_depend_on_the_number_of_threads()
    {
        (Sequential one, Sequential four) = Twins(width: 20_000);
        using (one)
        using (four)
        using (var flatOne = new FlatParameters(one))
        using (var flatFour = new FlatParameters(four))
        using (var a = new FlatAdamW(flatOne, threads: 1))
        using (var b = new FlatAdamW(flatFour, threads: 4))
        {
            using Tensor input = randn(8, 3);
            one.forward(input).square().mean().backward();
            four.forward(input).square().mean().backward();
            a.Step(0.01, 0.5).Should().Be(b.Step(0.01, 0.5));
            Compare(one, four, 0);
        }
    }

    internal static (Sequential First, Sequential Second) Twins(int width)
    {
        Sequential first = nn.Sequential(nn.Linear(3, width), nn.SiLU(), nn.Linear(width, 2)), second = nn.Sequential(nn.Linear(3, width), nn.SiLU(), nn.Linear(width, 2));
        second.load_state_dict(first.state_dict());
        return (first, second);
    }

    private static void Compare(Sequential ours, Sequential theirs, float tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((Parameter a, Parameter b) in ours.parameters().Zip(theirs.parameters()))
        {
            float scale = Math.Max(1, b.detach().abs().max().ToSingle());
            (a.detach() - b.detach()).abs().max().ToSingle().Should().BeLessThanOrEqualTo(tolerance * scale);
        }
    }
}
