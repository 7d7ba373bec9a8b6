using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests;

public sealed class ObservationHistoryTests
{
    [Fact]
    public void The_first_observation_is_repeated_until_there_are_enough()
    {
        // To = 3, pushed so far a, b: holds a a b.
        ObservationHistory history = new(3);
        Observation a = new(), b = new();
        history.Push(a);
        history.Push(b);
        history[0].Should().BeSameAs(a);
        history[1].Should().BeSameAs(a);
        history[2].Should().BeSameAs(b);
        history.Newest.Should().BeSameAs(b);
    }

    [Property]
    public void The_history_holds_the_clamped_last_steps(int seed)
    {
        Random random = new(seed);
        int length = 1 + random.Next(6), steps = 1 + random.Next(20);
        Observation[] pushed = [.. Enumerable.Range(0, steps).Select(_ => new Observation())];
        ObservationHistory history = new(length);
        foreach (Observation observation in pushed) history.Push(observation);
        for (int i = 0; i < length; i++) history[i].Should().BeSameAs(pushed[Math.Max(steps - length + i, 0)]);
        history.StepCount.Should().Be(steps);
    }

    [Fact]
    public void Clearing_forgets_observations_and_policy_state()
    {
        ObservationHistory history = new(2) { PolicyState = new object() };
        history.Push(new Observation());
        history.Clear();
        history.StepCount.Should().Be(0);
        history.PolicyState.Should().BeNull();
        history.Invoking(h => h.Newest).Should().Throw<InvalidOperationException>().WithMessage("*history is empty*");
        history.Invoking(h => h[2]).Should().Throw<ArgumentOutOfRangeException>();
    }
}
