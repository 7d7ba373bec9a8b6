using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.FlowMatching;

public sealed class FlowIntegratorTests
{
    public static TheoryData<string, int> Orders => new() { { nameof(EulerIntegrator), 1 }, { nameof(MidpointIntegrator), 2 }, { nameof(HeunIntegrator), 2 } };

    [Theory]
    [MemberData(nameof(Orders))]
    public void Halving_the_step_divides_the_error_by_two_to_the_order(string name, int order)
    {
        FlowIntegrator integrator = Named(name);
        double coarse = ErrorOf(integrator, 40), fine = ErrorOf(integrator, 80);
        Math.Log2(coarse / fine).Should().BeApproximately(order, 0.1);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_constant_velocity_is_followed_exactly(string name, int order)
    {
        order.Should().BePositive();
        using Tensor start = zeros(2, 2);
        Named(name).Integrate((x, _) => x.ones_like(), start, 8).Values().Should().OnlyContain(v => v == 1);
        start.Values().Should().OnlyContain(v => v == 0, "the start is borrowed");
    }

    [Fact]
    public void Times_are_those_of_the_scheme()
    {
        new EulerIntegrator().Times(4).Should().Equal(0f, 0.25f, 0.5f, 0.75f);
        new MidpointIntegrator().Times(2).Should().Equal(0f, 0.25f, 0.5f, 0.75f);
        new HeunIntegrator().Times(2).Should().Equal(0f, 0.5f, 1f);
    }

    // dx/dt = x cos t has the solution x0 exp(sin t).
    private static double ErrorOf(FlowIntegrator integrator, int steps)
    {
        float[] times = integrator.Times(steps);
        using Tensor start = ones(1, ScalarType.Float64);
        using Tensor end = integrator.Integrate((x, i) => x.mul(Math.Cos(times[i])), start, steps);
        return Math.Abs(end.ToDouble() - Math.Exp(Math.Sin(1)));
    }

    private static FlowIntegrator Named(string name) => name switch
    {
        nameof(EulerIntegrator) => new EulerIntegrator(),
        nameof(MidpointIntegrator) => new MidpointIntegrator(),
        _ => new HeunIntegrator(),
    };
}
