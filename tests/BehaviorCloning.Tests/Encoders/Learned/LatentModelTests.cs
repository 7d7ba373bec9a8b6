using System.Text.Json;
using BehaviorCloning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>Autoencoder and variational autoencoder against PyTorch with the same weights: golden/make_learned.py.</summary>
public sealed class LatentModelTests
{
    private static readonly JsonElement Golden = GoldenFile.Json("learned.json");
    private static readonly VariationalAutoencoder Variational = LearnedEncoderVariants.Tiny(new VariationalAutoencoder { Beta = 4, Deviation = 0.2 });

    private static Tensor Images => FormulaWeights.Input(2, 3, 16, 24);

    private static Tensor Noise => FormulaWeights.Input(2, 5).mul(2f);

    [Fact]
    public void Divergence_and_bound_are_PyTorchs()
    {
        using LatentModel model = Create(Variational);
        ImageReconstruction rebuilt = model.Reconstruct(Images, new Generator(1, CPU));
        JsonElement golden = Golden.GetProperty("variational");
        ShouldBeNear(rebuilt.Means!.Values(), golden.GetProperty("mean").Floats());
        ShouldBeNear(rebuilt.Divergence!.Values(), golden.GetProperty("divergence").Floats());
        ShouldBeNear(Tensors.Every(rebuilt.Images.Values(), 17), golden.GetProperty("decoded mean, every 17th").Floats());
        ShouldBeNear(model.NegativeElbo(Images, Noise).Values(), golden.GetProperty("negative elbo").Floats());
    }

    [Fact]
    public void The_loss_is_the_bound_with_Beta_up_to_a_factor_and_a_constant()
    {
        using LatentModel model = Create(Variational);
        Tensor loss = model.Loss(Images, Noise);
        loss.backward();
        JsonElement golden = Golden.GetProperty("variational");
        ShouldBeNear(Tensors.Every(Tensors.GradientOf(model, "encoder.convolutions.0.weight"), 5), golden.GetProperty("gradient of first convolution").Floats());
        ShouldBeNear(Tensors.Every(Tensors.GradientOf(model, "encoder.output.weight"), 7), golden.GetProperty("gradient of encoder's output").Floats());

        const double Variance = 0.2 * 0.2, Values = 3 * 16 * 24;
        double bound = model.NegativeElbo(Images, Noise).mean().ToSingle(), divergence = model.Reconstruct(Images, new Generator(1, CPU)).Divergence!.sum(1).mean().ToSingle();
        double constant = Values / 2 * Math.Log(Math.Tau * Variance);
        ((bound + (3 * divergence) - constant) * 2 * Variance / Values).Should().BeApproximately(loss.ToSingle(), 1e-4);
    }

    [Fact]
    public void Without_Beta_and_noise_it_is_the_autoencoder()
    {
        Autoencoder plain = LearnedEncoderVariants.Tiny(new Autoencoder());
        using LatentModel autoencoder = Create(plain), variational = Create(LearnedEncoderVariants.Tiny(new VariationalAutoencoder { Beta = 0, Deviation = 0.7 }));
        using (no_grad())
        {
            // The means' half of the last layer, and everything else, from the autoencoder.
            foreach ((string name, Tensor values) in variational.state_dict())
            {
                Tensor source = autoencoder.state_dict()[name];
                (name.StartsWith("encoder.output.", StringComparison.Ordinal) ? values.narrow(0, 0, 5) : values).copy_(source);
            }
        }

        Tensor expected = autoencoder.Loss(Images, random: null), loss = variational.Loss(Images, zeros(2, 5));
        loss.ToSingle().Should().BeApproximately(expected.ToSingle(), 1e-6f);
        ShouldBeNear([expected.ToSingle()], Golden.GetProperty("autoencoder").GetProperty("loss").Floats());
        expected.backward();
        loss.backward();
        ShouldBeNear(Tensors.GradientOf(variational, "encoder.convolutions.0.weight"), Tensors.GradientOf(autoencoder, "encoder.convolutions.0.weight"));
        variational.Loss(Images, Noise).ToSingle().Should().NotBeApproximately(expected.ToSingle(), 1e-4f, "noise matters");
    }

    [Fact]
    public void The_plugged_in_encoder_reads_the_autoencoders_latents_and_the_variational_ones_means()
    {
        foreach ((LatentNetwork network, string golden, string values) in new (LatentNetwork, string, string)[] { (LearnedEncoderVariants.Tiny(new Autoencoder()), "autoencoder", "latents"), (Variational, "variational", "mean") })
        {
            using LatentModel model = Create(network);
            using PublishedTrunk trunk = network.Create(withSummary: true, frozenStages: null);
            foreach ((string name, Tensor target) in trunk.Targets())
            {
                using IDisposable noGradient = no_grad();
                target.copy_(model.state_dict()[name]);
            }

            ShouldBeNear(trunk.Summary(Images).Values(), Golden.GetProperty(golden).GetProperty(values).Floats());
        }
    }

    [Fact]
    public void The_same_generator_draws_the_same_latents()
    {
        using LatentModel model = Create(Variational);
        float Loss(ulong seed) => model.Loss(Images, new Generator(seed, CPU)).ToSingle();
        Loss(3).Should().Be(Loss(3)).And.NotBe(Loss(4));
    }

    [Fact]
    public void A_loss_leaves_one_live_tensor()
    {
        using LatentModel model = Create(Variational);
        using Tensor images = Images;
        using var generator = new Generator(1, CPU);
        Tensors.LiveAfter(() => model.Loss(images, generator)).Should().Be(1);
        Tensors.LiveAfter(() => model.Reconstruct(images, generator)).Should().Be(5);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new VariationalAutoencoder { Height = 20, Channels = 0, Latents = 0, Beta = -1, Deviation = 0 }.Problems().Should().HaveCount(5);
        new VariationalAutoencoder().Problems().Should().BeEmpty();
        new Autoencoder().Problems().Should().BeEmpty();
        var features = new ObservationSpec(new FeatureSpec("front", FeatureElement.UInt8, 96, 96, 3));
        new PretrainedEncoderConfig { Network = new Autoencoder { Latents = -1 } }.Problems(features, 1).Should().ContainSingle().Which.Should().Contain("Latents -1");
        new PretrainedEncoderConfig { Network = new Autoencoder(), Crop = new ImageSize(88, 88) }.Problems(features, 1).Should().ContainSingle().Which.Should().Contain("88 x 88").And.Contain("96 x 96");
    }

    private static LatentModel Create(LatentNetwork options)
    {
        var model = (LatentModel)options.CreateModel();
        FormulaWeights.Fill(model);
        return model;
    }

    private static void ShouldBeNear(float[] values, float[] expected) => Tensors.ShouldBeNear(values, expected, 2e-5f);
}
