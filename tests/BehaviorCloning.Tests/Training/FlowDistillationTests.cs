using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public sealed class FlowDistillationTests
{
    [Fact]
    public void A_student_of_one_step_turns_where_its_teacher_needs_ten_steps_to()
    {
        // One situation, two ways: half of the episodes go to -1, half to 1.
        InMemoryEpisodes fork = PointEpisodes.Make(count: 8, length: 30, change: (positions, actions, e) =>
        {
            Array.Clear(positions);
            Array.Fill(actions, e % 2 == 0 ? 1 : -1);
        });
        var config = new PolicyConfig
        {
            Horizons = new Horizons { Observation = 1, Prediction = 1, Execution = 1 },
            ObservationNormalization = new NoNormalization(),
            ActionNormalization = new NoNormalization(),
            Head = new FlowMatchingHeadConfig { Denoiser = new ResidualMlpDenoiserConfig { Width = 32, Blocks = 2, ConditionWidth = 16, TimeWidth = 16 } },
        };
        var training = new TrainerConfig { Steps = 700, BatchSize = 128, LearningRate = 3e-3, WarmupSteps = 20 };
        using var teacher = LearnedPolicy.Create(config, fork, seed: 1, Accelerator.Cpu(1));
        Trainer.Train(teacher, fork, training);
        using LearnedPolicy impatient = teacher.With(config with { Head = (FlowMatchingHeadConfig)config.Head with { SamplingSteps = 1 } });
        using LearnedPolicy student = FlowDistillation.Distill(teacher, fork, training), two = FlowDistillation.Distill(teacher, fork, training, steps: 2);

        ShareThatTurns(teacher).Should().BeGreaterThan(0.93);
        ShareThatTurns(impatient).Should().BeLessThan(0.5, "one step of the teacher ends near the mean of both ways");
        ShareThatTurns(student).Should().BeGreaterThan(0.85);
        ShareThatTurns(two).Should().BeGreaterThan(0.85);
        ((FlowMatchingHeadConfig)student.Config.Head).SamplingSteps.Should().Be(1);
        student.Network.parameters().Should().OnlyContain(p => p.requires_grad);
    }

    [Fact]
    public void What_cannot_be_distilled_is_told()
    {
        using LearnedPolicy regression = PointEpisodes.Create(PointEpisodes.Mse()), flow = PointEpisodes.Create(PointEpisodes.Flow());
        Action wrong = () => FlowDistillation.Distill(regression, PointEpisodes.Make(), PointEpisodes.Quick);
        Action pointless = () => FlowDistillation.Distill(flow, PointEpisodes.Make(), PointEpisodes.Quick, steps: 2);
        wrong.Should().Throw<ArgumentException>().WithMessage("*MseHead*");
        pointless.Should().Throw<ArgumentException>().WithMessage("*fewer*");
    }

    private static double ShareThatTurns(LearnedPolicy policy)
    {
        var history = new ObservationHistory(1);
        history.Push(new Observation { ["position"] = new float[2] });
        ActionChunk[] chunks = [.. policy.PredictBatch([.. Enumerable.Repeat(history, 500)])];
        return chunks.Count(chunk => Math.Abs(chunk[0][0]) > 0.5 && Math.Abs(chunk[0][1]) > 0.5) / 500.0;
    }
}
