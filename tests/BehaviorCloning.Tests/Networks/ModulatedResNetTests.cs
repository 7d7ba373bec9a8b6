using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class ModulatedResNetTests
{
    [Fact]
    public void A_modulation_starts_as_the_identity_and_then_scales_and_shifts_channels()
    {
        using var modulated = new ResNet(18, ResNetNorm.Group, 4, conditionWidth: 3);
        using var plain = new ResNet(18, ResNetNorm.Group, 4);
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> from = modulated.state_dict();
        foreach ((string name, Tensor values) in plain.state_dict()) values.copy_(from[name]);
        using Tensor images = FormulaWeights.Input(2, 3, 32, 32), condition = FormulaWeights.Input(2, 3);
        float[] expected = plain.forward(images).Values();
        modulated.Forward(images, condition).Values().Should().Equal(expected);

        // The last stage alone: channel 5 becomes (1 + 0.5) x + 2 in the second image, whose condition's first number is c.
        float c = condition[1, 0].ToSingle();
        from["film.3.weight"][5, 0] = tensor(0.5f / c);
        from["film.3.bias"][32 + 5] = tensor(2f);
        using Tensor map = modulated.Forward(images, condition), before = tensor(expected, map.shape);
        map[1, 5].Values().Zip(before[1, 5].Values(), (a, b) => Math.Abs(a - ((1.5f * b) + 2))).Max().Should().BeLessThan(1e-5f);
        map[1, 4].Values().Should().Equal(before[1, 4].Values());
    }

    [Fact]
    public void A_condition_is_given_exactly_where_there_is_one()
    {
        using var modulated = new ResNet(18, ResNetNorm.Group, 4, conditionWidth: 3);
        using var plain = new ResNet(18, ResNetNorm.Group, 4);
        using Tensor images = zeros(1, 3, 32, 32), condition = zeros(1, 3);
        Action without = () => modulated.forward(images), with = () => plain.Forward(images, condition);
        without.Should().Throw<ArgumentException>().WithMessage("*built for a condition*");
        with.Should().Throw<ArgumentException>().WithMessage("*built without a condition*");
    }
}
