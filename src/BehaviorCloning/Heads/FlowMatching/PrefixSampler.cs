using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Samples flows that continue a prefix. Always by Euler steps, as published.</summary>
internal static class PrefixSampler
{
    /// <summary>Mask weights of every row, [B, Tp]; null where none is above zero.</summary>
    public static Tensor? Weights(PrefixSchedule schedule, HeadPrefix prefix, int horizon, Device device)
    {
        float[] weights = new float[prefix.InferenceDelays.Count * horizon];
        for (int row = 0; row < prefix.InferenceDelays.Count; row++)
            PrefixWeights.Fill(schedule, weights.AsSpan(row * horizon, horizon), prefix.InferenceDelays[row], prefix.Remaining[row]);
        if (weights.AsSpan().IndexOfAnyExcept(0f) < 0) return null;
        using DisposeScope scope = NewDisposeScope();
        return tensor(weights, device: device).view(-1, horizon).MoveToOuterDisposeScope();
    }

    /// <summary>Follows the guided velocity, Eq. 2: <c>v + w (Y - A)' diag(W) dA/dx</c>, A the chunk that v points to.</summary>
    /// <param name="velocity">Differentiable velocity of a chunk at a flow time.</param>
    /// <param name="noise">Where to start, [B, Tp, Da]; not changed.</param>
    /// <param name="previous">Y, [B, Tp, Da].</param>
    /// <param name="weights">W, [B, Tp].</param>
    /// <param name="guidance">The clip of the guidance weight.</param>
    /// <param name="steps">n.</param>
    public static Tensor Guided(Func<Tensor, double, Tensor> velocity, Tensor noise, Tensor previous, Tensor weights, GuidedPrefix guidance, int steps)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar h = 1.0 / steps;
        Tensor x = noise.clone(), mask = weights.unsqueeze(-1);
        for (int k = 0; k < steps; k++)
        {
            using DisposeScope step = NewDisposeScope();
            double tau = (double)k / steps;
            (Tensor v, Tensor correction) = Correction(y => velocity(y, tau), x, tau, previous, mask);
            x.add_(v.add(correction.mul(guidance.Weight(tau))), h);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The velocity at x and the vector-Jacobian product of the bracket in Eq. 2. The Jacobian of <c>A = x + (1 - tau) v(x)</c> has an
    /// identity part and the network's: leaving the latter out, as a gradient taken after v was computed without one does, is the usual mistake.
    /// </summary>
    /// <param name="velocity">Differentiable velocity of a chunk.</param>
    /// <param name="x">The chunk, [B, Tp, Da].</param>
    /// <param name="tau">Its flow time.</param>
    /// <param name="previous">Y, [B, Tp, Da].</param>
    /// <param name="mask">W, [B, Tp, 1].</param>
    /// <param name="bound">What a sampler takes an estimate for that lies outside its bounds, as a fresh tensor. Null: for what it is.</param>
    public static (Tensor Velocity, Tensor Correction) Correction(Func<Tensor, Tensor> velocity, Tensor x, double tau, Tensor previous, Tensor mask, Func<Tensor, Tensor>? bound = null)
    {
        // Inference runs without gradients; here they are the point.
        using IDisposable gradient = enable_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor at = x.detach().clone().requires_grad_(true);
        Tensor v = velocity(at);
        Tensor estimate = at.add(v.mul(1 - tau));
        // masked_fill: where the weight is zero the padding may be anything.
        Tensor taken = bound is null ? estimate.detach() : bound(estimate.detach());
        Tensor error = previous.sub(taken).mul(mask).masked_fill(mask.eq(0), 0);
        Tensor correction = autograd.grad([estimate], [at], [error])[0];
        return (v.detach().MoveToOuterDisposeScope(), correction.detach().MoveToOuterDisposeScope());
    }

    /// <summary>Follows the velocity of a flow that was trained with prefixes: they stay clean, at flow time 1, at every step.</summary>
    /// <param name="velocity">Velocity of a chunk at flow times [B, Tp].</param>
    /// <param name="noise">Where to start, [B, Tp, Da]; not changed.</param>
    /// <param name="previous">The running chunks, [B, Tp, Da].</param>
    /// <param name="mask">The prefixes, [B, Tp].</param>
    /// <param name="steps">n.</param>
    public static Tensor Trained(Func<Tensor, Tensor, Tensor> velocity, Tensor noise, Tensor previous, Tensor mask, int steps)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar h = 1.0 / steps;
        Tensor prefix = mask.unsqueeze(-1), x = where(prefix, previous, noise);
        for (int k = 0; k < steps; k++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor tau = full(mask.shape, (float)k / steps, ScalarType.Float32, x.device).masked_fill(mask, 1f);
            x.add_(velocity(x, tau).masked_fill(prefix, 0f), h);
        }

        return x.MoveToOuterDisposeScope();
    }
}
