using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Whatever an operator or module returns, as a list of tensors.</summary>
internal readonly record struct Outputs(IReadOnlyList<Tensor> Tensors)
{
    public static implicit operator Outputs(Tensor tensor) => new([tensor]);

    public static implicit operator Outputs(Tensor[] tensors) => new(tensors);

    public static implicit operator Outputs((Tensor First, Tensor Second) pair) => new([pair.First, pair.Second]);

    public static implicit operator Outputs((Tensor First, Tensor? Second, Tensor? Third) triple) =>
        Of(new[] { triple.First, triple.Second, triple.Third }.OfType<Tensor>());

    public static implicit operator Outputs(Tuple<Tensor, Tensor> pair) => pair.Item2 is null ? new([pair.Item1]) : new([pair.Item1, pair.Item2]);

    public static implicit operator Outputs(bool value) => new([torch.tensor(value)]);

    public static implicit operator Outputs(double value) => new([torch.tensor(value)]);

    public static Outputs Of(IEnumerable<Tensor> tensors) => new([.. tensors]);

    /// <summary>sum(output * fixed weights): the weights, multiples of 1/64 of varying sign, are exact in float32 and the same as in golden/golden.py.</summary>
    public Tensor? WeightedSum()
    {
        Tensor? total = null;
        for (int number = 0; number < Tensors.Count; number++)
        {
            Tensor output = Tensors[number];
            if (!is_floating_point(output.dtype))
            {
                continue;
            }

            double[] weights = new double[output.numel()];
            for (int index = 0; index < weights.Length; index++)
            {
                weights[index] = ((((index + 7 * number) * 37 + 11) % 64) - 31.5) / 32;
            }

            Tensor term = (output * torch.tensor(weights, output.shape, output.dtype)).sum();
            total = total is null ? term : total + term;
        }

        return total;
    }
}
