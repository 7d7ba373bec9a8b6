using System.Text.Json;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Dagger;

namespace Intervene;

/// <summary>
/// The world, and a line of JSON for every step that was really taken in it. What was executed is noted where the world receives it, not where it was decided,
/// so that a trace can witness against the store.
/// </summary>
/// <param name="world">The world.</param>
/// <param name="lines">Where lines go, or null.</param>
internal sealed class Trace(IEnvironment world, TextWriter? lines) : IEnvironment
{
    private float[] executed = [];

    public ObservationSpec Observations => world.Observations;

    public ActionSpec Actions => world.Actions;

    public double ControlRateHz => world.ControlRateHz;

    public int StepLimit => world.StepLimit;

    /// <summary>The action of the last step.</summary>
    public ReadOnlySpan<float> Executed => executed;

    public Observation Reset(long seed) => world.Reset(seed);

    public StepResult Step(ReadOnlySpan<float> action)
    {
        executed = action.ToArray();
        return world.Step(action);
    }

    /// <summary>Notes a step.</summary>
    public void Note(long seed, GateView view, in StepResult result, Pilot pilot) => lines?.WriteLine(new JsonObject
    {
        ["seed"] = seed,
        ["step"] = view.Step,
        ["driver"] = pilot.Driver.ToString(),
        ["key"] = pilot.Pressed.ToString(),
        ["pauses"] = pilot.Pauses,
        ["observed"] = new JsonObject(view.Observation.FeatureNames.Where(Observations.Contains).Where(name => Observations[name].Element == FeatureElement.Float32)
            .Select(name => KeyValuePair.Create<string, JsonNode?>(name, Array(view.Observation[name].Span)))),
        ["proposed"] = Array(view.Proposed.Span),
        ["target"] = pilot.Driver == Driver.Person ? Array(pilot.Target) : null,
        ["executed"] = Array(executed),
        ["reward"] = result.Reward,
    }.ToJsonString(JsonSerializerOptions.Default));

    public void Dispose()
    {
        world.Dispose();
        lines?.Dispose();
    }

    private static JsonArray Array(ReadOnlySpan<float> values)
    {
        var array = new JsonArray();
        foreach (float value in values) array.Add(value);
        return array;
    }
}
