using BehaviorCloning.Datasets;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/episode-store.md.</summary>
internal static class EpisodeStorePage
{
    public static ReadOnlyMemory<float> RecordAndRead(ObservationSpec observations, ActionSpec actions, Observation observation, float[] action)
    {
        // <snippet record-and-read>
        using (var recorder = EpisodeRecorder.OpenOrCreate("demonstrations", observations, actions, controlRateHz: 10))
        {
            recorder.Append(observation, action);      // once a control step
            recorder.FinishEpisode();                  // durable when it returns
        }

        using var store = EpisodeStore.Open("demonstrations");
        ReadOnlyMemory<float> positions = store.ReadEpisode(0).Feature("position");
        // </snippet>
        return positions;
    }
}
