using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

/// <summary>What a doctor's weights do to a training.</summary>
public sealed class ZeroWeightTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Episodes_of_weight_zero_are_the_same_as_episodes_left_out_bit_for_bit(bool flow)
    {
        PolicyHeadConfig head = flow ? PointEpisodes.Flow() : PointEpisodes.Mse();
        InMemoryEpisodes all = PointEpisodes.Make(), some = new(all.Observations, all.Actions), weighed = new(all.Observations, all.Actions);
        for (int e = 0; e < all.EpisodeCount; e++)
        {
            Episode episode = all.ReadEpisode(e);
            weighed.Add(new PointEpisodes.PlainEpisode(episode.Feature("position").ToArray(), episode.Actions.ToArray())
            {
                Weights = e is 1 or 4 ? new float[episode.Length] : null,
            });
            if (e is not (1 or 4)) some.Add(episode);
        }

        byte[] left = Trained(head, some, "left"), zero = Trained(head, weighed, "zero");
        zero.Should().Equal(left);
        Trained(head, all, "all").Should().NotEqual(left);
    }

    private byte[] Trained(PolicyHeadConfig head, IEpisodeSource data, string name)
    {
        using LearnedPolicy policy = LearnedPolicy.Create(PointEpisodes.Policy(head), data, 0, Accelerator.Cpu(1));
        Trainer.Train(policy, data, PointEpisodes.Quick);
        policy.Save(folder[name]);
        return File.ReadAllBytes(Path.Combine(folder.Path, name, "weights.safetensors"));
    }
}
