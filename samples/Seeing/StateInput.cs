using BehaviorCloning;
using BehaviorCloning.Features;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>Explicit, from the simulator itself: the true pose of the T. The ceiling of all others.</summary>
internal sealed class StateInput(string name) : Input(name, "explicit, true", "sees no light")
{
    public override Learned Learn(Job job)
    {
        LearnedPolicy policy = LearnedPolicy.Create(PixelPolicy.Base(job.Quick), job.Demonstrations, job.Seed, job.Accelerator);
        return new Learned(policy, Learner.Train(policy, job.Demonstrations, Learner.Batch, job));
    }
}
