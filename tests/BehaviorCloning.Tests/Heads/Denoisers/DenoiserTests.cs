using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Denoisers;

/// <summary>What every denoiser must do.</summary>
public sealed class DenoiserTests
{
    private static readonly HeadShape Shape = new(2, 5, 4, 3);

    public static TheoryData<string> Denoisers => [.. ConfigJson.KindsOf(typeof(DenoiserConfig)).Keys];

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void Prepared_steps_give_the_numbers_of_the_plain_path(string kind)
    {
        using Denoiser denoiser = Create(kind);
        foreach (int batch in new[] { 1, 7, 40 })
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            Tensor context = Tensors.Normal(1, batch, 2, 5), actions = Tensors.Normal(2, batch, 4, 3);
            float[] times = [0f, 0.25f, 0.5f, 1f];
            DenoiserStep step = denoiser.Prepare(context, times);
            for (int i = 0; i < times.Length; i++)
            {
                float[] plain = denoiser.Forward(context, actions, full(batch, times[i], ScalarType.Float32)).Values();
                float[] prepared = step(actions, i).Values();
                prepared.Zip(plain, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(4e-6f * Math.Max(1, plain.Max(Math.Abs)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void The_time_and_the_context_matter(string kind)
    {
        using Denoiser denoiser = Create(kind);
        using Tensor context = Tensors.Normal(1, 1, 2, 5), other = Tensors.Normal(3, 1, 2, 5), actions = Tensors.Normal(2, 1, 4, 3), early = tensor(new[] { 0.1f }), late = tensor(new[] { 0.9f });
        float[] base_ = denoiser.Forward(context, actions, early).Values();
        denoiser.Forward(context, actions, late).Values().Should().NotEqual(base_);
        denoiser.Forward(other, actions, early).Values().Should().NotEqual(base_);
    }

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void A_prepared_step_leaves_one_live_tensor(string kind)
    {
        using Denoiser denoiser = Create(kind);
        using DisposeScope scope = NewDisposeScope();
        Tensor context = Tensors.Normal(1, 2, 2, 5), actions = Tensors.Normal(2, 2, 4, 3);
        DenoiserStep step = denoiser.Prepare(context, [0.5f]);
        Tensors.LiveAfter(() => step(actions, 0)).Should().Be(1);
    }

    private static Denoiser Create(string kind)
    {
        var config = (DenoiserConfig)Activator.CreateInstance(ConfigJson.KindsOf(typeof(DenoiserConfig))[kind])!;
        Denoiser denoiser = config.Create(Shape);
        Tensors.Perturb(denoiser);
        denoiser.eval();
        return denoiser;
    }
}
