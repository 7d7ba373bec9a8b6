using BehaviorCloning.Actions;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class DiscreteCosineTransformTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(50, 14)]
    [InlineData(33, 7)]
    public void It_is_the_definition_and_its_inverse(int length, int dimension)
    {
        var random = new Random(length);
        double[] x = [.. Enumerable.Range(0, length * dimension).Select(_ => random.NextDouble() - 0.5)];
        double[] c = new double[x.Length], back = new double[x.Length];
        var transform = new DiscreteCosineTransform(length);
        transform.Forward(x, c, dimension);
        for (int f = 0; f < length; f++)
        {
            for (int d = 0; d < dimension; d++)
            {
                double sum = Enumerable.Range(0, length).Sum(t => x[(t * dimension) + d] * Math.Cos(Math.PI * (t + 0.5) * f / length));
                c[(f * dimension) + d].Should().BeApproximately(sum * Math.Sqrt((f == 0 ? 1.0 : 2.0) / length), 1e-12);
            }
        }

        transform.Inverse(c, back, dimension);
        back.Zip(x, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-12);
        c.Sum(v => v * v).Should().BeApproximately(x.Sum(v => v * v), 1e-10, "it is orthonormal");
    }
}
