using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Dagger;

public sealed class DaggerLoopTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void With_beta_1_in_every_round_it_is_cloning_on_the_same_data_bit_for_bit()
    {
        DaggerOptions options = DaggerTestOptions.QuickFlow with { Beta = BetaSchedule.Constant(1) };
        DaggerLoop loop = Loop("dagger", options);
        DaggerResult result = loop.Run();
        result.Rounds.Should().OnlyContain(round => round.ExpertSteps == round.Labels && round.ExpertShare().Share == 1);

        // The same nine demonstrations, and nothing but the trainer.
        DemonstrationsOf(9).Should().Equal(Enumerable.Range(0, 3).SelectMany(round => LabelsOf(loop.DataFolder(round)!)));
        List<EpisodeStore> stores = [.. Enumerable.Range(0, 3).Select(round => EpisodeStore.Open(loop.DataFolder(round)!))];
        var data = new ConcatenatedEpisodes([.. stores]);
        using LearnedPolicy clone = LearnedPolicy.Create(options.Policy, data, options.Seed, Accelerator.Cpu(1));
        Trainer.Train(clone, data, options.Training);
        clone.Save(folder["clone"]);
        stores.ForEach(store => store.Dispose());
        Weights(folder["clone"]).Should().Equal(Weights(loop.PolicyFolder(2)));
    }

    [Fact]
    public void Without_the_expert_at_the_wheel_the_data_is_another()
    {
        DaggerLoop cloning = Loop("cloning", DaggerTestOptions.Quick with { Beta = BetaSchedule.Constant(1) }), dagger = Loop("dagger", DaggerTestOptions.Quick);
        cloning.Run();
        dagger.Run().Rounds[1].ExpertSteps.Should().Be(0);
        Weights(dagger.PolicyFolder(0)).Should().Equal(Weights(cloning.PolicyFolder(0)));
        Weights(dagger.PolicyFolder(1)).Should().NotEqual(Weights(cloning.PolicyFolder(1)));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void A_killed_loop_resumes_to_the_same_policy_bit_for_bit(bool warmStart, int parallelism)
    {
        DaggerOptions options = DaggerTestOptions.QuickFlow with { WarmStart = warmStart, Parallelism = parallelism, Beta = BetaSchedule.Exponential(0.5) };
        DaggerResult whole = Loop("whole", options).Run();

        // Killed in an episode, again and again: after so many steps the world is gone.
        int allowed = 7;
        DaggerResult? resumed = null;
        for (int kill = 0; resumed is null; kill++, allowed += 5)
        {
            kill.Should().BeLessThan(60);
            int left = allowed;
            try
            {
                resumed = new DaggerLoop(folder["killed"], () => new MortalWorld(() => Interlocked.Decrement(ref left) >= 0), _ => new LineExpert(), options, accelerator: Accelerator.Cpu(1)).Run();
            }
            catch (Exception e) when (e.ToString().Contains(MortalWorld.Death, StringComparison.Ordinal))
            {
                // That was the kill.
            }
        }

        resumed.Rounds.Should().Equal(whole.Rounds);
        for (int round = 0; round < 3; round++)
        {
            Weights(Path.Combine(folder["killed"], "policies", $"round-00{round}")).Should().Equal(Weights(Path.Combine(folder["whole"], "policies", $"round-00{round}")));
            File.ReadAllBytes(Path.Combine(folder["killed"], "rounds", $"round-00{round}", "steps.bin")).Should().Equal(File.ReadAllBytes(Path.Combine(folder["whole"], "rounds", $"round-00{round}", "steps.bin")));
        }
    }

    [Fact]
    public void A_loop_killed_in_a_training_resumes_to_the_same_policy_bit_for_bit()
    {
        DaggerOptions options = DaggerTestOptions.QuickFlow with { Rounds = 2 };
        DaggerResult whole = Loop("whole", options).Run();
        Loop("killed", options with { Rounds = 1 }).Run();

        // What a kill leaves behind the ninth step: a run with a checkpoint at step 8, and no policy.
        string policy = Path.Combine(folder["killed"], "policies", "round-000"), training = Path.Combine(folder["killed"], "training", "round-000");
        Directory.Delete(policy, recursive: true);
        Directory.Delete(training, recursive: true);
        Directory.Delete(Path.Combine(folder["killed"], "state"), recursive: true);
        using (EpisodeStore data = EpisodeStore.Open(Path.Combine(folder["killed"], "rounds", "round-000")))
        using (var stop = new CancellationTokenSource())
        using (LearnedPolicy started = LearnedPolicy.Create(options.Policy, data, options.Seed, Accelerator.Cpu(1)))
            Trainer.Train(started, new ConcatenatedEpisodes(data), options.Training, runFolder: training, observers: [new StopAt(8, stop)], cancellationToken: stop.Token).Steps.Should().Be(8);

        Loop("killed", options).Run().Rounds.Should().Equal(whole.Rounds);
        Weights(policy).Should().Equal(Weights(Path.Combine(folder["whole"], "policies", "round-000")));
        Weights(Path.Combine(folder["killed"], "policies", "round-001")).Should().Equal(Weights(Path.Combine(folder["whole"], "policies", "round-001")));
    }

    [Fact]
    public void Validation_picks_the_policy_and_without_it_the_last_is_picked()
    {
        DaggerResult judged = Loop("judged", DaggerTestOptions.Quick).Run();
        judged.Best.Score.Should().Be(judged.Rounds.Max(round => round.Score));
        judged.PolicyFolder.Should().EndWith($"round-00{judged.Best.Round}");
        DaggerResult unjudged = Loop("unjudged", DaggerTestOptions.Quick with { ValidationSeeds = [] }).Run();
        unjudged.Best.Should().Be(unjudged.Rounds[2]);
        unjudged.Best.Score.Should().BeNull();
    }

    [Fact]
    public void A_round_ends_with_exactly_its_labels()
    {
        DaggerResult result = Loop("labels", DaggerTestOptions.Quick with { LabelsPerRound = 17 }).Run();
        result.Rounds.Select(round => (round.Labels, round.TotalLabels, round.Episodes)).Should().Equal((17, 17, 2), (17, 34, 2), (17, 51, 2));
    }

    [Fact]
    public void No_more_labels_are_asked_for_than_the_round_keeps()
    {
        int asked = 0;
        var options = DaggerTestOptions.Quick with { Rounds = 1, LabelsPerRound = 17, Parallelism = 1 };
        new DaggerLoop(folder.Path, () => new LineWorld(), _ => new ScriptedExpert((_, seen) =>
        {
            asked++;
            return [-0.2f * seen["position"].Span[0]];
        }), options).Run();
        asked.Should().Be(17, "the second episode ends after five of its twelve steps");
    }

    [Fact]
    public void Every_step_says_who_acted_and_who_labeled()
    {
        DaggerLoop loop = Loop("actors", DaggerTestOptions.Quick with { Beta = BetaSchedule.Of("half", round => round == 0 ? 1 : 0.5) });
        DaggerRound round = loop.Run().Rounds[2];
        using EpisodeStore store = EpisodeStore.Open(loop.DataFolder(2)!);
        int byExpert = 0;
        for (int e = 0; e < store.EpisodeCount; e++)
        {
            Episode episode = store.ReadEpisode(e);
            float[] actors = episode.Annotation(RoundStore.Actor)!.Value.ToArray(), executed = episode.Annotation(DemonstrationRecorder.ExecutedAction)!.Value.ToArray();
            float[] positions = episode.Feature("position").ToArray(), labels = episode.Actions.ToArray();
            episode.Annotation(RoundStore.LabelerName)!.Value.ToArray().Should().OnlyContain(labeler => labeler == RoundStore.Expert);
            for (int t = 0; t < episode.Length; t++)
            {
                labels[t].Should().Be(-0.2f * positions[t], "the label is the expert's, whoever drove");
                (executed[t] == labels[t]).Should().Be(actors[t] == RoundStore.Expert);
                if (actors[t] == RoundStore.Expert) byExpert++;
            }
        }

        byExpert.Should().Be(round.ExpertSteps).And.BeInRange(1, round.Labels - 1);
    }

    [Fact]
    public void Demonstrations_are_round_0()
    {
        var demonstrations = new InMemoryEpisodes(new LineWorld().Observations, new LineWorld().Actions, controlRateHz: 10);
        using (EpisodeStore store = EpisodeStore.Open(Recorded())) demonstrations.Add(Copy(store.ReadEpisode(0)));
        var loop = new DaggerLoop(folder["demos"], () => new LineWorld(), _ => new LineExpert(), DaggerTestOptions.Quick, demonstrations, Accelerator.Cpu(1));
        DaggerResult result = loop.Run();
        result.Rounds[0].Labels.Should().Be(12);
        loop.DataFolder(0).Should().BeNull();
        result.Rounds[1].TotalLabels.Should().Be(12 + 36);
    }

    [Fact]
    public void Another_loop_in_the_same_folder_is_refused_and_says_what_differs()
    {
        Loop("same", DaggerTestOptions.Quick).Run();
        FluentActions.Invoking(() => Loop("same", DaggerTestOptions.Quick with { Seed = 5 })).Should().Throw<ArgumentException>().WithMessage("*seed 0*seed 5*");
        Loop("same", DaggerTestOptions.Quick with { Parallelism = 1 }).Run().Rounds.Should().HaveCount(3, "how fast it goes does not matter");
    }

    [Fact]
    public void A_loop_that_is_done_goes_on_with_more_rounds_and_is_then_as_if_it_had_had_them_from_the_start()
    {
        DaggerOptions options = DaggerTestOptions.Quick with { Beta = BetaSchedule.Exponential(0.5) };
        Loop("longer", options with { Rounds = 2 }).Run();
        Loop("longer", options).Run().Rounds.Should().Equal(Loop("whole", options).Run().Rounds);
        Weights(folder["longer/policies/round-002"]).Should().Equal(Weights(folder["whole/policies/round-002"]));
        FluentActions.Invoking(() => Loop("longer", options with { Beta = BetaSchedule.Exponential(0.25) })).Should().Throw<ArgumentException>().WithMessage("*betas 1 0.5 0.25*asked for*betas 1 0.25*");
    }

    [Fact]
    public void Every_fault_of_the_options_is_listed_at_once() => FluentActions.Invoking(() => Loop("faults", DaggerTestOptions.Quick with
    {
        Rounds = 0, EpisodesPerRound = 0, LabelsPerRound = 0, Parallelism = 0, ValidationSeeds = [7, 7], Labeling = new() { Retries = -1, TimeLimit = TimeSpan.Zero },
    })).Should().Throw<ArgumentException>().WithMessage("*Rounds 0*EpisodesPerRound 0*LabelsPerRound 0*Parallelism 0*twice*TimeLimit*Retries -1*");

    [Fact]
    public void A_given_policy_is_that_of_round_0_and_is_not_trained_again()
    {
        DaggerLoop first = Loop("first", DaggerTestOptions.Quick with { Rounds = 1 });
        string given = first.Run().PolicyFolder;
        using EpisodeStore demonstrations = EpisodeStore.Open(first.DataFolder(0)!);
        DaggerOptions on = DaggerTestOptions.Quick with { Start = given, WarmStart = true, Rounds = 2 };
        var loop = new DaggerLoop(folder["on"], () => new LineWorld(), _ => new LineExpert(), on, demonstrations, Accelerator.Cpu(1));
        loop.Run();
        Weights(loop.PolicyFolder(0)).Should().Equal(Weights(given));
        Weights(loop.PolicyFolder(1)).Should().NotEqual(Weights(given));
        FluentActions.Invoking(() => Loop("alone", DaggerTestOptions.Quick with { Start = given })).Should().Throw<ArgumentException>().WithMessage("*Start*give them too*");
    }

    [Fact]
    public void All_data_passes_the_augmentation_before_every_training()
    {
        List<int> passed = [];
        Loop("augmented", DaggerTestOptions.Quick with
        {
            Augmentation = data =>
            {
                passed.Add(data.EpisodeCount);
                return new ConcatenatedEpisodes([data, data]);
            },
        }).Run();
        passed.Should().Equal(3, 6, 9);
        Loop("plain", DaggerTestOptions.Quick).Run();
        Weights(Path.Combine(folder.Path, "augmented", "policies", "round-000")).Should().NotEqual(Weights(Path.Combine(folder.Path, "plain", "policies", "round-000")));
    }

    [Fact]
    public void Validation_on_seeds_that_are_learned_from_is_refused()
    {
        FluentActions.Invoking(() => Loop("overlap", DaggerTestOptions.Quick with { ValidationSeeds = [4] })).Should().Throw<ArgumentException>().WithMessage("*overlap*rollouts*");

        // Before rounds 1 and 2 the search plays 500 to 509 and 510 to 519.
        DaggerOptions Searching(long validated) => DaggerTestOptions.Quick with { Search = new FailureSearch { Seeds = new(500, 10) }, ValidationSeeds = [validated] };
        Searching(512).Problems(false).Should().ContainSingle().Which.Should().Match("*overlap*failure search before round 2 (510:10)*");
        Searching(520).Problems(false).Should().BeEmpty();
    }

    [Fact]
    public void Plans_are_stored_at_every_step_and_chunks_are_learned_from_them_where_the_learner_drove()
    {
        DaggerOptions options = Chunks with { LabelsPlans = true };
        var loop = new DaggerLoop(folder["plans"], () => new LineWorld(), _ => new PlanningLineExpert(), options, accelerator: Accelerator.Cpu(1));
        loop.Run().Rounds[1].ExpertSteps.Should().Be(0, "the learner drives all of it");
        using EpisodeStore store = EpisodeStore.Open(loop.DataFolder(1)!);
        Episode episode = store.ReadEpisode(0);
        var labels = new ChunkLabels(episode, 1);
        float[] chunk = new float[2];
        for (int t = 0; t < episode.Length; t++)
        {
            labels.Copy(t, chunk).Should().Be(2);
            float position = episode.Feature("position").Span[t];
            chunk.Should().Equal(PlanningLineExpert.PlannedFrom(position, 0), PlanningLineExpert.PlannedFrom(position, 1));
            if (t + 1 < episode.Length) chunk[1].Should().NotBe(episode.Actions.Span[t + 1], "that label is for where the learner went");
        }

    }

    [Fact]
    public void With_plans_a_killed_loop_resumes_to_the_same_policy()
    {
        DaggerOptions options = Chunks with { LabelsPlans = true, Rounds = 2, ValidationSeeds = [] };
        DaggerLoop Planned(string name, Func<IEnvironment> world) => new(folder[name], world, _ => new PlanningLineExpert(), options, accelerator: Accelerator.Cpu(1));
        Planned("whole", () => new LineWorld()).Run();
        int left = 40;
        FluentActions.Invoking(() => Planned("killed", () => new MortalWorld(() => Interlocked.Decrement(ref left) >= 0)).Run()).Should().Throw<Exception>();
        Planned("killed", () => new LineWorld()).Run();
        Weights(Path.Combine(folder["killed"], "policies", "round-001")).Should().Equal(Weights(Path.Combine(folder["whole"], "policies", "round-001")));
    }

    [Fact]
    public void An_expert_that_cannot_plan_is_refused_at_once() => FluentActions.Invoking(() => Loop("planless", Chunks with { LabelsPlans = true }))
        .Should().Throw<ArgumentException>().WithMessage("*LabelsPlans*LineExpert*no IPlanningExpert*");

    [Fact]
    public void A_chunk_is_not_executed_beyond_what_was_learned_of_it()
    {
        Chunks.Problems(hasDemonstrations: false).Should().ContainSingle(problem => problem.Contains("FirstRoundThen"));
        (Chunks with { Beta = BetaSchedule.FirstRoundThen(0.5) }).Problems(false).Should().BeEmpty();
        (Chunks with { LabelsPlans = true }).Problems(false).Should().BeEmpty();
        (Chunks with { Rounds = 1 }).Problems(false).Should().BeEmpty();
    }

    [Fact]
    public void A_learner_cannot_drive_before_it_has_learned() => FluentActions.Invoking(() => Loop("early", DaggerTestOptions.Quick with { Beta = BetaSchedule.Constant(0.5) }))
        .Should().Throw<ArgumentException>().WithMessage("*round 0*no learner*");

    private static DaggerOptions Chunks => DaggerTestOptions.Quick with { Policy = DaggerTestOptions.Quick.Policy with { Horizons = new() { Prediction = 2, Execution = 2 } } };

    private DaggerLoop Loop(string name, DaggerOptions options) => new(folder[name], () => new LineWorld(), _ => new LineExpert(), options, accelerator: Accelerator.Cpu(1));

    private string Recorded()
    {
        var loop = Loop("recorded", DaggerTestOptions.Quick with { Rounds = 1 });
        loop.Run();
        return loop.DataFolder(0)!;
    }

    private static InMemoryEpisode Copy(Episode episode) => new(
        new LineWorld().Observations, new LineWorld().Actions, new Dictionary<string, ReadOnlyMemory<float>> { ["position"] = episode.Feature("position").ToArray() }, episode.Actions.ToArray());

    private static byte[] Weights(string policy) => File.ReadAllBytes(Path.Combine(policy, "weights.safetensors"));

    private static IEnumerable<float> LabelsOf(string rounds)
    {
        using EpisodeStore store = EpisodeStore.Open(rounds);
        return [.. Enumerable.Range(0, store.EpisodeCount).SelectMany(e => store.ReadEpisode(e).Actions.ToArray())];
    }

    private static float[] DemonstrationsOf(int seeds)
    {
        var runner = new RolloutRunner(() => new LineWorld(), new RolloutOptions { Seeds = new SeedRange(0, seeds), TrajectoriesKept = seeds });
        return [.. runner.RunExpert(_ => new LineExpert()).SelectMany(episode => episode.Trajectory!.Actions).Select(action => action[0])];
    }

    private sealed class MortalWorld(Func<bool> mayGoOn) : IEnvironment
    {
        public const string Death = "the power went";
        private readonly LineWorld inner = new();

        public ObservationSpec Observations => inner.Observations;

        public ActionSpec Actions => inner.Actions;

        public double ControlRateHz => inner.ControlRateHz;

        public int StepLimit => inner.StepLimit;

        public Observation Reset(long seed) => inner.Reset(seed);

        public StepResult Step(ReadOnlySpan<float> action) => mayGoOn() ? inner.Step(action) : throw new IOException(Death);

        public void Dispose() => inner.Dispose();
    }

    private sealed class StopAt(long step, CancellationTokenSource stop) : ITrainingObserver
    {
        public void OnProgress(TrainingProgress progress)
        {
            if (progress.Step == step) stop.Cancel();
        }
    }
}
