using System.Text;
using System.Text.Json.Nodes;
using BehaviorCloning.Actions;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Policies;

public sealed class LearnedPolicyTests
{
    private static readonly ObservationSpec Observations = new(new FeatureSpec("hand", 2), new FeatureSpec("angle", 1));
    private static readonly ActionSpec Action = new("arm", 2);

    private static readonly PolicyConfig Config = new()
    {
        Horizons = new Horizons { Observation = 2, Prediction = 4, Execution = 2 },
        Features = [new RawFeature("hand"), new AngleSinCos { Feature = "angle" }],
        Actions = new RelativeActions { ReferenceFeature = "hand" },
        Head = new FlowMatchingHeadConfig { Denoiser = new ResidualMlpDenoiserConfig { Width = 16, Blocks = 1, ConditionWidth = 8, TimeWidth = 8 } },
    };

    [Fact]
    public void A_loaded_policy_predicts_what_the_saved_one_does()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy policy = Create(Config);
        Tensors.Perturb(policy.Network);
        policy.Save(folder["policy"]);
        policy.Seed = 3;
        ActionChunk expected = policy.Predict(History());
        using LearnedPolicy loaded = LearnedPolicy.Load(folder["policy"], Accelerator.Cpu());
        loaded.Seed = 3;
        loaded.Predict(History()).Values.ToArray().Should().Equal(expected.Values.ToArray());
        loaded.Config.Should().Be(Config);
        loaded.Observations.Should().Equal(Observations);
        loaded.Actions.Should().Be(Action);
    }

    [Fact]
    public void A_policy_can_be_loaded_with_other_sampling_options_but_not_with_another_network()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy policy = Create(Config);
        Tensors.Perturb(policy.Network);
        policy.Save(folder["policy"]);
        var flow = (FlowMatchingHeadConfig)Config.Head;

        using LearnedPolicy loaded = LearnedPolicy.Load(folder["policy"], Accelerator.Cpu(), config => config with { Head = flow with { SamplingSteps = 2 } });
        ((FlowMatchingHeadConfig)loaded.Config.Head).SamplingSteps.Should().Be(2);
        loaded.Seed = policy.Seed = 3;
        loaded.Predict(History()).Values.ToArray().Should().NotEqual(policy.Predict(History()).Values.ToArray());

        FluentActions.Invoking(() => LearnedPolicy.Load(folder["policy"], Accelerator.Cpu(), config => config with { Head = flow with { SamplingSteps = 0 } }))
            .Should().Throw<InvalidDataException>().WithMessage("*SamplingSteps 0*");
        FluentActions.Invoking(() => LearnedPolicy.Load(folder["policy"], Accelerator.Cpu(), config => config with { Head = new MseHeadConfig() }))
            .Should().Throw<InvalidDataException>();
    }

    [Fact]
    public void The_same_seed_gives_the_same_policy_and_leaves_the_default_generator_alone()
    {
        torch.random.manual_seed(5);
        float expected = rand(1).ToSingle();
        torch.random.manual_seed(5);
        using LearnedPolicy first = Create(Config), second = Create(Config);
        rand(1).ToSingle().Should().Be(expected);
        first.Predict(History()).Values.ToArray().Should().Equal(second.Predict(History()).Values.ToArray());
        using LearnedPolicy other = LearnedPolicy.Create(Config, Data(), seed: 2, Accelerator.Cpu());
        other.Predict(History()).Values.ToArray().Should().NotEqual(first.Predict(History()).Values.ToArray());
    }

    [Fact]
    public void A_batch_predicts_what_single_histories_would()
    {
        using LearnedPolicy policy = Create(Config with { Head = new MseHeadConfig { HiddenWidth = 16, Blocks = 1 } });
        ObservationHistory[] histories = [History(0), History(1), History(2)];
        IReadOnlyList<ActionChunk> batch = policy.PredictBatch(histories);
        for (int i = 0; i < histories.Length; i++)
        {
            float[] single = policy.Predict(histories[i]).Values.ToArray();
            batch[i].Values.ToArray().Zip(single, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f);
        }

        batch[0].Values.ToArray().Should().NotEqual(batch[1].Values.ToArray());
    }

    [Fact]
    public void Relative_actions_are_counted_from_the_newest_observation()
    {
        // A network that says 0, without centering: the chunk is the reference itself.
        PolicyConfig config = Config with { ActionNormalization = new StandardNormalization { Center = false, SharedScale = true }, Head = new MseHeadConfig { HiddenWidth = 8, Blocks = 1 } };
        using LearnedPolicy policy = Create(config);
        using (no_grad())
        {
            foreach (TorchSharp.Modules.Parameter parameter in policy.Network.parameters()) parameter.zero_();
        }

        ActionChunk chunk = policy.Predict(History(1));
        float[] hand = History(1).Newest["hand"].ToArray();
        for (int i = 0; i < chunk.Length; i++) chunk[i].ToArray().Should().Equal(hand);
    }

    [Fact]
    public void Statistics_are_those_of_the_training_windows()
    {
        using LearnedPolicy policy = Create(Config with { ActionNormalization = new MinMaxNormalization(), ObservationNormalization = new MinMaxNormalization() });
        policy.Warnings.Should().BeEmpty();

        // One episode: hand 0 1 2, action = hand + 1, so relative actions run from 1 to 3 inside the episode.
        var episode = new InMemoryEpisode(new ObservationSpec(new FeatureSpec("hand", 1)), new ActionSpec("arm", 1), new Dictionary<string, ReadOnlyMemory<float>> { ["hand"] = new float[] { 0, 1, 2 } }, new float[] { 1, 2, 3 });
        var data = new InMemoryEpisodes(new ObservationSpec(new FeatureSpec("hand", 1)), new ActionSpec("arm", 1), [episode]);
        var config = new PolicyConfig { Horizons = new Horizons { Prediction = 3, Execution = 1 }, Actions = new RelativeActions { ReferenceFeature = "hand" } };
        // Windows: 1 2 3 | 1 2 (2) | 1 (1) (1): padding counts only where it is learned.
        FeatureStatistics inside = PolicyStatistics.Of(config, data).Actions, all = PolicyStatistics.Of(config with { HoldsAfterEnd = true }, data).Actions;
        (inside.Count, inside.Mean[0], inside.Maximum[0]).Should().Be((6, 10 / 6.0, 3));
        (all.Count, all.Maximum[0]).Should().Be((9, 3));
        all.Mean[0].Should().BeApproximately(14 / 9.0, 1e-12);
    }

    [Fact]
    public void A_constant_dimension_is_reported_and_comes_back_as_its_constant()
    {
        InMemoryEpisodes data = Data(handIsConstant: true);
        using LearnedPolicy policy = LearnedPolicy.Create(Config with { Actions = new AbsoluteActions() }, data, 1, Accelerator.Cpu());
        policy.Warnings.Should().Contain(w => w.What == "feature 'hand'" && w.Dimension == 0 && w.Message.Contains("always 7", StringComparison.Ordinal));
        policy.Explain().Should().Contain("hand[0]: 7 -> 0 -> 7").And.Contain("constant");
    }

    [Fact]
    public void Histories_that_do_not_fit_are_refused_with_every_fault()
    {
        using LearnedPolicy policy = Create(Config);
        var wrongLength = new ObservationHistory(3);
        var empty = new ObservationHistory(2);
        var wrongContent = new ObservationHistory(2);
        wrongContent.Push(new Observation { ["hand"] = new float[] { 1, 2, 3 }, ["elbow"] = new float[1] });
        var notFinite = new ObservationHistory(2);
        notFinite.Push(new Observation { ["hand"] = new[] { 1, float.NaN }, ["angle"] = new float[1] });
        Action predict = () => policy.PredictBatch([wrongLength, empty, wrongContent, notFinite]);
        string message = predict.Should().Throw<ArgumentException>().Which.Message;
        foreach (string part in new[] { "History 0", "3 observations", "looks at 2", "History 1", "empty", "History 2", "'hand' has 3 values, expected 2", "'angle' is missing (found: hand, elbow)", "History 3", "NaN" })
            message.Should().Contain(part);
    }

    [Fact]
    public void A_network_that_says_NaN_sends_nothing_to_the_robot()
    {
        using LearnedPolicy policy = Create(Config);
        using (no_grad())
        {
            policy.Network.parameters().First().fill_(float.NaN);
        }

        Action predict = () => policy.Predict(History());
        predict.Should().Throw<ArgumentException>().WithMessage("*NaN*");
    }

    [Fact]
    public void Predicting_leaves_no_tensor_behind()
    {
        using LearnedPolicy policy = Create(Config);
        Tensors.LiveAfter(() => policy.PredictBatch([History(), History(1)])).Should().Be(0);
    }

    [Fact]
    public void A_policy_outlives_the_scope_it_was_made_in()
    {
        LearnedPolicy policy;
        using (NewDisposeScope())
        {
            policy = Create(Config);
            policy.Predict(History());
        }

        using (policy) policy.Predict(History()).Length.Should().Be(4);
    }

    [Fact]
    public void Predicting_in_the_middle_of_training_uses_and_restores_the_modes()
    {
        using LearnedPolicy policy = Create(Config with { Head = new MseHeadConfig { HiddenWidth = 16, Blocks = 2, Dropout = 0.5 } });
        Tensors.Perturb(policy.Network);
        policy.Network.train();
        policy.Predict(History()).Values.ToArray().Should().Equal(policy.Predict(History()).Values.ToArray());
        policy.Network.training.Should().BeTrue();
        policy.Network.Head.training.Should().BeTrue();
    }

    [Fact]
    public void Data_that_does_not_fit_the_configuration_is_refused()
    {
        Action create = () => LearnedPolicy.Create(Config with { Features = [new RawFeature("elbow")] }, Data(), 1, Accelerator.Cpu());
        create.Should().Throw<ArgumentException>().WithMessage("*elbow*hand, angle*");
        Action none = () => LearnedPolicy.Create(Config, new InMemoryEpisodes(Observations, Action), 1, Accelerator.Cpu());
        none.Should().Throw<ArgumentException>().WithMessage("*no episode*");
    }

    [Fact]
    public void Saving_over_a_policy_replaces_it()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy policy = Create(Config);
        policy.Save(folder["policy"]);
        File.WriteAllText(Path.Combine(folder["policy"], "stray.txt"), "old");
        policy.Save(folder["policy"]);
        Directory.GetFileSystemEntries(folder.Path).Should().Equal(folder["policy"]);
        Directory.GetFiles(folder["policy"]).Select(Path.GetFileName).Should().BeEquivalentTo("policy.json", "weights.safetensors");
    }

    [Fact]
    public void A_save_that_was_interrupted_between_its_renames_loads_the_previous_policy()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy policy = Create(Config);
        policy.Save(folder["policy"]);
        Directory.Move(folder["policy"], folder["policy.previous"]);
        LearnedPolicy.Load(folder["policy"], Accelerator.Cpu()).Dispose();
        policy.Save(folder["policy"]);
        Directory.GetFileSystemEntries(folder.Path).Should().Equal(folder["policy"]);
    }

    [Fact]
    public void A_trained_policy_may_be_given_another_start_noise_but_not_another_network()
    {
        using LearnedPolicy policy = Create(Config);
        Tensors.Perturb(policy.Network);
        var head = (FlowMatchingHeadConfig)Config.Head;
        using LearnedPolicy same = policy.With(Config), calm = policy.With(Config with { Head = head with { StartNoiseScale = 0, SamplingSteps = 3 } });
        same.Predict(History()).Values.ToArray().Should().Equal(policy.Predict(History()).Values.ToArray());
        calm.Predict(History()).Values.ToArray().Should().Equal(calm.Predict(History()).Values.ToArray(), "without noise nothing is left to chance");

        Action other = () => policy.With(Config with { Head = head with { Denoiser = new ResidualMlpDenoiserConfig { Width = 24, Blocks = 1, ConditionWidth = 8, TimeWidth = 8 } } });
        other.Should().Throw<ArgumentException>().WithMessage("*head.denoiser.input.weight*");
    }

    [Fact]
    public void A_checkpoint_of_a_newer_format_is_refused()
    {
        using var folder = new TemporaryFolder();
        Damage(folder, json => json["formatVersion"] = 2).Should().Contain("format version 2").And.Contain("up to 1").And.Contain("newer");
    }

    [Theory]
    [InlineData("policy", "is missing")]
    [InlineData("weightsSha256", "is missing")]
    [InlineData("formatVersion", "no format version")]
    public void A_description_that_lacks_something_is_refused(string name, string expected)
    {
        using var folder = new TemporaryFolder();
        Damage(folder, json => json.Remove(name)).Should().Contain(expected);
    }

    [Fact]
    public void An_unknown_option_in_a_checkpoint_is_refused()
    {
        using var folder = new TemporaryFolder();
        Damage(folder, json => json["policy"]!["head"]!["magic"] = true).Should().Contain("$.policy.head.magic");
    }

    [Fact]
    public void Weights_of_another_configuration_are_refused_with_every_mismatch()
    {
        using var folder = new TemporaryFolder();
        Damage(folder, json => json["policy"]!["head"]!["denoiser"]!["width"] = 24).Should().Contain("does not fit the network").And.Contain("head.denoiser.input.weight").And.Contain("head.denoiser.output.weight");
    }

    [Fact]
    public void A_description_that_is_no_json_is_refused()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy policy = Create(Config);
        policy.Save(folder["policy"]);
        File.WriteAllText(Path.Combine(folder["policy"], "policy.json"), "weights: none");
        LoadFault(folder["policy"]).Should().Contain("does not describe a policy");
    }

    [Fact]
    public void Damaged_weights_are_refused()
    {
        using var folder = new TemporaryFolder();
        using LearnedPolicy policy = Create(Config);
        policy.Save(folder["policy"]);
        string path = Path.Combine(folder["policy"], "weights.safetensors");
        byte[] bytes = File.ReadAllBytes(path);

        File.WriteAllBytes(path, bytes[..^1]);
        LoadFault(folder["policy"]).Should().Contain("checksum");
        bytes[^9] ^= 1;
        File.WriteAllBytes(path, bytes);
        LoadFault(folder["policy"]).Should().Contain("checksum");
        File.Delete(path);
        LoadFault(folder["policy"]).Should().Contain("no weights.safetensors");
        LoadFault(folder["nowhere"]).Should().Contain("no policy at");
    }

    [Fact]
    public void A_checkpoint_names_its_statistics_and_networks_plainly()
    {
        using LearnedPolicy policy = Create(Config);
        policy.Network.state_dict().Keys.Should().Contain(
            ["observations.hand.center", "observations.angle_sin_cos.scale", "actions.minimum", "head.denoiser.blocks.0.first.weight"]);
    }

    private static string Damage(TemporaryFolder folder, Action<JsonObject> change)
    {
        using LearnedPolicy policy = Create(Config);
        policy.Save(folder["policy"]);
        string path = Path.Combine(folder["policy"], "policy.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString(), Encoding.UTF8);
        return LoadFault(folder["policy"]);
    }

    private static string LoadFault(string path)
    {
        Action load = () => LearnedPolicy.Load(path, Accelerator.Cpu());
        return load.Should().Throw<Exception>().Which.Message;
    }

    private static LearnedPolicy Create(PolicyConfig config) => LearnedPolicy.Create(config, Data(), seed: 1, Accelerator.Cpu());

    private static InMemoryEpisodes Data(bool handIsConstant = false)
    {
        var random = new Random(1);
        return new InMemoryEpisodes(Observations, Action, Enumerable.Range(0, 3).Select(_ =>
        {
            const int length = 12;
            float[] hand = [.. Enumerable.Range(0, 2 * length).Select(i => handIsConstant && i % 2 == 0 ? 7 : 10 * random.NextSingle())];
            float[] angle = [.. Enumerable.Range(0, length).Select(_ => 6 * random.NextSingle())];
            float[] actions = [.. hand.Select(h => h + random.NextSingle())];
            return new InMemoryEpisode(Observations, Action, new Dictionary<string, ReadOnlyMemory<float>> { ["hand"] = hand, ["angle"] = angle }, actions);
        }));
    }

    private static ObservationHistory History(int shift = 0)
    {
        var history = new ObservationHistory(2);
        history.Push(new Observation { ["hand"] = new float[] { 1 + shift, 2 }, ["angle"] = new float[] { 0.5f } });
        history.Push(new Observation { ["hand"] = new float[] { 1.5f + shift, 2.5f }, ["angle"] = new[] { 0.6f + shift } });
        return history;
    }
}
