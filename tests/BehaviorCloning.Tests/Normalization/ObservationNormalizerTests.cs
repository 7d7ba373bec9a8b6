using BehaviorCloning.Datasets;
using BehaviorCloning.Normalization;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Normalization;

public sealed class ObservationNormalizerTests
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("observation.state", 1), new FeatureSpec("camera", FeatureElement.UInt8, 2, 2, 3), new FeatureSpec("force", 1));

    [Fact]
    public void Missing_statistics_are_named_with_the_names_there_are()
    {
        Action fit = () => ObservationNormalizer.Fit(Features, _ => new StandardNormalization(), new Dictionary<string, FeatureStatistics> { ["torque"] = Statistics() }, []);
        fit.Should().Throw<ArgumentException>().WithMessage("*'observation.state' has no statistics*'force' has no statistics*There are statistics of: torque*");
    }

    [Fact]
    public void Floats_are_normalized_and_images_pass_through()
    {
        var statistics = new Dictionary<string, FeatureStatistics> { ["observation.state"] = Statistics(), ["force"] = Statistics() };
        using ObservationNormalizer normalizer = ObservationNormalizer.Fit(Features, name => name == "force" ? new NoNormalization() : new MinMaxNormalization(), statistics, []);
        using Tensor state = full(1, 1, 1, 10f, float32), image = zeros([1L, 1, 2, 2, 3], uint8);
        Dictionary<string, Tensor> normalized = normalizer.Normalize(new Dictionary<string, Tensor> { ["observation.state"] = state, ["force"] = state, ["camera"] = image });
        normalized["observation.state"].Values().Should().Equal(1);
        normalized["force"].Values().Should().Equal(10);
        normalized["camera"].Should().BeSameAs(image);
        // A dot separates modules in a weights file.
        normalizer.state_dict().Keys.Should().Contain("observation/state.center");
    }

    private static FeatureStatistics Statistics()
    {
        var statistics = new StreamingStatistics(1);
        statistics.Add([0, 10]);
        return statistics.ToStatistics();
    }
}
