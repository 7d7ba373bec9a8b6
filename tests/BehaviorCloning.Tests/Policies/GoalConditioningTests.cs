using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Policies;

public sealed class GoalConditioningTests
{
    private static readonly ObservationSpec Observations = new(new FeatureSpec("position", 1), new FeatureSpec("goal", 1), new FeatureSpec("task", 1));
    private static readonly ActionSpec Actions = new("cart", 1);

    [Fact]
    public void A_policy_does_the_task_it_is_told_with_the_goal_it_is_shown()
    {
        // Task 0: go to the goal. Task 1: go to its mirror image. Goals lie anywhere in [-1, 1]; each action is the next position.
        InMemoryEpisodes demonstrations = Demonstrate(60, new RandomStream(1));
        var config = new PolicyConfig
        {
            Horizons = new Horizons { Observation = 1, Prediction = 2, Execution = 1 },
            Features = [new RawFeature("position"), new RawFeature("goal"), new OneHotFeature { Feature = "task", Count = 2, OutputName = "kind" }],
            ObservationNormalization = new NoNormalization(),
            ActionNormalization = new NoNormalization(),
            HoldsAfterEnd = true,
            Head = new DiffusionHeadConfig
            {
                Denoiser = new ResidualMlpDenoiserConfig { Width = 32, Blocks = 2, ConditionWidth = 16, TimeWidth = 16 },
                Guidance = new GuidanceConfig { Parts = ["kind", "goal"], Null = NullCondition.Learned },
            },
        };
        using var policy = LearnedPolicy.Create(config, demonstrations, seed: 3, Accelerator.Cpu(1));
        Trainer.Train(policy, demonstrations, new TrainerConfig { Steps = 2000, BatchSize = 128, LearningRate = 3e-3, WarmupSteps = 20 });

        foreach (float goal in new[] { -0.6f, 0.1f, 0.7f })
        {
            Follow(policy, goal, task: 0).Should().BeApproximately(goal, 0.2f);
            Follow(policy, goal, task: 1).Should().BeApproximately(-goal, 0.2f);
        }
    }

    private static float Follow(LearnedPolicy policy, float goal, float task)
    {
        float position = 0;
        var history = new ObservationHistory(1);
        for (int step = 0; step < 15; step++)
        {
            history.Push(new Observation { ["position"] = new[] { position }, ["goal"] = new[] { goal }, ["task"] = new[] { task } });
            position = policy.Predict(history)[0][0];
        }

        return position;
    }

    private static InMemoryEpisodes Demonstrate(int count, RandomStream random)
    {
        const int Length = 12;
        var episodes = new InMemoryEpisodes(Observations, Actions);
        for (int e = 0; e < count; e++)
        {
            float goal = (2 * (float)random.NextUniform()) - 1, position = (2 * (float)random.NextUniform()) - 1, task = e % 2, end = task == 0 ? goal : -goal;
            float[] positions = new float[Length], actions = new float[Length];
            for (int t = 0; t < Length; t++)
            {
                positions[t] = position;
                actions[t] = position += 0.6f * (end - position);
            }

            episodes.Add(new InMemoryEpisode(Observations, Actions, new Dictionary<string, ReadOnlyMemory<float>>
            {
                ["position"] = positions, ["goal"] = Enumerable.Repeat(goal, Length).ToArray(), ["task"] = Enumerable.Repeat(task, Length).ToArray(),
            }, actions));
        }

        return episodes;
    }
}
