namespace BehaviorCloning.Core.Tests;

public sealed class HorizonsTests
{
    [Fact]
    public void The_defaults_are_sound() => new Horizons().Problems().Should().BeEmpty();

    [Fact]
    public void Every_fault_is_reported_at_once() =>
        new Horizons { Observation = 0, Prediction = 4, Execution = 5 }.Invoking(h => h.Require()).Should().Throw<ArgumentException>()
            .WithMessage("*Observation horizon 0*Execution horizon 5 is longer than the prediction horizon 4*");
}
