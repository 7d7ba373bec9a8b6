using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>What every encoder must do. Encoders are found by reflection, and their variants too.</summary>
public sealed class EncoderContractTests
{
    private const int Batch = 3;
    private static readonly IReadOnlyDictionary<string, EncoderVariant> Variants = FindVariants();

    public static TheoryData<string> Encoders => [.. Variants.Keys];

    [Fact]
    public void Every_encoder_has_a_variant() => ConfigJson.KindsOf(typeof(ObservationEncoderConfig)).Where(pair => pair.Value.Assembly == typeof(ObservationEncoderConfig).Assembly)
        .Select(pair => pair.Value).Should().BeSubsetOf(Variants.Values.Select(variant => variant.Config.GetType()));

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Tokens_are_what_was_promised(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        TokenShape promised = variant.Config.Tokens(variant.Features, variant.ObservationHorizon);
        (encoder.TokenCount, encoder.TokenWidth).Should().Be((promised.Count, promised.Width));
        using Tensor tokens = encoder.Encode(Inputs(variant));
        tokens.shape.Should().Equal(Batch, promised.Count, promised.Width);
        tokens.dtype.Should().Be(ScalarType.Float32);
        tokens.Values().Should().OnlyContain(value => float.IsFinite(value));
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Parts_lie_inside_the_tokens_and_what_they_leave_out_is_zero(string name)
    {
        EncoderVariant variant = Variants[name];
        IReadOnlyList<ContextPart> parts = variant.Config.Parts(variant.Features, variant.ObservationHorizon);
        if (parts.Count == 0) return;
        using ObservationEncoder encoder = Create(name);
        using Tensor tokens = encoder.Encode(Inputs(variant)).detach().clone();
        foreach (ContextPart part in parts)
        {
            (part.FirstToken + part.TokenCount).Should().BeLessThanOrEqualTo(encoder.TokenCount);
            (part.FirstColumn + part.ColumnCount).Should().BeLessThanOrEqualTo(encoder.TokenWidth);
            if (part.Height is not null) (part.Height * part.Width).Should().Be(part.TokenCount);
            Tensor taken = tokens.narrow(1, part.FirstToken, part.TokenCount).narrow(2, part.FirstColumn, part.ColumnCount);
            taken.abs().sum().ToSingle().Should().BePositive(part.Name);
            taken.zero_();
        }

        tokens.abs().sum().ToSingle().Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void In_training_the_same_seed_gives_the_same_tokens(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        encoder.train();
        float[] first = Encode(encoder, variant, seed: 3);
        Encode(encoder, variant, seed: 3).Should().Equal(first);
        if (variant.Augments) Encode(encoder, variant, seed: 4).Should().NotEqual(first, "this variant augments");
        else Encode(encoder, variant, seed: 4).Should().Equal(first);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void In_use_nothing_is_drawn(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        Encode(encoder, variant, seed: 4).Should().Equal(Encode(encoder, variant, seed: 3));
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void In_use_a_row_is_encoded_alike_in_any_batch(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> inputs = Inputs(variant);
        float[] whole = encoder.Encode(inputs)[1].Values();
        float[] alone = encoder.Encode(inputs.ToDictionary(pair => pair.Key, pair => pair.Value.narrow(0, 1, 1))).Values();
        alone.Zip(whole, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f * Math.Max(1, whole.Max(Math.Abs)));
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Every_feature_at_every_step_matters(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        float[] before = Encode(encoder, variant, 1);
        foreach (FeatureSpec feature in variant.Features)
        {
            for (int step = 0; step < variant.ObservationHorizon; step++)
            {
                Dictionary<string, Tensor> inputs = Inputs(variant);
                inputs[feature.Name].select(1, step).fill_(feature.IsImage ? 200 : 0.7f);
                using Tensor after = encoder.Encode(inputs);
                after.Values().Should().NotEqual(before, $"{feature.Name} at step {step} was changed");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Inputs_stay_as_they_are(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        encoder.train();
        Dictionary<string, Tensor> inputs = Inputs(variant), copies = Inputs(variant);
        encoder.Encode(inputs, new Generator(1, CPU)).Dispose();
        foreach ((string feature, Tensor values) in inputs) values.eq(copies[feature]).all().ToBoolean().Should().BeTrue(feature);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Gradient_reaches_every_parameter(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        encoder.train();
        Tensor tokens = encoder.Encode(Inputs(variant), new Generator(1, CPU));
        if (tokens.requires_grad) tokens.mul(Tensors.Normal(4, tokens.shape)).sum().backward();
        encoder.named_parameters().Where(p => p.parameter.requires_grad).Where(p => p.parameter.grad is not { } grad || grad.abs().sum().ToSingle() == 0).Select(p => p.name)
            .Should().BeSubsetOf(variant.WithoutGradient);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void A_missing_or_misshapen_feature_is_named(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        foreach (FeatureSpec feature in variant.Features)
        {
            Dictionary<string, Tensor> without = Inputs(variant), wrong = Inputs(variant);
            without.Remove(feature.Name);
            wrong[feature.Name] = wrong[feature.Name].narrow(2, 0, wrong[feature.Name].size(2) - 1);
            Action encodeWithout = () => encoder.Encode(without);
            Action encodeWrong = () => encoder.Encode(wrong);
            encodeWithout.Should().Throw<ArgumentException>().WithMessage($"*'{feature.Name}'*missing*");
            encodeWrong.Should().Throw<ArgumentException>().WithMessage($"*'{feature.Name}'*expected*");
        }
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Encoding_leaves_one_live_tensor(string name)
    {
        EncoderVariant variant = Variants[name];
        using ObservationEncoder encoder = Create(name);
        Dictionary<string, Tensor> inputs = Inputs(variant);
        using var generator = new Generator(1, CPU);
        foreach (bool training in new[] { false, true })
        {
            encoder.train(training);
            Tensors.LiveAfter(() => encoder.Encode(inputs, generator)).Should().Be(1);
        }
    }

    [Fact]
    public void The_leak_test_notices_an_encoder_that_leaks()
    {
        using var encoder = new LeakingEncoder();
        Tensors.LiveAfter(() => encoder.Encode(new Dictionary<string, Tensor>())).Should().Be(2);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Options_survive_json(string name) =>
        ConfigJson.Read<ObservationEncoderConfig>(ConfigJson.Write(Variants[name].Config)).Should().Be(Variants[name].Config);

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Weights_survive_a_file(string name)
    {
        EncoderVariant variant = Variants[name];
        using var folder = new TemporaryFolder();
        using ObservationEncoder encoder = Create(name), other = variant.Config.Create(variant.Features, variant.ObservationHorizon);
        if (encoder.state_dict().Count == 0) return;
        other.eval();
        SafetensorsFile.Save(folder["weights.safetensors"], encoder);
        using SafetensorsFile file = SafetensorsFile.Open(folder["weights.safetensors"]);
        file.LoadInto(other);
        Encode(other, variant, 1).Should().Equal(Encode(encoder, variant, 1));
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Without_any_feature_there_is_a_problem(string name) => Variants[name].Config.Problems(new ObservationSpec(), 1).Should().NotBeEmpty();

    private static float[] Encode(ObservationEncoder encoder, EncoderVariant variant, ulong seed)
    {
        using var generator = new Generator(seed, CPU);
        using Tensor tokens = encoder.Encode(Inputs(variant), generator);
        return tokens.Values();
    }

    private static ObservationEncoder Create(string name)
    {
        EncoderVariant variant = Variants[name];
        variant.Config.Problems(variant.Features, variant.ObservationHorizon).Should().BeEmpty();
        ObservationEncoder encoder = variant.Config.Create(variant.Features, variant.ObservationHorizon);
        FormulaWeights.Fill(encoder);
        encoder.eval();
        return encoder;
    }

    private static Dictionary<string, Tensor> Inputs(EncoderVariant variant) => variant.Features.Select((feature, i) => (feature, i)).ToDictionary(f => f.feature.Name, f =>
    {
        long[] shape = [Batch, variant.ObservationHorizon, .. f.feature.Shape.Select(extent => (long)extent)];
        Tensor normal = Tensors.Normal(20 + f.i, shape);
        return f.feature.Element switch
        {
            FeatureElement.UInt8 => normal.mul(60f).add(128f).clamp(0f, 255f).to(ScalarType.Byte),
            FeatureElement.UInt16 => normal.mul(800f).add(1500f).clamp(0f, 4000f).to(ScalarType.Int16),
            _ => normal,
        };
    });

    private static Dictionary<string, EncoderVariant> FindVariants() => typeof(EncoderContractTests).Assembly.GetTypes()
        .Where(type => type.IsClass && type.IsAssignableTo(typeof(IEncoderVariants)))
        .SelectMany(type => ((IEncoderVariants)Activator.CreateInstance(type)!).Variants)
        .ToDictionary(variant => $"{ConfigJson.KindOf(variant.Config.GetType())}, {variant.Name}");

    private sealed class LeakingEncoder() : ObservationEncoder(nameof(LeakingEncoder), 1, 1)
    {
        public override Tensor Encode(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
        {
            _ = zeros(1);
            return zeros(1, 1, 1);
        }
    }
}
