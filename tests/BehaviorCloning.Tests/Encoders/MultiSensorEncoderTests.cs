using BehaviorCloning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

public sealed class MultiSensorEncoderTests
{
    private const int Width = 10;

    private static readonly ObservationSpec Features = new(
        new FeatureSpec("front", FeatureElement.UInt8, 8, 8, 3), new FeatureSpec("front_there", FeatureElement.UInt8, 1), new FeatureSpec("a", 3), new FeatureSpec("text", 6));

    private static readonly MultiSensorEncoderConfig Config = new()
    {
        Width = Width,
        Sensors =
        [
            new SensorConfig { Name = "camera", Features = ["front"], Encoder = new ConvolutionEncoderConfig { Channels = [4], Width = 6, TokenPerStep = true }, PresentFeature = "front_there" },
            new SensorConfig { Name = "proprioception", Features = ["a"], Encoder = new ProprioceptionEncoderConfig() },
            new SensorConfig { Name = "instruction", Features = ["text"], Encoder = new ProprioceptionEncoderConfig { HiddenWidths = [5] } },
        ],
    };

    [Fact]
    public void A_sensors_encoder_is_found_by_name_and_keeps_its_learning_rate()
    {
        MultiSensorEncoderConfig config = Config with
        {
            Sensors = [Config.Sensors[1], Config.Sensors[2], Config.Sensors[0] with { Encoder = new PretrainedEncoderConfig { Network = new PublishedResNet { Width = 4 }, FrozenStages = -1 } }],
        };
        using var encoder = (MultiSensorEncoder)config.Create(Features, 1);
        encoder.EncoderOf("camera").Should().BeOfType<PretrainedEncoder>();
        encoder.LearningRateScaleOf("encoders.2.networks.0.network.conv1.weight").Should().Be(0.1);
        encoder.LearningRateScaleOf("projections.2.weight").Should().Be(1);
        encoder.named_parameters().Should().Contain(p => p.name == "encoders.2.networks.0.network.conv1.weight");
        Action ask = () => encoder.EncoderOf("lidar");
        ask.Should().Throw<ArgumentException>().WithMessage("*no sensor 'lidar'*proprioception, instruction, camera*");
    }

    [Fact]
    public void A_zeroed_camera_and_a_missing_camera_differ()
    {
        using ObservationEncoder encoder = Create(Config);
        float[] seen = Camera(encoder, pixels: 120, there: 1), dark = Camera(encoder, pixels: 0, there: 1), missing = Camera(encoder, pixels: 0, there: 0);
        seen.Should().NotEqual(dark);
        dark.Should().NotEqual(missing);
        (seen[Width - 1], dark[Width - 1], missing[Width - 1]).Should().Be((0f, 0f, 1f), "the last column says it");
    }

    [Fact]
    public void A_missing_camera_does_not_depend_on_what_lies_in_its_buffer()
    {
        using ObservationEncoder encoder = Create(Config);
        Camera(encoder, pixels: 255, there: 0).Should().Equal(Camera(encoder, pixels: 7, there: 0));

        // Negative control: one that is there does.
        Camera(encoder, pixels: 255, there: 1).Should().NotEqual(Camera(encoder, pixels: 7, there: 1));
    }

    [Fact]
    public void A_camera_that_missed_one_observed_step_is_missing_and_its_row_alone()
    {
        using ObservationEncoder encoder = Create(Config);
        Dictionary<string, Tensor> inputs = Inputs(pixels: 90, there: 1);
        inputs["front_there"][1, 0, 0] = tensor((byte)0);
        using Tensor tokens = encoder.Encode(inputs);
        tokens[1].narrow(0, 0, 2).select(1, Width - 1).Values().Should().Equal(1, 1);
        tokens[0].select(1, Width - 1).Values().Should().Equal(0, 0, 0, 0);
        tokens[1].narrow(0, 2, 2).Values().Should().Equal(tokens[0].narrow(0, 2, 2).Values(), "the other sensors are there");
    }

    [Fact]
    public void No_gradient_reaches_the_encoder_of_a_missing_camera_but_its_token_learns()
    {
        using ObservationEncoder encoder = Create(Config);
        encoder.Encode(Inputs(pixels: 90, there: 0)).square().sum().backward();
        encoder.named_parameters().Single(p => p.name == "missing").parameter.grad!.abs().sum().ToSingle().Should().BePositive();
        encoder.named_parameters().Where(p => p.name.StartsWith("encoders.0.", StringComparison.Ordinal))
            .Select(p => p.parameter.grad?.abs().sum().ToSingle() ?? 0).Should().NotBeEmpty().And.OnlyContain(gradient => gradient == 0);
    }

    [Fact]
    public void Sensors_are_dropped_as_often_as_asked_in_training_only_and_the_others_stay()
    {
        MultiSensorEncoderConfig config = Config with { Sensors = [Config.Sensors[0] with { Dropout = 0.3 }, .. Config.Sensors.Skip(1)] };
        using ObservationEncoder encoder = Create(config);
        Dictionary<string, Tensor> inputs = Inputs(pixels: 90, there: 1, batch: 2000);
        encoder.train();
        using Tensor training = encoder.Encode(inputs, new Generator(1, CPU));
        training.select(2, Width - 1).mean([0L]).Values().Should().SatisfyRespectively(
            camera => camera.Should().BeInRange(0.26f, 0.34f), camera => camera.Should().BeInRange(0.26f, 0.34f), never => never.Should().Be(0), never => never.Should().Be(0));
        encoder.eval();
        using Tensor use = encoder.Encode(inputs);
        use.select(2, Width - 1).abs().sum().ToSingle().Should().Be(0);
    }

    [Fact]
    public void Tokens_come_in_the_sensors_order_and_parts_say_so()
    {
        Config.Tokens(Features, 2).Should().Be(new TokenShape(4, Width));
        Config.Parts(Features, 2).Should().Equal(new ContextPart("camera", 0, 2, 0, Width), new ContextPart("proprioception", 2, 1, 0, Width), new ContextPart("instruction", 3, 1, 0, Width));
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        MultiSensorEncoderConfig wrong = Config with
        {
            Width = 1,
            Sensors =
            [
                Config.Sensors[0] with { PresentFeature = "a", Dropout = 1 },
                Config.Sensors[1] with { Name = "camera", Features = ["b"] },
                Config.Sensors[2] with { Encoder = new ProprioceptionEncoderConfig { HiddenWidths = [0] } },
            ],
        };
        wrong.Problems(Features, 2).Should().HaveCount(7).And.Contain(p => p.Contains("'front_there'", StringComparison.Ordinal));
        Action create = () => wrong.Create(Features, 2);
        create.Should().Throw<ArgumentException>().WithMessage("*multi-sensor*'b'*");
    }

    private static float[] Camera(ObservationEncoder encoder, byte pixels, byte there)
    {
        using Tensor tokens = encoder.Encode(Inputs(pixels, there));
        return tokens[0].narrow(0, 0, 2).Values();
    }

    private static Dictionary<string, Tensor> Inputs(byte pixels, byte there, int batch = 2) => new()
    {
        ["front"] = full([batch, 2, 8, 8, 3], pixels, ScalarType.Byte),
        ["front_there"] = full([batch, 2, 1], there, ScalarType.Byte),
        ["a"] = ones(batch, 2, 3),
        ["text"] = ones(batch, 2, 6).mul(0.3f),
    };

    private static ObservationEncoder Create(MultiSensorEncoderConfig config)
    {
        ObservationEncoder encoder = config.Create(Features, 2);
        FormulaWeights.Fill(encoder);
        encoder.eval();
        return encoder;
    }
}
