using BehaviorCloning.Engine;
using BehaviorCloning.Tests.Engine;
using BehaviorCloning.Training;
using TorchSharp.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Training;

public class ExponentialMovingAverageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_follows_the_values_by_its_decay(bool withOperators)
    {
        using Sequential module = FlatParametersTests.TwoLayers();
        using var flat = new FlatParameters(module);
        var config = new PowerEmaConfig();
        using var average = new ExponentialMovingAverage(flat, config, 1, withOperators);
        double[] expected = [.. flat.Values.data<float>().ToArray().Select(v => (double)v)];
        for (int step = 0; step < 10; step++)
        {
            using (no_grad()) flat.Values.add_(0.1 * step);
            average.Update();
            float[] values = flat.Values.data<float>().ToArray();
            double decay = config.DecayAt(step);
            for (int i = 0; i < values.Length; i++) expected[i] = (decay * expected[i]) + ((1 - decay) * values[i]);
        }

        average.Counter.Should().Be(10);
        average.Average.data<float>().ToArray().Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5);
    }

    [Fact]
    public void The_average_can_be_used_and_the_live_values_return_bit_for_bit()
    {
        using Sequential module = FlatParametersTests.TwoLayers();
        using var flat = new FlatParameters(module);
        using var average = new ExponentialMovingAverage(flat, new WarmupEmaConfig());
        using (no_grad()) flat.Values.add_(1);
        float[] live = flat.Values.data<float>().ToArray();
        using (average.UseAverage())
        {
            flat.Values.data<float>().ToArray().Should().Equal(average.Average.data<float>().ToArray()).And.NotEqual(live);
            average.Invoking(a => a.UseAverage()).Should().Throw<InvalidOperationException>();
        }

        flat.Values.data<float>().ToArray().Should().Equal(live);
        flat.StrayParameters().Should().BeEmpty();
    }
}
