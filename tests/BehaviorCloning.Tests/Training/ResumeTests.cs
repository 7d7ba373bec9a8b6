using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using TorchSharp;

namespace BehaviorCloning.Tests.Training;

public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, int> Runs => new() { { "mse", 1 }, { "mse with dropout", 2 }, { "flow", 1 }, { "flow", 2 } };

    private static readonly TrainerConfig Config = PointEpisodes.Quick with
    {
        Steps = 24, LogInterval = 1, ValidationInterval = 6, CheckpointInterval = 5, Ema = new PowerEmaConfig(), WeightDecay = 0.01, BatchSize = 50,
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void N_steps_stop_resume_and_N_steps_equal_2N_steps_bit_for_bit(string head, int accumulation)
    {
        TrainerConfig config = Config with { Accumulation = accumulation };
        (string whole, string parts) = (folder["whole"], folder["parts"]);
        using (LearnedPolicy policy = Create(head))
            Trainer.Train(policy, PointEpisodes.Make(), config, Validation, whole).Outcome.Should().Be(TrainingOutcome.Finished);

        using (var stop = new CancellationTokenSource())
        using (LearnedPolicy policy = Create(head))
        {
            TrainingResult first = Trainer.Train(policy, PointEpisodes.Make(), config, Validation, parts, [new StopAt(12, stop)], cancellationToken: stop.Token);
            first.Outcome.Should().Be(TrainingOutcome.Canceled);
            first.Steps.Should().Be(12);
        }

        // Whatever happened to the default generator in between must not matter.
        torch.random.manual_seed(123).Dispose();
        TrainingResult second = Trainer.Resume(parts, PointEpisodes.Make(), Validation, accelerator: BehaviorCloning.Engine.Accelerator.Cpu(1));
        second.Policy.Dispose();
        second.Outcome.Should().Be(TrainingOutcome.Finished);
        second.Steps.Should().Be(24);

        // Weights, average, moments, buffers, random streams.
        File.ReadAllBytes(Path.Combine(parts, "state", "run.safetensors")).Should().Equal(File.ReadAllBytes(Path.Combine(whole, "state", "run.safetensors")));
        using RunCheckpoint a = RunCheckpoint.Load(whole), b = RunCheckpoint.Load(parts);
        // The stopped run made one checkpoint more, so a policy that the other kept for its validation loss alone counts as one.
        b.State.Should().BeEquivalentTo(a.State, o => o.Excluding(state => state.ElapsedSeconds).Excluding(member => member.Name == nameof(SavedPolicy.IsCheckpoint)));
        foreach (SavedPolicy policy in a.State.Policies)
        {
            File.ReadAllBytes(Path.Combine(parts, "policies", policy.Folder, "weights.safetensors"))
                .Should().Equal(File.ReadAllBytes(Path.Combine(whole, "policies", policy.Folder, "weights.safetensors")));
        }
    }

    // The control: the comparison above does notice a difference.
    [Fact]
    public void Another_seed_gives_another_state()
    {
        (string one, string two) = (folder["one"], folder["two"]);
        using (LearnedPolicy policy = Create("flow")) Trainer.Train(policy, PointEpisodes.Make(), Config, Validation, one);
        using (LearnedPolicy policy = Create("flow")) Trainer.Train(policy, PointEpisodes.Make(), Config with { Seed = 1 }, Validation, two);
        File.ReadAllBytes(Path.Combine(two, "state", "run.safetensors")).Should().NotEqual(File.ReadAllBytes(Path.Combine(one, "state", "run.safetensors")));
    }

    [Fact]
    public void Other_data_is_refused()
    {
        string run = Finished();
        FluentActions.Invoking(() => Trainer.Resume(run, PointEpisodes.Make(7))).Should().Throw<ArgumentException>().WithMessage("*Its data was 6 episodes*this is 7 episodes*");
    }

    [Fact]
    public void A_folder_without_a_run_is_refused() =>
        FluentActions.Invoking(() => Trainer.Resume(folder.Path, PointEpisodes.Make())).Should().Throw<DirectoryNotFoundException>().WithMessage("*no checkpoint*");

    [Fact]
    public void A_checkpoint_of_a_newer_format_is_refused()
    {
        string file = Path.Combine(Finished(), "state", "run.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal));
        FluentActions.Invoking(() => Trainer.Resume(folder["done"], PointEpisodes.Make())).Should().Throw<InvalidDataException>().WithMessage("*format version 2*update*");
    }

    [Fact]
    public void A_truncated_checkpoint_is_refused()
    {
        string file = Path.Combine(Finished(), "state", "run.safetensors");
        using (FileStream stream = File.OpenWrite(file)) stream.SetLength(stream.Length - 100);
        FluentActions.Invoking(() => Trainer.Resume(folder["done"], PointEpisodes.Make())).Should().Throw<InvalidDataException>().WithMessage("*not a sound safetensors file*");
    }

    [Fact]
    public void A_finished_run_can_be_lengthened()
    {
        TrainingResult result = Trainer.Resume(Finished(), PointEpisodes.Make(), config: Config with { Steps = 30 }, accelerator: BehaviorCloning.Engine.Accelerator.Cpu(1));
        result.Policy.Dispose();
        result.Steps.Should().Be(30);
    }

    private static BehaviorCloning.Datasets.InMemoryEpisodes Validation => PointEpisodes.Make(2, seed: 9);

    private static LearnedPolicy Create(string head) => PointEpisodes.Create(head switch
    {
        "mse" => PointEpisodes.Mse(),
        "flow" => PointEpisodes.Flow(),
        _ => PointEpisodes.Mse(dropout: 0.3),
    });

    private string Finished()
    {
        string run = folder["done"];
        using LearnedPolicy policy = Create("mse");
        Trainer.Train(policy, PointEpisodes.Make(), Config, runFolder: run);
        return run;
    }

    private sealed class StopAt(long step, CancellationTokenSource stop) : ITrainingObserver
    {
        public void OnProgress(TrainingProgress progress)
        {
            if (progress.Step == step) stop.Cancel();
        }
    }
}
