using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Training;

public class TrainerLeakTests
{
    [Theory]
    [MemberData(nameof(TrainerTests.Heads), MemberType = typeof(TrainerTests))]
    public void Steps_leave_no_tensor_behind(string head)
    {
        using LearnedPolicy policy = PointEpisodes.Create(TrainerTests.HeadOf(head));
        LiveAfter(policy, 30, leak: false).Should().Be(LiveAfter(policy, 5, leak: false));
    }

    // The control: a step that forgets one tensor is noticed.
    [Fact]
    public void A_leak_is_seen()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        LiveAfter(policy, 30, leak: true).Should().BeGreaterThanOrEqualTo(LiveAfter(policy, 5, leak: false) + 25);
    }

    // Live tensors of this thread that the training made, counted at its last step.
    private static long LiveAfter(LearnedPolicy policy, int steps, bool leak)
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var counter = new Counter(leak);
        Trainer.Train(policy, PointEpisodes.Make(), PointEpisodes.Quick with { Steps = steps, LogInterval = 1 }, PointEpisodes.Make(2, seed: 9), observers: [counter]);
        long live = counter.Live - before;
        counter.Dispose();
        return live;
    }

    private sealed class Counter(bool leak) : ITrainingObserver, IDisposable
    {
        private readonly List<Tensor> forgotten = [];

        public long Live { get; private set; }

        public void OnProgress(TrainingProgress progress)
        {
            if (leak) forgotten.Add(zeros(1));
            Live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        public void Dispose()
        {
            foreach (Tensor tensor in forgotten) tensor.Dispose();
        }
    }
}
