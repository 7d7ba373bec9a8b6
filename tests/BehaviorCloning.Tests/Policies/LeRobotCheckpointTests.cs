using System.Text.Json;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Networks;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Policies;

/// <summary>A small ACT policy in LeRobot's layout, and PyTorch's numbers: Heads/Act/golden/make_act.py.</summary>
public sealed class LeRobotCheckpointTests
{
    private const int Batch = 3, Chunk = 5;
    private static readonly string GoldenFolder = Path.Combine(Path.GetDirectoryName(GoldenFile.PathOf("x"))!, "..", "..", "Heads", "Act", "golden");
    private static readonly string Weights = Path.Combine(GoldenFolder, "act.safetensors");
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(GoldenFolder, "act.json"))).RootElement;
    private static readonly ObservationSpec Observations = new(new FeatureSpec("state", 4), new FeatureSpec("top", FeatureElement.UInt8, 64, 96, 3));

    private static readonly PolicyConfig Config = Presets.ActAloha with
    {
        Horizons = new Horizons { Observation = 1, Prediction = Chunk, Execution = Chunk },
        Encoder = (ResNetEncoderConfig)Presets.ActAloha.Encoder with { Width = 2 },
        Head = (ActHeadConfig)Presets.ActAloha.Head with { Width = 16, Heads = 2, FeedForwardWidth = 24, EncoderLayers = 2, StyleLayers = 2, LatentWidth = 4 },
    };

    [Fact]
    public void A_loaded_policy_acts_as_PyTorchs()
    {
        using PolicyNetwork network = Loaded(Config);
        ShouldBeNear(network.Sample(Inputs()).Values(), Golden.GetProperty("sampled").Floats(), 1e-5f);
    }

    [Theory]
    [InlineData(true, "dilutedLoss")]
    [InlineData(false, "insideLoss")]
    public void Its_loss_is_PyTorchs(bool diluted, string expected)
    {
        using PolicyNetwork network = Loaded(Config with { Head = (ActHeadConfig)Config.Head with { PaddingDilutesLoss = diluted } });
        LossReport report = network.Loss(Inputs(), Target(), new Generator(5, CPU));
        report.Total.ToDouble().Should().BeApproximately(Golden.GetProperty(expected).GetDouble(), 2e-5);
        report.Parts["kl"].ToDouble().Should().BeApproximately(Golden.GetProperty("kl").GetDouble(), 2e-6);
        var head = (ActHead)network.Head;
        (Tensor mean, Tensor logVariance) = head.Style(network.Context(Inputs()), Target())!.Value;
        ShouldBeNear(mean.Values(), Golden.GetProperty("mean").Floats(), 1e-5f);
        ShouldBeNear(logVariance.Values(), Golden.GetProperty("logVariance").Floats(), 1e-5f);
    }

    [Fact]
    public void Its_gradients_are_PyTorchs()
    {
        using PolicyNetwork network = Loaded(Config);
        network.Loss(Inputs(), Target(), new Generator(5, CPU)).Total.backward();
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (JsonProperty gradient in Golden.GetProperty("gradients").EnumerateObject())
            ShouldBeNear(parameters[LeRobotCheckpoint.NameOfAct("model." + gradient.Name)!].grad!.Values(), gradient.Value.Floats(), 1e-4f);
    }

    [Fact]
    public void Another_size_is_refused_with_every_tensor_that_does_not_fit_and_changes_nothing()
    {
        using PolicyNetwork network = Create(Config with
        {
            Horizons = new Horizons { Observation = 1, Prediction = 7, Execution = 5 },
            Head = (ActHeadConfig)Config.Head with { DecoderLayers = 2, EncoderLayers = 1 },
        });
        float[] before = network.state_dict()["head.network.action.weight"].Values();
        Action load = () => LeRobotCheckpoint.LoadAct(Weights, network);
        load.Should().Throw<InvalidDataException>().WithMessage("*'head.network.decoder.1.attention.input.weight' is missing*")
            .WithMessage("*'model.encoder.layers.1.linear1.bias' (here 'head.network.encoder.1.feedForward.expand.bias') is unexpected*")
            .WithMessage("*'model.decoder_pos_embed.weight' (here 'head.network.queries') has shape [5, 16], expected [7, 16]*");
        network.state_dict()["head.network.action.weight"].Values().Should().Equal(before);
    }

    [Fact]
    public void A_file_with_other_names_is_refused_and_statistics_and_wrappers_are_understood()
    {
        using var folder = new TemporaryFolder();
        using SafetensorsFile file = SafetensorsFile.Open(Weights);
        Dictionary<string, Tensor> tensors = file.Entries.Keys.ToDictionary(name => name.Replace("model.", "model._orig_mod.", StringComparison.Ordinal), file.Read);
        tensors["normalize_inputs.buffer_observation_state.mean"] = zeros(4);
        SafetensorsFile.Write(folder["compiled.safetensors"], tensors);
        using PolicyNetwork network = Create(Config);
        LeRobotCheckpoint.LoadAct(folder["compiled.safetensors"], network);
        ShouldBeNear(network.Sample(Inputs()).Values(), Golden.GetProperty("sampled").Floats(), 1e-5f);

        tensors["model.mystery"] = zeros(1);
        tensors.Remove("model._orig_mod.action_head.bias");
        SafetensorsFile.Write(folder["wrong.safetensors"], tensors);
        Action load = () => LeRobotCheckpoint.LoadAct(folder["wrong.safetensors"], network);
        load.Should().Throw<InvalidDataException>().WithMessage("*2 faults*'head.network.action.bias' is missing*'model.mystery' is unexpected*");
    }

    [SkippableFact]
    public void Every_weight_of_LeRobots_own_ACT_has_its_place()
    {
        string path = TestData.Require("lerobot_artifacts/policies/aloha_sim_insertion_human_act_/param_stats.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        // Means and deviations of each trained weight, under its name.
        string[] published = [.. file.Entries.Keys.Where(name => name.EndsWith("_mean", StringComparison.Ordinal)).Select(name => name[..^"_mean".Length])];
        var aloha = new ObservationSpec(new FeatureSpec("state", 14), new FeatureSpec("top", FeatureElement.UInt8, 64, 64, 3));
        using var network = new PolicyNetwork(Presets.ActAloha, aloha, new ActionSpec("arm", 14));
        published.Select(LeRobotCheckpoint.NameOfAct).OfType<string>().Should().BeEquivalentTo(network.named_parameters().Select(p => p.name));
        published.Where(name => LeRobotCheckpoint.NameOfAct(name) is null).Should().OnlyContain(name => name.Contains("normalize_", StringComparison.Ordinal)).And.HaveCount(8);
    }

    [Fact]
    public void A_loaded_diffusion_policy_acts_as_PyTorchs()
    {
        JsonElement golden = GoldenFile.Json("diffusion.json");
        using PolicyNetwork network = CreateDiffusion();
        LeRobotCheckpoint.LoadDiffusion(GoldenFile.PathOf("diffusion.safetensors"), network);
        var inputs = new Dictionary<string, Tensor>
        {
            ["agent_position"] = tensor(golden.GetProperty("state").Floats(), [1, 2, 2]),
            ["image"] = tensor(golden.GetProperty("images").GetBytesFromBase64(), [1, 2, 64, 64, 3]),
        };
        ShouldBeNear(network.Context(inputs).Values(), golden.GetProperty("context").Floats(), 1e-5f);
        ShouldBeNear(network.Sample(inputs, new Generator(6, CPU)).Values(), golden.GetProperty("chunk").Floats(), 1e-5f);
    }

    [Fact]
    public void A_diffusion_policy_of_another_size_is_refused_with_every_tensor_that_does_not_fit()
    {
        using PolicyNetwork network = CreateDiffusion(timeWidth: 16);
        Action load = () => LeRobotCheckpoint.LoadDiffusion(GoldenFile.PathOf("diffusion.safetensors"), network);
        load.Should().Throw<InvalidDataException>().WithMessage("*'diffusion.unet.diffusion_step_encoder.1.weight' (here 'head.denoiser.time1.weight')*")
            .WithMessage("*'diffusion.unet.mid_modules.1.cond_encoder.1.weight' (here 'head.denoiser.middle.1.film.weight') has shape [32, 24], expected [32, 32]*");
    }

    [SkippableFact]
    public void Every_weight_of_LeRobots_own_diffusion_policy_has_its_place()
    {
        string path = TestData.Require("lerobot_artifacts/policies/pusht_diffusion_/param_stats.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        string[] published = [.. file.Entries.Keys.Where(name => name.EndsWith("_mean", StringComparison.Ordinal)).Select(name => name[..^"_mean".Length])];
        // Widths that all differ, as in the published network, so that as many blocks have a residual convolution.
        using PolicyNetwork network = CreateDiffusion(8, 8, 16, 32);
        published.Select(LeRobotCheckpoint.NameOfDiffusion).OfType<string>().Should().BeEquivalentTo(LeRobotCheckpoint.DiffusionTargets(network).Keys);
        published.Where(name => LeRobotCheckpoint.NameOfDiffusion(name) is null).Should().OnlyContain(name => name.Contains("normalize_", StringComparison.Ordinal));
    }

    private static PolicyNetwork CreateDiffusion(int timeWidth = 8, params int[] widths)
    {
        PolicyConfig preset = Presets.DiffusionPolicyPushTImage;
        PolicyConfig config = preset with
        {
            Horizons = new Horizons { Observation = 2, Prediction = 8, Execution = 2 },
            Encoder = (ResNetEncoderConfig)preset.Encoder with { Width = 2, Crop = null, Readout = new SpatialSoftmaxReadout { Keypoints = 4, Width = 6, Rectified = true } },
            Head = (DiffusionHeadConfig)preset.Head with
            {
                Denoiser = new ConditionalUnetDenoiserConfig { Widths = widths.Length > 0 ? widths : [8, 8, 16], TimeWidth = timeWidth },
                Sampler = new DdimSampler { Steps = 2, Spacing = StepSpacing.Leading },
                StartNoiseScale = 0.5,
            },
        };
        var observations = new ObservationSpec(new FeatureSpec("agent_position", 2), new FeatureSpec("image", FeatureElement.UInt8, 64, 64, 3));
        var network = new PolicyNetwork(config, observations, new ActionSpec("agent", 1));
        network.eval();
        return network;
    }

    private static PolicyNetwork Loaded(PolicyConfig config)
    {
        PolicyNetwork network = Create(config);
        LeRobotCheckpoint.LoadAct(Weights, network);
        return network;
    }

    private static PolicyNetwork Create(PolicyConfig config)
    {
        var network = new PolicyNetwork(config, Observations, new ActionSpec("arm", 3));
        network.eval();
        return network;
    }

    private static Dictionary<string, Tensor> Inputs() => new()
    {
        ["state"] = tensor(Golden.GetProperty("state").Floats(), [Batch, 1, 4]),
        ["top"] = tensor(Golden.GetProperty("images").GetBytesFromBase64(), [Batch, 1, 64, 96, 3]),
    };

    private static ActionTarget Target() => new(
        tensor(Golden.GetProperty("actions").Floats(), [Batch, Chunk, 3]),
        tensor([.. Golden.GetProperty("isPad").EnumerateArray().Select(pad => !pad.GetBoolean())], [Batch, Chunk]));

    private static void ShouldBeNear(float[] values, float[] expected, float tolerance)
    {
        values.Should().HaveCount(expected.Length);
        values.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(tolerance * Math.Max(1, expected.Max(Math.Abs)));
    }
}
