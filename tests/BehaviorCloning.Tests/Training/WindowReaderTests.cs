using BehaviorCloning.Actions;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public class WindowReaderTests
{
    private static readonly Horizons Short = new() { Observation = 2, Prediction = 3, Execution = 1 };

    [Fact]
    public void A_sample_holds_the_windows_rows_with_both_ends_padded()
    {
        var reader = new WindowReader(Counting(), Short, new AbsoluteActions());
        reader.Windows.Count.Should().Be(4);
        using TrainingBatch batch = reader.CreateBatch(2);
        reader.Read(batch, 0, 0);
        reader.Read(batch, 1, 3);
        // Positions of step t are (t, -t), actions (10 t, -10 t).
        batch.Features["position"].data<float>().ToArray().Should().Equal(0, 0, 0, 0, 2, -2, 3, -3);
        batch.Target.Actions.data<float>().ToArray().Should().Equal(0, 0, 10, -10, 20, -20, 30, -30, 30, -30, 30, -30);
        batch.Target.InsideEpisode.data<bool>().ToArray().Should().Equal(true, true, true, true, false, false);
        batch.Target.SampleWeight.Should().BeNull();
    }

    [Fact]
    public void Actions_are_represented_against_the_newest_observation()
    {
        var reader = new WindowReader(Counting(), Short, new RelativeActions { ReferenceFeature = "position" });
        using TrainingBatch batch = reader.CreateBatch(1);
        reader.Read(batch, 0, 1);
        batch.Target.Actions.data<float>().ToArray().Should().Equal(9, -9, 19, -19, 29, -29);
    }

    [Fact]
    public void Weights_come_from_the_annotation_and_default_to_one()
    {
        var data = Counting();
        data.Add(new PointEpisodes.PlainEpisode(new float[4], new float[4]) { Weights = [0.5f, 2] });
        var reader = new WindowReader(data, Short, new AbsoluteActions());
        using TrainingBatch batch = reader.CreateBatch(2);
        reader.Read(batch, 0, 0);
        reader.Read(batch, 1, 5);
        batch.Target.SampleWeight!.data<float>().ToArray().Should().Equal(1, 2);
    }

    [Fact]
    public void Labels_behind_a_learners_step_are_flagged_as_padding_is_for_loss_fit_and_statistics()
    {
        var data = Counting();
        data.Add(new PointEpisodes.PlainEpisode(new float[8], [1, 1, 1, 1, 1, 1, 900, 900]) { Actors = [1, 1, 0, 1] });
        var reader = new WindowReader(data, Short, new AbsoluteActions());
        using TrainingBatch batch = reader.CreateBatch(4);
        for (int t = 0; t < 4; t++) reader.Read(batch, t, 4 + t);
        batch.Target.InsideEpisode.data<bool>().ToArray().Should().Equal(true, true, true, true, true, false, true, false, false, true, false, false);

        var config = new PolicyConfig { Horizons = Short, Head = new MseHeadConfig() };
        bool[] fitted = ActionChunks.Of(config, data).InsideEpisode;
        fitted[^12..].Should().Equal(true, true, true, true, true, false, true, false, false, true, false, false);
        ActionChunks.Of(config with { HoldsAfterEnd = true }, data).InsideEpisode[^12..].Should().Equal(true, true, true, true, true, false, true, false, false, true, true, true);
        // 900 is seen where it is a window's first action, never behind the learner's step.
        PolicyStatistics.Of(config, data).Actions.Count.Should().Be((3 + 3 + 2 + 1) + (3 + 2 + 1 + 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_value_that_is_not_finite_is_named(bool inAction)
    {
        var data = PointEpisodes.Make(2, 10, change: (positions, actions, episode) =>
        {
            if (episode == 1) (inAction ? actions : positions)[13] = float.NaN;
        });
        var reader = new WindowReader(data, Short, new RelativeActions { ReferenceFeature = "position" });
        using TrainingBatch batch = reader.CreateBatch(1);
        FluentActions.Invoking(() => { for (long w = 0; w < reader.Windows.Count; w++) reader.Read(batch, 0, w); })
            .Should().Throw<InvalidDataException>().WithMessage($"Episode 1, step 6: '{(inAction ? "actions" : "position")}' is NaN in dimension 1*");
    }

    private static BehaviorCloning.Datasets.InMemoryEpisodes Counting() => new(
        PointEpisodes.Observations,
        PointEpisodes.Actions,
        [new PointEpisodes.PlainEpisode([0, 0, 1, -1, 2, -2, 3, -3], [0, 0, 10, -10, 20, -20, 30, -30])]);
}
