using System.Reflection;
using BehaviorCloning.Actions;
using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using FsCheck.Xunit;

namespace BehaviorCloning.Tests.Policies;

public sealed class ConfigJsonTests
{
    private static readonly Type[] Families =
    [
        typeof(PolicyHeadConfig), typeof(DenoiserConfig), typeof(FlowTimeDistribution), typeof(FlowIntegrator),
        typeof(ObservationEncoderConfig), typeof(NormalizerConfig), typeof(FeatureTransform), typeof(ActionRepresentation),
    ];

    public static TheoryData<Type, string> Records
    {
        get
        {
            var data = new TheoryData<Type, string>();
            foreach (Type family in Families)
            {
                foreach (string kind in ConfigJson.KindsOf(family).Keys) data.Add(family, kind);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_record_survives_json_with_default_values(Type family, string kind)
    {
        object config = Make(ConfigJson.KindsOf(family)[kind], random: null);
        RoundTrip(family, config).Should().Be(config);
    }

    [Property(MaxTest = 30)]
    public void Every_record_survives_json_with_any_values(int seed)
    {
        var random = new Random(seed);
        foreach (Type family in Families)
        {
            foreach (Type type in ConfigJson.KindsOf(family).Values)
            {
                object config = Make(type, random);
                RoundTrip(family, config).Should().Be(config);
            }
        }
    }

    [Fact]
    public void A_whole_policy_survives_json()
    {
        foreach (PolicyConfig config in new[] { new PolicyConfig(), Presets.FlowMatchingPushTState, Presets.MsePushTState })
            ConfigJson.Read<PolicyConfig>(ConfigJson.Write(config)).Should().Be(config);
    }

    [Fact]
    public void What_is_left_out_keeps_its_default() =>
        ConfigJson.Read<PolicyConfig>("{}").Should().Be(new PolicyConfig());

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_there_are() =>
        Fault<PolicyConfig>("""{ "horizons": { "observationHorizon": 2 } }""").Should()
            .Contain("$.horizons.observationHorizon").And.Contain("observation, prediction, execution");

    [Fact]
    public void A_missing_kind_is_refused_with_the_kinds_there_are() =>
        Fault<PolicyConfig>("""{ "head": { "samplingSteps": 5 } }""").Should().Contain("$.head").And.Contain("FlowMatchingHead").And.Contain("MseHead");

    [Fact]
    public void An_unknown_kind_is_refused_with_the_kinds_there_are() =>
        Fault<PolicyConfig>("""{ "head": { "kind": "Psychic" } }""").Should().Contain("Psychic").And.Contain("MseHead");

    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        string message = Fault<PolicyConfig>("""
            {
              "horizons": { "observation": "two", "execution": 1.5, "prediction": 99999999999 },
              "features": [ { "kind": "AngleSinCos" }, { "kind": "RawFeature" }, null ],
              "holdsAfterEnd": 1,
              "encoder": null,
              "head": { "kind": "MseHead", "loss": "L3", "dropout": 1e999, "kindness": 1 },
              "head": { "kind": "MseHead" }
            }
            """);
        foreach (string path in new[]
        {
            "$.horizons.observation is \"two\"; expected a whole number", "$.horizons.execution", "$.horizons.prediction",
            "$.features[0].feature is missing", "$.features[1].name is missing", "$.features[2] is null",
            "$.holdsAfterEnd is 1; expected true or false", "$.encoder is null", "$.head.loss is \"L3\"; expected one of L2, L1",
            "$.head.dropout", "$.head.kindness is unknown to MseHead", "$.head is there twice", "12 faults",
        })
        {
            message.Should().Contain(path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("3")]
    public void What_is_no_object_is_refused(string json) => Fault<PolicyConfig>(json).Should().NotBeEmpty();

    [Fact]
    public void Numbers_that_json_cannot_hold_are_refused_when_written()
    {
        Action write = () => ConfigJson.Write(new FixedNormalization { Center = double.NaN });
        write.Should().Throw<NotSupportedException>().WithMessage("*finite*");
    }

    [Fact]
    public void A_null_that_was_left_out_reads_back_as_null()
    {
        var saved = new Saved(3, null) { Note = null };
        string json = ConfigJson.Write(saved);
        json.Should().NotContain("loss").And.NotContain("note");
        ConfigJson.Read<Saved>(json).Should().Be(saved);
    }

    private static string Fault<T>(string json)
        where T : class
    {
        Action read = () => ConfigJson.Read<T>(json);
        return read.Should().Throw<FormatException>().Which.Message;
    }

    private static object RoundTrip(Type family, object config)
    {
        MethodInfo write = typeof(ConfigJson).GetMethod(nameof(ConfigJson.Write))!.MakeGenericMethod(family);
        MethodInfo read = typeof(ConfigJson).GetMethod(nameof(ConfigJson.Read))!.MakeGenericMethod(family);
        return read.Invoke(null, [write.Invoke(null, [config])])!;
    }

    // Fills constructor parameters and, where chance is given, every option.
    private static object Make(Type type, Random? random)
    {
        ConstructorInfo constructor = type.GetConstructors().MinBy(c => c.GetParameters().Length)!;
        object record = constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType, random))]);
        foreach (PropertyInfo property in type.GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
        {
            bool required = property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));
            if (required || random is not null) property.SetValue(record, Value(property.PropertyType, random));
        }

        return record;
    }

    private static object? Value(Type type, Random? random) => type switch
    {
        _ when type == typeof(string) => $"text {random?.Next()} \" \\ \u00e9",
        _ when type == typeof(bool) => random?.Next(2) == 1,
        _ when type == typeof(int) => random?.Next(int.MinValue, int.MaxValue) ?? 0,
        _ when Nullable.GetUnderlyingType(type) is { } inner => random?.Next(2) == 1 ? Value(inner, random) : null,
        _ when type == typeof(long) => random?.NextInt64(long.MinValue, long.MaxValue) ?? 0,
        _ when type == typeof(float) => (random?.NextSingle() ?? 0) * 1e10f,
        _ when type == typeof(double) => (random?.NextDouble() ?? 0) * 1e-10,
        _ when type.IsEnum => Enum.GetValues(type).GetValue(random?.Next(Enum.GetValues(type).Length) ?? 0),
        _ when type == typeof(IReadOnlyList<int>) => Enumerable.Range(0, random?.Next(4) ?? 0).ToArray(),
        _ when type == typeof(IReadOnlyList<string>) => Enumerable.Range(0, random?.Next(4) ?? 0).Select(i => $"part {i}").ToArray(),
        _ when type == typeof(IReadOnlyList<SensorConfig>) => Enumerable.Range(0, random?.Next(2) ?? 0).Select(_ => (SensorConfig)Make(typeof(SensorConfig), random)).ToArray(),
        _ when type.IsClass && !type.IsAbstract && type.GetMethod("<Clone>$") is not null => Make(type, random),
        _ when type.IsAbstract && type.IsClass => Make(Pick([.. ConfigJson.KindsOf(type).Values], random), random),
        _ => throw new NotSupportedException($"The test does not know how to make a {type}."),
    };

    private static Type Pick(Type[] types, Random? random) => types[random?.Next(types.Length) ?? 0];

    private sealed record Saved(int Step, double? Loss)
    {
        public required string? Note { get; init; }
    }
}
