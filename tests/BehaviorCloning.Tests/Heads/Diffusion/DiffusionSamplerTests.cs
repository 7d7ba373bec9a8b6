using System.Text.Json;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Diffusion;

public sealed class DiffusionSamplerTests
{
    // Diffusion Policy's own coefficients: of the predicted action, of the noisy chunk, of the fresh noise.
    [Theory]
    [InlineData(99, 0.0155683, 0.0316149, 0.999379)]
    [InlineData(98, 0.0233768, 0.499696, 0.865675)]
    [InlineData(50, 0.0424906, 0.954715, 0.174941)]
    [InlineData(10, 0.163825, 0.836155, 0.0680961)]
    [InlineData(1, 0.638962, 0.361044, 0.0200870)]
    [InlineData(0, 1, 0, 0)]
    public void Ddpm_steps_as_diffusers(int k, double clean, double noisy, double fresh)
    {
        DenoisingStep step = new DdpmSampler().Plan(new NoiseLevels(new SquaredCosineSchedule()))[99 - k];
        step.Level.Should().Be(k);
        step.Clean.Should().BeApproximately(clean, 1e-5);
        step.Noisy.Should().BeApproximately(noisy, 1e-5);
        step.Fresh.Should().BeApproximately(fresh, 1e-5);
    }

    [Fact]
    public void Levels_are_those_of_the_grids()
    {
        var levels = new NoiseLevels(new SquaredCosineSchedule());
        Levels(new DdimSampler { Steps = 8, Spacing = StepSpacing.Leading }).Should().Equal(84, 72, 60, 48, 36, 24, 12, 0);
        Levels(new DdimSampler { Steps = 16, Spacing = StepSpacing.Leading })[..3].Should().Equal(90, 84, 78);
        Levels(new DdimSampler { Steps = 10 }).Should().Equal(99, 89, 79, 69, 59, 49, 39, 29, 19, 9);
        Levels(new DdimSampler { Steps = 1 }).Should().Equal(99);
        Levels(new DdpmSampler()).Should().Equal(Enumerable.Range(0, 100).Reverse());
        Levels(new DpmSolverSampler { Steps = 4 }).Should().Equal(99, 74, 50, 25);

        int[] Levels(DiffusionSampler sampler) => [.. sampler.Plan(levels).Select(step => step.Level)];
    }

    public static TheoryData<string, string, double, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, double, string>();
            foreach (JsonElement c in GoldenFile.Json("samplers.json").GetProperty("cases").EnumerateArray())
                cases.Add(c.GetProperty("schedule").GetString()!, c.GetProperty("prediction").GetString()!, c.GetProperty("clip").GetDouble(), c.GetProperty("sampler").GetString()!);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_loop_ends_where_the_formulas_end(string schedule, string prediction, double clip, string sampler)
    {
        JsonElement golden = GoldenFile.Json("samplers.json");
        float[] end = golden.GetProperty("cases").EnumerateArray().Single(c =>
            c.GetProperty("schedule").GetString() == schedule && c.GetProperty("prediction").GetString() == prediction
            && c.GetProperty("clip").GetDouble() == clip && c.GetProperty("sampler").GetString() == sampler).GetProperty("end").Floats();
        float[] noise = golden.GetProperty("noise").Floats();
        var config = new DiffusionHeadConfig
        {
            Denoiser = DiffusionVariants.Small,
            Schedule = schedule == "cosine" ? new SquaredCosineSchedule() : new LinearSchedule(),
            Prediction = Enum.Parse<DiffusionPrediction>(prediction),
            Clipping = clip > 0 ? new ClipToRange { Range = clip } : new NoClipping(),
            Sampler = Parse(sampler),
        };
        using var head = (DiffusionHead)config.Create(new HeadShape(1, 1, 3, 2));
        int[] levels = [.. config.Sampler.Plan(new NoiseLevels(config.Schedule)).Select(step => step.Level)];
        int drawn = 0;
        // The loop runs in double precision here, so that the comparison is of formulas and not of rounding.
        using Tensor start = tensor(golden.GetProperty("start").Floats(), [1, 3, 2]).to(float64);
        using Tensor result = head.Denoise(
            (x, i) => x.mul(1.3).sin().mul(0.8).add(x.mul(0.2 * Math.Cos(0.07 * levels[i]))).add(0.1), start,
            () => tensor(noise[(6 * drawn)..(6 * ++drawn)], [1, 3, 2]).to(float64));
        using Tensor floats = result.to(float32);
        float[] ours = floats.Values();
        for (int i = 0; i < 6; i++) ours[i].Should().BeApproximately(end[i], 1e-4f * (1 + Math.Abs(end[i])), "value {0}", i);
    }

