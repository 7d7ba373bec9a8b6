using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>How a sample follows the velocity field from flow time 0 to 1, in equal steps of size h.</summary>
public abstract record FlowIntegrator
{
    /// <summary>The flow times at which the velocity will be asked for, in the order of their index.</summary>
    public abstract float[] Times(int steps);

    /// <summary>Takes all steps.</summary>
    /// <param name="velocity">The velocity at a point and the time of an index into <see cref="Times"/>; returns a fresh tensor.</param>
    /// <param name="start">The point at flow time 0; not changed.</param>
    /// <param name="steps">How many steps.</param>
    /// <returns>The point at flow time 1, a fresh tensor.</returns>
    public abstract Tensor Integrate(Func<Tensor, int, Tensor> velocity, Tensor start, int steps);

    /// <summary>(k + offset) / steps for each step k, then 1 where the last time is asked for too.</summary>
    private protected static float[] Grid(int steps, int perStep, bool end)
    {
        float[] times = new float[(steps * perStep) + (end ? 1 : 0)];
        for (int i = 0; i < times.Length; i++) times[i] = (float)((double)i / (steps * perStep));
        return times;
    }
}

/// <summary><c>x += h v(x, t)</c>: first order, one evaluation a step. The default, and what the literature uses.</summary>
public sealed record EulerIntegrator : FlowIntegrator
{
    /// <inheritdoc/>
    public override float[] Times(int steps) => Grid(steps, 1, end: false);

    /// <inheritdoc/>
    public override Tensor Integrate(Func<Tensor, int, Tensor> velocity, Tensor start, int steps)
    {
        using Scalar h = 1.0 / steps;
        Tensor x = start.clone();
        for (int k = 0; k < steps; k++)
        {
            using Tensor v = velocity(x, k);
            x.add_(v, h);
        }

        return x;
    }
}

/// <summary><c>x += h v(x + h/2 v(x, t), t + h/2)</c>: second order, two evaluations a step.</summary>
public sealed record MidpointIntegrator : FlowIntegrator
{
    /// <inheritdoc/>
    public override float[] Times(int steps) => Grid(steps, 2, end: false);

    /// <inheritdoc/>
    public override Tensor Integrate(Func<Tensor, int, Tensor> velocity, Tensor start, int steps)
    {
        using Scalar h = 1.0 / steps, half = 0.5 / steps;
        Tensor x = start.clone();
        for (int k = 0; k < steps; k++)
        {
            using Tensor first = velocity(x, 2 * k);
            using Tensor middle = x.add(first, half);
            using Tensor v = velocity(middle, (2 * k) + 1);
            x.add_(v, h);
        }

        return x;
    }
}

/// <summary><c>x += h/2 (v(x, t) + v(x + h v(x, t), t + h))</c>: second order, two evaluations a step.</summary>
public sealed record HeunIntegrator : FlowIntegrator
{
    /// <inheritdoc/>
    public override float[] Times(int steps) => Grid(steps, 1, end: true);

    /// <inheritdoc/>
    public override Tensor Integrate(Func<Tensor, int, Tensor> velocity, Tensor start, int steps)
    {
        using Scalar h = 1.0 / steps, half = 0.5 / steps;
        Tensor x = start.clone();
        for (int k = 0; k < steps; k++)
        {
            using Tensor first = velocity(x, k);
            using Tensor ahead = x.add(first, h);
            using Tensor second = velocity(ahead, k + 1);
            x.add_(first, half).add_(second, half);
        }

        return x;
    }
}
