using BehaviorCloning.Encoders;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>Minimal: frames through a network that is trained with the head, from nothing.</summary>
/// <param name="name">Its name.</param>
/// <param name="light">What it was shown in training.</param>
/// <param name="encoder">The network, tiny or not.</param>
internal sealed class MinimalInput(string name, string light, Func<bool, ObservationEncoderConfig> encoder) : Input(name, "minimal", light)
{
    /// <summary>Numbers a frame.</summary>
    public const int Width = 64;

    public override Learned Learn(Job job)
    {
        LearnedPolicy policy = LearnedPolicy.Create(PixelPolicy.Seeing(PushTEnvironment.Image, encoder(job.Quick), job.Quick), job.Demonstrations, job.Seed, job.Accelerator);
        return new Learned(policy, Learner.Train(policy, job.Demonstrations, Learner.Batch, job));
    }
}
