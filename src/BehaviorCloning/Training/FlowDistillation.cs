using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using Microsoft.Extensions.Logging;

namespace BehaviorCloning.Training;

/// <summary>Makes of a trained flow-matching policy one that samples in one or two steps.</summary>
/// <remarks>
/// <para>A flow that sees several ways bends: at the noisy end its velocity points to their mean, so one long step ends between them. But
/// which noise ends where is decided. The student learns just that: from the teacher's start noise straight to the teacher's chunk
/// (reflow, arXiv 2209.03003), at the times it will be asked for.</para>
/// <para>It costs about as many evaluations a training step as the teacher takes sampling steps, and some quality: where neighboring noises
/// end in different ways, a student of one step blurs the border between them; see docs/heads/flow-matching.md.</para>
/// </remarks>
public static class FlowDistillation
{
    /// <summary>Trains a student.</summary>
    /// <param name="teacher">A trained policy whose head is a <see cref="FlowMatchingHead"/>; borrowed, and not changed.</param>
    /// <param name="training">Where the student meets observations; actions are the teacher's.</param>
    /// <param name="config">How to train. A constant batch of noise never repeats, so over-fitting is no concern.</param>
    /// <param name="steps">Steps the student takes, 1 or a few.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="logger">Told what happens.</param>
    /// <param name="cancellationToken">Stops training; the student keeps what it has learned.</param>
    /// <returns>A policy of its own, an ordinary flow-matching policy of so many Euler steps. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The teacher is no flow-matching policy, or takes fewer steps than the student.</exception>
    public static LearnedPolicy Distill(
        LearnedPolicy teacher, IEpisodeSource training, TrainerConfig config, int steps = 1, IProgress<TrainingProgress>? progress = null, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(config);
        if (teacher.Config.Head is not FlowMatchingHeadConfig flow)
            throw new ArgumentException($"Only flow-matching policies can be distilled; this one has a {teacher.Network.Head.GetType().Name}.", nameof(teacher));
        if (steps < 1 || steps >= flow.SamplingSteps)
            throw new ArgumentException($"The student is to take {steps} steps and its teacher takes {flow.SamplingSteps}: distill to at least 1 and fewer than the teacher's.", nameof(steps));

        // Guidance acts in what the teacher says, so the student has it without asking twice.
        GuidanceConfig? guidance = flow.Guidance is { } own ? own with { Scale = 1 } : null;
        LearnedPolicy student = teacher.With(teacher.Config with
        {
            Head = flow with { SamplingSteps = steps, Integrator = new EulerIntegrator(), Time = new GridFlowTime { Steps = steps }, Guidance = guidance },
        });
        // The teacher reads the student's context, so the encoder must stay the teacher's.
        (string name, TorchSharp.Modules.Parameter parameter)[] frozen = [.. student.Network.Encoder.named_parameters().Where(p => p.parameter.requires_grad)];
        foreach ((_, TorchSharp.Modules.Parameter parameter) in frozen) parameter.requires_grad = false;
        bool wasTraining = teacher.Network.training;
        teacher.Network.eval();
        try
        {
            using (((FlowMatchingHead)student.Network.Head).LearnFrom((FlowMatchingHead)teacher.Network.Head))
                Trainer.Train(student, training, config, logger: logger, progress: progress, cancellationToken: cancellationToken);
        }
        catch
        {
            student.Dispose();
            throw;
        }
        finally
        {
            if (wasTraining) teacher.Network.train();
        }

        foreach ((_, TorchSharp.Modules.Parameter parameter) in frozen) parameter.requires_grad = true;
        return student;
    }
}
