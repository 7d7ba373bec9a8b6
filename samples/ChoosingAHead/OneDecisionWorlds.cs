using BehaviorCloning;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace ChoosingAHead;

/// <summary>Two numbers whose signs must agree: what bins that know nothing of each other cannot do.</summary>
internal sealed class CoupledAxesWorld(WorldOptions options) : World(options)
{
    public override string Name => "coupled-axes";

    public override int Steps => 2000;

    public override int Episodes => 1000;

    public override bool HasChunks => false;

    public override PolicyConfig Policy => new() { Horizons = new Horizons { Observation = 1, Prediction = 1, Execution = 1 } };

    public override IEpisodeSource Demonstrate(double corruptedShare, Action<string> say, CancellationToken cancellationToken) =>
        Demonstrations.Play(Create(), seed => new CoupledAxesExpert(seed), Options.Demonstrations ?? 4000);

    public override IEnvironment Create() => new CoupledAxesEnvironment();
}

/// <summary>An action that jumps: learned from everywhere, played close to the edge.</summary>
internal sealed class StepFunctionWorld(WorldOptions options) : World(options)
{
    private const double PlayedHalfWidth = 0.01;

    public override string Name => "step-function";

    public override int Steps => 1500;

    public override int Episodes => 1000;

    public override bool HasChunks => false;

    public override PolicyConfig Policy => new() { Horizons = new Horizons { Observation = 1, Prediction = 1, Execution = 1 } };

    public override IEpisodeSource Demonstrate(double corruptedShare, Action<string> say, CancellationToken cancellationToken) =>
        Demonstrations.Play(new StepFunctionEnvironment(), _ => new StepFunctionExpert(), Options.Demonstrations ?? 1000);

    public override IEnvironment Create() => new StepFunctionEnvironment(PlayedHalfWidth);
}
