using BehaviorCloning.Networks;
using BehaviorCloning.Tests.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class ResidualQuantizerTests
{
    [Fact]
    public void Codes_and_decoded_vectors_are_those_of_PyTorch()
    {
        using var golden = new HeadGolden("quantizer");
        var quantizer = new ResidualQuantizer(3, 5, 4);
        quantizer.Codebooks.copy_(golden["codebooks"]);
        using Tensor codes = quantizer.Encode(golden["vectors"]);
        codes.data<long>().ToArray().Should().Equal(golden["codes"].data<long>().ToArray());
        golden.ShouldAgree(quantizer.Decode(codes), "decoded");
    }

    [Fact]
    public void Running_means_commitment_and_gradient_are_those_of_PyTorch()
    {
        using var golden = new HeadGolden("quantizer");
        var quantizer = new ResidualQuantizer(3, 5, 4);
        using var training = new CodebookTraining(quantizer, decay: 0.8, deadCodeCount: 0);
        using var random = new Generator(9, CPU);
        for (int step = 0; step < 3; step++)
        {
            using Tensor batch = golden[$"batch{step}"].requires_grad_();
            (Tensor quantized, Tensor commitment) = training.Step(batch, random);
            golden.ShouldAgree(quantized, $"quantized{step}");
            golden.ShouldAgree(commitment, $"commitment{step}");
            quantized.sum().add(commitment).backward();
            golden.ShouldAgree(batch.grad!, $"grad{step}");
        }

        golden.ShouldAgree(quantizer.Codebooks, "trained");
    }

    [Fact]
    public void The_focal_loss_and_its_gradient_are_those_of_PyTorch()
    {
        using var golden = new HeadGolden("focal");
        using Tensor logits = golden["logits"].requires_grad_(), loss = FocalLoss.Of(logits, golden["target"], 2);
        golden.ShouldAgree(loss, "loss");
        loss.sum().backward();
        golden.ShouldAgree(logits.grad!, "grad");
    }

    [Fact]
    public void Certainty_right_or_wrong_has_no_gradient_of_NaN()
    {
        using Tensor logits = tensor(new float[] { 200, 0, 200, 0 }, [2, 2]).requires_grad_();
        FocalLoss.Of(logits, tensor(new[] { 0L, 1L }), 2).sum().backward();
        logits.grad!.Values().Should().OnlyContain(value => float.IsFinite(value));
    }

    [Fact]
    public void The_error_falls_with_every_level()
    {
        using Tensor data = Tensors.Normal(1, 2000, 6);
        ResidualQuantizer quantizer = Trained(data, levels: 4, codes: 8, steps: 60);
        using Tensor codes = quantizer.Encode(data);
        Tensor rest = data;
        List<double> errors = [data.square().mean().ToDouble()];
        for (int level = 0; level < 4; level++)
        {
            rest = rest.sub(quantizer.Codebooks[level].index_select(0, codes.select(1, level)));
            errors.Add(rest.square().mean().ToDouble());
        }

        errors.Should().BeInDescendingOrder();
        errors[1].Should().BeLessThan(0.85 * errors[0]);
        quantizer.Decode(codes).sub(data).square().mean().ToDouble().Should().BeApproximately(errors[^1], 1e-5);
    }

    [Fact]
    public void Dead_codes_start_again_where_vectors_are()
    {
        // The first batch lies elsewhere than all others, so one code takes these and the rest are idle until they start again.
        using Tensor first = Tensors.Normal(1, 256, 2), later = Tensors.Normal(2, 256, 2).add(20f);
        CodesUsed(deadCodeCount: 2).Should().BeGreaterThan(4);
        CodesUsed(deadCodeCount: 0).Should().Be(1, "no code is dead then");

        int CodesUsed(double deadCodeCount)
        {
            var quantizer = new ResidualQuantizer(1, 8, 2);
            using var training = new CodebookTraining(quantizer, deadCodeCount: deadCodeCount);
            using var random = new Generator(3, CPU);
            for (int step = 0; step < 40; step++) training.Step(step == 0 ? first : later, random);
            return quantizer.Encode(later).data<long>().Distinct().Count();
        }
    }

    private static ResidualQuantizer Trained(Tensor data, int levels, int codes, int steps)
    {
        var quantizer = new ResidualQuantizer(levels, codes, (int)data.size(1));
        using var training = new CodebookTraining(quantizer);
        using var random = new Generator(3, CPU);
        for (int step = 0; step < steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            training.Step(data, random);
        }

        return quantizer;
    }
}