    [Fact]
    public void Where_actions_are_normal_ddim_is_of_first_order_and_dpm_solver_of_second()
    {
        // Actions ~ N(0.5, 0.5^2): the best prediction is known, and so is where the flow of probability carries a noise z: to 0.5 + 0.5 z.
        double ddim = ErrorOf(new DdimSampler { Steps = 10 }) / ErrorOf(new DdimSampler { Steps = 80 });
        double dpm = ErrorOf(new DpmSolverSampler { Steps = 10 }) / ErrorOf(new DpmSolverSampler { Steps = 80 });
        ddim.Should().BeInRange(6.5, 9.5, "eight times the steps divide a first-order error by 8");
        dpm.Should().BeGreaterThan(64, "and a second-order error by 64");
    }

    [Fact]
    public void More_steps_than_the_schedule_has_are_refused()
    {
        var shape = new HeadShape(1, 1, 3, 2);
        foreach (DiffusionSampler sampler in new DiffusionSampler[] { new DdpmSampler { Steps = 101 }, new DdimSampler { Steps = 101 }, new DpmSolverSampler { Steps = 100 } })
            new DiffusionHeadConfig { Sampler = sampler }.Problems(shape).Should().ContainSingle().Which.Should().Contain("noise schedule");
        new DiffusionHeadConfig { Sampler = new DdimSampler { Steps = 0, Eta = 2 } }.Problems(shape).Should().HaveCount(2);
    }

    private static DiffusionSampler Parse(string text)
    {
        string[] words = text.Split(' ');
        int steps = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
        return words[0] switch
        {
            "DDPM" => new DdpmSampler { Steps = steps },
            "DPM" => new DpmSolverSampler { Steps = steps },
            _ => new DdimSampler { Steps = steps, Spacing = Enum.Parse<StepSpacing>(words[2]), Eta = words.Length > 3 ? 0.5 : 0 },
        };
    }

    private static double ErrorOf(DiffusionSampler sampler)
    {
        const double Mean = 0.5, Deviation = 0.5;
        var schedule = new SquaredCosineSchedule { TrainingSteps = 4000 };
        var levels = new NoiseLevels(schedule);
        var config = new DiffusionHeadConfig { Denoiser = DiffusionVariants.Small, Schedule = schedule, Sampler = sampler, Clipping = new NoClipping(), Prediction = DiffusionPrediction.Sample };
        using var head = (DiffusionHead)config.Create(new HeadShape(1, 1, 1, 1));
        int[] visited = [.. sampler.Plan(levels).Select(step => step.Level)];
        using Tensor start = ones(1, 1, 1, float64);
        using Tensor end = head.Denoise(Best, start, () => throw new InvalidOperationException("nothing is to be drawn"));
        return Math.Abs(end.ToDouble() - (Mean + Deviation));

        Tensor Best(Tensor x, int i)
        {
            double signal = levels.Signal(visited[i]), noise = levels.Noise(visited[i]);
            double weight = signal * Deviation * Deviation / ((signal * signal * Deviation * Deviation) + (noise * noise));
            return x.sub(signal * Mean).mul(weight).add(Mean);
        }
    }
}
