using BehaviorCloning.Core.Tests.Recorder;
using BehaviorCloning.Datasets;

// Records until it is killed, and says the number of every episode whose FinishEpisode has returned.
using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(
    args[0], SeededEpisodes.Observations, SeededEpisodes.Actions, SeededEpisodes.ControlRateHz, SeededEpisodes.Annotations);
using Stream output = Console.OpenStandardOutput();
output.Write("recording\n"u8);
while (true)
{
    int episode = recorder.EpisodeCount;
    if (episode % 5 == 4)
    {
        // What is discarded must never read back.
        SeededEpisodes.Append((observation, action, annotations) => recorder.Append(observation, action, annotations), episode + 1);
        recorder.DiscardEpisode();
    }

    SeededEpisodes.Append((observation, action, annotations) => recorder.Append(observation, action, annotations), episode);
    output.Write(System.Text.Encoding.ASCII.GetBytes($"{recorder.FinishEpisode()}\n"));
}
