using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.init;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>nn.init against PyTorch with the same seed, bit for bit.</summary>
public sealed class InitializerTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Initializers = new()
    {
        ["ones_"] = ones_,
        ["zeros_"] = zeros_,
        ["eye_"] = eye_,
        ["dirac_"] = dirac_,
        ["constant_"] = t => constant_(t, 0.3),
        ["uniform_"] = t => uniform_(t, -0.5, 1.5),
        ["normal_"] = t => normal_(t, 0.5, 1.5),
        ["trunc_normal_"] = t => trunc_normal_(t, 0.1, 0.5, -0.6, 0.7),
        ["orthogonal_"] = t => orthogonal_(t, 1.5),
        ["sparse_"] = t => sparse_(t, 0.4, 0.1),
        ["kaiming_uniform_"] = t => kaiming_uniform_(t),
        ["kaiming_uniform_.conv"] = t => kaiming_uniform_(t),
        ["kaiming_uniform_.options"] = t => kaiming_uniform_(t, 0.3, FanInOut.FanOut, NonlinearityType.ReLU),
        ["kaiming_normal_"] = t => kaiming_normal_(t),
        ["kaiming_normal_.options"] = t => kaiming_normal_(t, 0.3, FanInOut.FanOut, NonlinearityType.Tanh),
        ["xavier_uniform_"] = t => xavier_uniform_(t, 1.5),
        ["xavier_normal_"] = t => xavier_normal_(t, 1.5),
    };

    public static TheoryData<string> Names => [.. Initializers.Keys];

    [Fact]
    public void Every_golden_initializer_is_tested() =>
        Initializers.Keys.Append("gains").Should().BeEquivalentTo(GoldenFile.Training.Below("init."));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_gives_the_values_of_PyTorch(string name)
    {
        Tensor expected = GoldenFile.Training[$"init.{name}"];
        using Tensor tensor = zeros(expected.shape);
        manual_seed(GoldenFile.Seed);
        Tensor result = Initializers[name](tensor);

        Assert.Same(tensor, result);
        if (name == "orthogonal_")
        {
            // A QR decomposition: exact only with the same LAPACK.
            Agreement.Closely(tensor, expected, name);
        }
        else
        {
            Agreement.Exactly(tensor, expected, name);
        }
    }

    [Fact]
    public void Glorot_is_another_name_for_Xavier()
    {
        using Tensor uniform = zeros(6, 4), normal = zeros(6, 4);
        manual_seed(GoldenFile.Seed);
        glorot_uniform_(uniform, 1.5);
        manual_seed(GoldenFile.Seed);
        glorot_normal_(normal, 1.5);
        Agreement.Exactly(uniform, GoldenFile.Training["init.xavier_uniform_"], nameof(glorot_uniform_));
        Agreement.Exactly(normal, GoldenFile.Training["init.xavier_normal_"], nameof(glorot_normal_));
    }

    [Fact]
    public void Gains_are_those_of_PyTorch()
    {
        double[] gains =
        [
            calculate_gain(NonlinearityType.Linear), calculate_gain(NonlinearityType.Conv1D), calculate_gain(NonlinearityType.Sigmoid),
            calculate_gain(NonlinearityType.Tanh), calculate_gain(NonlinearityType.ReLU), calculate_gain(NonlinearityType.LeakyReLU, 0.01),
            calculate_gain(NonlinearityType.LeakyReLU, 0.3),
        ];
        Agreement.Closely(tensor(gains), GoldenFile.Training["init.gains"], "gains", 1e-15);
    }

    [Fact]
    public void Fans_of_a_convolution_count_its_kernel()
    {
        using Tensor weight = zeros(4, 3, 5);
        CalculateFanInAndFanOut(weight).Should().Be((15L, 20L));
    }
}
