using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class DatasetDoctorTests
{
    private static readonly ObservationSpec Observations = new(new FeatureSpec("position", 2), new FeatureSpec("heading", 1), new FeatureSpec("lamp", 1));
    private static readonly ActionSpec Actions = new("target", 2);
    private static readonly DoctorOptions Options = new() { Angles = new HashSet<string> { "heading" } };

    [Fact]
    public void Sound_demonstrations_have_no_fault_but_the_lamp_that_never_changes()
    {
        DoctorReport report = DatasetDoctor.Examine(Make(), Options);
        report.Findings.Should().ContainSingle().Which.Should().Match<DataFinding>(f => f.Fault == DataFault.ConstantDimension && f.Episode == -1 && f.What.Contains("lamp"));
        report.Episodes.Should().Be(30);
        report.Steps.Should().Be(30 * 80);
    }

    [Fact]
    public void An_angle_that_goes_around_is_a_jump_only_if_nobody_says_that_it_is_one()
    {
        DatasetDoctor.Examine(Make(), Options with { Angles = new HashSet<string>() }).Findings.Count(f => f.Fault == DataFault.Jump).Should().BeGreaterThan(0);
    }

    [Fact]
    public void Every_planted_fault_is_found_where_it_was_planted_and_nothing_else()
    {
        DoctorReport report = DatasetDoctor.Examine(Make(PlantAll), Options);
        report.Findings.Where(f => f.Episode >= 0).Select(f => (f.Fault, f.Episode, f.Start, f.Count)).Should().BeEquivalentTo(new[]
        {
            (DataFault.Idle, 3, 21, 15), (DataFault.Stall, 6, 31, 8), (DataFault.Jump, 9, 40, 0), (DataFault.Gap, 12, 50, 0), (DataFault.Outlier, 15, 0, 80),
        });
        report.EpisodesConcerned.Should().Be(5);
        report.ToString().Should().Contain("Idle: 1, 15 steps").And.Contain("episode 9, step 40: position[0] leaps by");
    }

    [Fact]
    public void Jumps_in_more_than_one_step_in_a_thousand_are_found_all_the_same()
    {
        // 3 of 2,370 changes, more than one in a thousand.
        DoctorReport report = DatasetDoctor.Examine(Make((episode, columns) =>
        {
            for (int t = 40; t < 80 && episode is 3 or 9 or 15; t++) columns[0][2 * t] += 40;
        }), Options);
        report.Findings.Where(f => f.Fault == DataFault.Jump).Select(f => (f.Episode, f.Start)).Should().Equal((3, 40), (9, 40), (15, 40));
    }

    [Fact]
    public void Treatment_cuts_and_drops_what_was_found()
    {
        IEpisodeSource data = Make(PlantAll);
        TreatedEpisodes treated = DatasetDoctor.Treat(data, DatasetDoctor.Examine(data, Options), Options);
        treated.Origins.Where(o => o.Episode is 3 or 6 or 9 or 12 or 15).Should().Equal(
            (3, 0, 21), (3, 36, 44), (6, 0, 31), (6, 39, 41), (9, 0, 40), (9, 40, 40), (12, 0, 50), (12, 50, 30));
        treated.EpisodeCount.Should().Be(25 + 8);

        int piece = treated.Origins.ToList().IndexOf((3, 36, 44));
        Episode whole = data.ReadEpisode(3), part = treated.ReadEpisode(piece);
        part.Feature("position").ToArray().Should().Equal(whole.Feature("position").ToArray()[72..]);
        part.Actions.ToArray().Should().Equal(whole.Actions.ToArray()[72..]);
        part.Annotation("timestamp")!.Value.ToArray().Should().Equal(whole.Annotation("timestamp")!.Value.ToArray()[36..]);

        // What was cut has no fault any more. Half an episode may well be unlike the whole ones, so outliers are not asked for again.
        DatasetDoctor.Examine(treated, Options).Findings.Should().OnlyContain(f => f.Fault == DataFault.ConstantDimension || f.Fault == DataFault.Outlier);
    }

    [Fact]
    public void Treatment_can_weigh_instead()
    {
        DoctorOptions weighing = Options with { Idle = Treatment.Weigh, Outlier = Treatment.Weigh, Jump = Treatment.Keep, Gap = Treatment.Keep, Stall = Treatment.Keep };
        IEpisodeSource data = Make(PlantAll);
        TreatedEpisodes treated = DatasetDoctor.Treat(data, DatasetDoctor.Examine(data, weighing), weighing);
        treated.EpisodeCount.Should().Be(30);
        treated.ReadEpisode(3).Annotation("weight")!.Value.ToArray().Should().Equal(Enumerable.Range(0, 80).Select(t => t is >= 21 and < 36 ? 0f : 1f));
        treated.ReadEpisode(15).Annotation("weight")!.Value.ToArray().Should().OnlyContain(weight => weight == 0);
        treated.ReadEpisode(4).Annotation("weight").Should().BeNull();
        CountedEpisodes.Of(treated).EpisodeCount.Should().Be(29);
    }

    [SkippableFact]
    public void At_most_one_in_fifty_of_the_human_demonstrations_of_Push_T_gives_a_false_alarm()
    {
        (NpzEpisodes human, DoctorOptions options) = PushT();
        DoctorReport report = DatasetDoctor.Examine(human, options);
        report.Episodes.Should().Be(206);
        report.EpisodesConcerned.Should().BeLessThanOrEqualTo(4, report.ToString());
    }

    [SkippableFact]
    public void Faults_planted_into_the_human_demonstrations_are_all_found()
    {
        (NpzEpisodes human, DoctorOptions options) = PushT();
        (DataFault Fault, int Episode)[] planted = [.. Enumerable.Range(0, 50).Select(i => ((DataFault)(i % 5), 4 * i))];
        var spoiled = new InMemoryEpisodes(human.Observations, human.Actions, controlRateHz: 10);
        for (int e = 0; e < human.EpisodeCount; e++)
            spoiled.Add(Spoil(human.ReadEpisode(e), planted.Where(p => p.Episode == e).Select(p => (DataFault?)p.Fault).FirstOrDefault(), options));
        DoctorReport report = DatasetDoctor.Examine(spoiled, options);
        foreach ((DataFault fault, int episode) in planted)
            report.Findings.Should().Contain(f => f.Fault == fault && f.Episode == episode, $"{fault} was planted into episode {episode}");
        report.Findings.Where(f => f.Fault == DataFault.ConstantDimension).Should().BeEmpty();
        report.Findings.Where(f => !planted.Contains((f.Fault, f.Episode)) && f.Fault != DataFault.Outlier).Select(f => f.Episode).Distinct().Count().Should().BeLessThanOrEqualTo(4, report.ToString());
    }

    [Fact]
    public void Faulty_options_are_listed_at_once() =>
        FluentActions.Invoking(() => DatasetDoctor.Examine(Make(), new() { IdleSeconds = -1, GapFactor = 1, Angles = new HashSet<string> { "wheel" } }))
            .Should().Throw<ArgumentException>().WithMessage("*IdleSeconds -1*GapFactor 1*'wheel'*");

    [Fact]
    public void A_dataset_of_no_weight_at_all_is_refused()
    {
        InMemoryEpisodes data = new(Observations, Actions, [Build(0, 20, _ => { }, weights: new float[20])]);
        FluentActions.Invoking(() => CountedEpisodes.Of(data)).Should().Throw<ArgumentException>().WithMessage("*weighs nothing*");
    }

    private static void PlantAll(int episode, float[][] columns)
    {
        (float[] position, float[] heading, float[] actions, float[] times) = (columns[0], columns[1], columns[2], columns[3]);
        switch (episode)
        {
            case 3:
                for (int t = 79; t > 20; t--) Copy(t, Math.Max(t - 15, 20), position, heading, actions);
                break;
            case 6:
                float[] done = [.. actions];
                for (int t = 79; t > 30; t--) Copy(t, Math.Max(t - 8, 30), position, heading, actions);
                done.CopyTo(actions, 0);
                break;
            case 9:
                for (int t = 40; t < 80; t++) position[2 * t] += 6;
                break;
            case 12:
                for (int t = 50; t < 80; t++) times[t] += 0.3f;
                break;
            case 15:
                for (int t = 0; t < 80; t++) position[(2 * t) + 1] += 100;
                break;
        }
    }

    private static void Copy(int to, int from, float[] position, float[] heading, float[] actions)
    {
        (position[2 * to], position[(2 * to) + 1], heading[to]) = (position[2 * from], position[(2 * from) + 1], heading[from]);
        (actions[2 * to], actions[(2 * to) + 1]) = (actions[2 * from], actions[(2 * from) + 1]);
    }

    private static InMemoryEpisodes Make(Action<int, float[][]>? plant = null) => new(
        Observations, Actions, Enumerable.Range(0, 30).Select(e => Build(e, 80, columns => plant?.Invoke(e, columns))), controlRateHz: 10);

    // Smooth curves, other in every episode; in one of them the heading goes around.
    private static InMemoryEpisode Build(int e, int length, Action<float[][]> change, float[]? weights = null)
    {
        float[] position = new float[2 * length], heading = new float[length], lamp = new float[length], actions = new float[2 * length], times = new float[length];
        for (int t = 0; t < length; t++)
        {
            double phase = (0.15 * t) + (0.7 * e);
            position[2 * t] = (float)(10 * Math.Sin(phase));
            position[(2 * t) + 1] = (float)(10 * Math.Cos(1.1 * phase));
            heading[t] = e == 20 ? (float)Math.IEEERemainder(2.8 + (0.01 * t), Math.Tau) : (float)Math.Sin(phase);
            actions[2 * t] = (float)(10 * Math.Sin(phase + 0.3));
            actions[(2 * t) + 1] = (float)(10 * Math.Cos((1.1 * phase) + 0.3));
            times[t] = 0.1f * t;
        }

        change([position, heading, actions, times]);
        Dictionary<string, ReadOnlyMemory<float>> annotations = new() { ["timestamp"] = times };
        if (weights is not null) annotations["weight"] = weights;
        return new InMemoryEpisode(Observations, Actions, new Dictionary<string, ReadOnlyMemory<float>> { ["position"] = position, ["heading"] = heading, ["lamp"] = lamp }, actions, annotations: annotations);
    }

    private static InMemoryEpisode Spoil(Episode episode, DataFault? fault, DoctorOptions options)
    {
        float[] agent = episode.Feature("agent").ToArray(), block = episode.Feature("block").ToArray(), angle = episode.Feature("angle").ToArray(), actions = episode.Actions.ToArray();
        float[] times = [.. Enumerable.Range(0, episode.Length).Select(t => 0.1f * t)];
        int middle = episode.Length / 2;
        for (int t = middle; t < episode.Length; t++)
        {
            int from = fault == DataFault.Idle && t < middle + 12 ? middle - 1 : t;
            if (fault == DataFault.Stall && t < middle + 7) from = middle - 1;
            (agent[2 * t], agent[(2 * t) + 1], block[2 * t], block[(2 * t) + 1], angle[t]) = (agent[2 * from], agent[(2 * from) + 1], block[2 * from], block[(2 * from) + 1], angle[from]);
            if (fault == DataFault.Idle) (actions[2 * t], actions[(2 * t) + 1]) = (actions[2 * from], actions[(2 * from) + 1]);
            if (fault == DataFault.Stall && t < middle + 7) actions[2 * t] += 5 * (t % 2);
            if (fault == DataFault.Jump) block[2 * t] += 150;
            if (fault == DataFault.Gap) times[t] += 0.2f;
        }

        if (fault == DataFault.Outlier)
        {
            for (int t = 0; t < episode.Length; t++) block[2 * t] += 1000;
        }

        return new InMemoryEpisode(
            PushTObservations, new ActionSpec("action", 2), new Dictionary<string, ReadOnlyMemory<float>> { ["agent"] = agent, ["block"] = block, ["angle"] = angle }, actions,
            annotations: new Dictionary<string, ReadOnlyMemory<float>> { ["timestamp"] = times });
    }

    private static readonly ObservationSpec PushTObservations = new(new FeatureSpec("agent", 2), new FeatureSpec("block", 2), new FeatureSpec("angle", 1));

    private static (NpzEpisodes Human, DoctorOptions Options) PushT() => (
        new NpzEpisodes(
            TestData.Require("pusht/pusht_lowdim.npz"),
            [new ColumnMapping("agent", "state", 0, 2), new ColumnMapping("block", "state", 2, 2), new ColumnMapping("angle", "state", 4, 1)],
            [new ColumnMapping("action", "action", 0, 2)], controlRateHz: 10),
        new DoctorOptions { Angles = new HashSet<string> { "angle" } });
}
