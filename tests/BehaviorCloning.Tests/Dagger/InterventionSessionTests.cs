using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Tests.Dagger;

public sealed class InterventionSessionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Only_interventions_are_stored_and_control_passes_smoothly()
    {
        List<float> executed = [];
        InterventionEpisode episode = Play(new FunctionGate(view => view.Step is >= 3 and <= 6 ? GateDecision.Expert : GateDecision.Learner), handover: 2, executed: executed);
        episode.Interventions.Should().Equal((3, 4));

        // The learner says 0, the corrector 1: what was executed is the corrector's share.
        executed.Take(10).Select(value => Math.Round(value * 3)).Should().Equal(0, 0, 0, 1, 2, 3, 3, 2, 1, 0);
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        store.EpisodeCount.Should().Be(1);
        Episode stored = store.ReadEpisode(0);
        stored.Actions.ToArray().Should().Equal(1, 1, 1, 1);
        stored.Annotation("step")!.Value.ToArray().Should().Equal(3, 4, 5, 6);
        stored.Annotation(DemonstrationRecorder.ExecutedAction)!.Value.ToArray().Select(value => (float)Math.Round(value, 5)).Should().Equal(executed.Skip(3).Take(4));
        stored.Annotation("seed")!.Value.ToArray().Should().OnlyContain(seed => seed == 2);
    }

    [Fact]
    public void While_paused_the_world_stands_still_and_then_it_is_corrected_and_resumed()
    {
        int asked = 0;
        List<float> executed = [];
        InterventionEpisode episode = Play(new FunctionGate(view => view.Step == 4 && ++asked < 5 ? GateDecision.Pause : view.Step is 4 or 5 ? GateDecision.Expert : GateDecision.Learner), handover: 0, executed: executed);
        asked.Should().Be(5);
        executed.Should().HaveCount(12);
        executed.Select((value, step) => (value, step)).Where(pair => pair.value == 1).Select(pair => pair.step).Should().Equal(4, 5);
        episode.Interventions.Should().Equal((4, 2));
    }

    [Fact]
    public void An_intervention_that_lasts_to_the_end_is_stored_too()
    {
        Play(new FunctionGate(view => view.Step >= 9 ? GateDecision.Expert : GateDecision.Learner), 0).Interventions.Should().Equal((9, 3));
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        store.ReadEpisode(0).Length.Should().Be(3);
    }

    [Fact]
    public void A_corrector_that_fails_leaves_what_it_did_before()
    {
        FluentActions.Invoking(() => Play(new FunctionGate(view => view.Step >= 2 ? GateDecision.Expert : GateDecision.Learner), 0, corrector: new ScriptedExpert((asked, _) => asked < 3 ? [1] : [float.NaN])))
            .Should().Throw<LabelingFailedException>().WithMessage("*NaN*");
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        store.ReadEpisode(0).Actions.ToArray().Should().Equal(1, 1, 1);
    }

    [Fact]
    public void Disagreement_takes_over_and_gives_back_with_hysteresis()
    {
        float wanted = 0;
        var gate = new DisagreementGate(new ScriptedExpert((_, _) => [wanted]), takeOver: 0.5, giveBack: 0.2);
        GateDecision With(float value, bool intervening)
        {
            wanted = value;
            return gate.Decide(new GateView(new(), new(1), new float[] { 0 }, new LineWorld(), 1, 0, intervening));
        }

        With(0.4f, false).Should().Be(GateDecision.Learner);
        With(0.6f, false).Should().Be(GateDecision.Expert);
        With(0.4f, true).Should().Be(GateDecision.Expert);
        With(0.1f, true).Should().Be(GateDecision.Learner);
    }

    [Fact]
    public void Without_progress_the_expert_helps_for_a_while()
    {
        var gate = new ProgressGate(patience: 3, duration: 2);
        double[] rewards = [0, 0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.3];
        GateDecision[] decisions = [.. rewards.Select((reward, step) => gate.Decide(new GateView(new(), new(1), default, new LineWorld(), step, reward, false)))];
        decisions.Select(decision => decision == GateDecision.Expert).Should().Equal(false, false, false, false, false, true, true, false, false);
    }

    [Fact]
    public void Doubt_is_the_norm_of_the_variances_and_its_threshold_the_mean_of_the_last_quarter()
    {
        // Two members that differ by 2 in one dimension and 4 in the other: variances 1 and 4.
        EnsembleDoubt.Of([[0, 0], [2, 4]]).Should().BeApproximately(Math.Sqrt(1 + 16), 1e-12);
        EnsembleDoubt.Threshold([9, 9, 9, 9, 9, 9, 1, 3]).Should().Be(2);
        EnsembleDoubt.Threshold([7]).Should().Be(7);
        FluentActions.Invoking(() => EnsembleDoubt.Threshold([])).Should().Throw<ArgumentException>().WithMessage("*no intervention*");
        FluentActions.Invoking(() => new EnsembleDoubt([new PerfectLearner(1, 1)])).Should().Throw<ArgumentException>().WithMessage("*at least two*");
    }

    [Fact]
    public void The_doubt_is_recorded_when_an_intervention_begins()
    {
        InterventionEpisode episode = Play(new FunctionGate(view => view.Step is 2 or 3 or 7 ? GateDecision.Expert : GateDecision.Learner), 0, doubt: new EnsembleDoubt([new Constant(0), new Constant(2)]));
        episode.Interventions.Should().Equal((2, 2), (7, 1));
        episode.DoubtsAtInterventions.Should().Equal(1, 1);
    }

    private InterventionEpisode Play(IInterventionGate gate, int handover, IExpert? corrector = null, EnsembleDoubt? doubt = null, List<float>? executed = null)
    {
        var world = new LineWorld();
        using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(folder.Path, world.Observations, world.Actions, world.ControlRateHz, InterventionSession.Annotations(world.Actions));
        var session = new InterventionSession(recorder, new Constant(0), corrector ?? new ScriptedExpert((_, _) => [1]), gate, doubt, new InterventionOptions { HandoverSteps = handover, PausePoll = TimeSpan.Zero });
        float before = 0;
        return session.Play(world, 2, (view, result) =>
        {
            before = view.Observation["position"].Span[0];
            executed?.Add((float)Math.Round(result.Observation["position"].Span[0] - before, 5));
        });
    }

    private sealed class Constant(float action) : IPolicy
    {
        public ObservationSpec Observations { get; } = new LineWorld().Observations;

        public ActionSpec Actions { get; } = new LineWorld().Actions;

        public Horizons Horizons { get; } = new() { Prediction = 2, Execution = 2 };

        public ActionChunk Predict(ObservationHistory history) => new([action, action], 1);
    }
}
