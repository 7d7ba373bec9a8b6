using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Draws a class for each row of logits.</summary>
internal static class ClassDraw
{
    /// <summary>A class by its probability, softmax(logits / temperature); the most probable one where the temperature is 0.</summary>
    /// <param name="logits">[B, classes].</param>
    /// <param name="temperature">Below 1 for more typical, above for more varied choices.</param>
    /// <param name="random">Null: the engine's default generator.</param>
    /// <returns>[B], int64.</returns>
    public static Tensor Of(Tensor logits, double temperature, Generator? random)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (temperature == 0) return logits.argmax(1).MoveToOuterDisposeScope();
        return SeededDraw.Indices(logits.div(temperature).softmax(1), 1, random).squeeze(1).MoveToOuterDisposeScope();
    }
}
