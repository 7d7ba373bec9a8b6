using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

public sealed class TokenSamplingTests
{
    // Probabilities 0.5, 0.25, 0.125, 0.125 and one forbidden token.
    private static readonly float[] Logits = [MathF.Log(0.125f), MathF.Log(0.5f), float.NegativeInfinity, MathF.Log(0.25f), MathF.Log(0.125f)];

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.1249, 0)]
    [InlineData(0.1251, 1)]
    [InlineData(0.6249, 1)]
    [InlineData(0.6251, 3)]
    [InlineData(0.8749, 3)]
    [InlineData(0.8751, 4)]
    [InlineData(0.99999999, 4)]
    public void A_uniform_number_picks_the_token_whose_share_it_falls_in(double uniform, long expected) =>
        Draw(new TokenSampling(), uniform).Should().Be(expected);

    [Fact]
    public void Zero_temperature_takes_the_likeliest() => Draw(new TokenSampling { Temperature = 0 }, null).Should().Be(1);

    [Fact]
    public void Frequencies_are_the_probabilities()
    {
        const int Count = 40_000;
        using var random = new Generator(3, CPU);
        Tensor logits = tensor(Logits).expand(Count, -1), uniform = new TokenSampling().Uniform(1, Count, CPU, random)![0];
        Tensor drawn = new TokenSampling().Draw(logits, uniform);
        float[] expected = [0.125f, 0.5f, 0, 0.25f, 0.125f];
        for (int token = 0; token < expected.Length; token++)
            drawn.eq(token).to(ScalarType.Float32).mean().ToSingle().Should().BeApproximately(expected[token], 0.01f);
    }

    // Against transformers' definitions: the nucleus is the smallest set of likeliest tokens that reaches TopP.
    [Theory]
    [InlineData(1.0, 1, 1.0, new[] { 0, 1.0, 0, 0, 0 })]
    [InlineData(1.0, 2, 1.0, new[] { 0, 2 / 3.0, 0, 1 / 3.0, 0 })]
    [InlineData(1.0, 9, 1.0, new[] { 0.125, 0.5, 0, 0.25, 0.125 })]
    [InlineData(1.0, 0, 0.5, new[] { 0, 1.0, 0, 0, 0 })]
    [InlineData(1.0, 0, 0.51, new[] { 0, 2 / 3.0, 0, 1 / 3.0, 0 })]
    [InlineData(1.0, 0, 0.01, new[] { 0, 1.0, 0, 0, 0 })]
    [InlineData(0.5, 0, 1.0, new[] { 1 / 22.0, 16 / 22.0, 0, 4 / 22.0, 1 / 22.0 })]
    // 16/22, 4/22 of the sharpened ones reach 0.9; of the plain ones they would not.
    [InlineData(0.5, 0, 0.9, new[] { 0, 0.8, 0, 0.2, 0 })]
    [InlineData(1.0, 2, 0.6, new[] { 0, 1.0, 0, 0, 0 })]
    public void What_stays_is_scaled_then_the_k_likeliest_then_the_nucleus(double temperature, int topK, double topP, double[] expected)
    {
        var sampling = new TokenSampling { Temperature = temperature, TopK = topK, TopP = topP };
        Tensor kept = nn.functional.softmax(sampling.Filter(tensor(Logits).to(ScalarType.Float64).unsqueeze(0)), -1);
        double[] got = [.. Enumerable.Range(0, expected.Length).Select(i => kept[0, i].ToDouble())];
        got.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6, "{0}", string.Join(' ', got));
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() => new TokenSampling { Temperature = -1, TopK = -2, TopP = 0 }.Problems().Should().HaveCount(3);

    private static long Draw(TokenSampling sampling, double? uniform)
    {
        using Tensor logits = tensor(Logits).unsqueeze(0);
        using Tensor? number = uniform is { } u ? tensor(new[] { u }) : null;
        return sampling.Draw(logits, number).ToInt64();
    }
}
