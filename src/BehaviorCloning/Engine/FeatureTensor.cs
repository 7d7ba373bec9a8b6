using TorchSharp;

namespace BehaviorCloning.Engine;

/// <summary>How a feature's values lie in a tensor.</summary>
internal static class FeatureTensor
{
    /// <summary>The type of a feature's tensors. There is no uint16 before libtorch 2.3, so int16 holds its bits.</summary>
    public static torch.ScalarType TypeOf(FeatureElement element) => element switch
    {
        FeatureElement.UInt8 => torch.ScalarType.Byte,
        FeatureElement.UInt16 => torch.ScalarType.Int16,
        _ => torch.ScalarType.Float32,
    };
}
