using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Takes parts of a network out of training: a parameter without gradient is no part of the optimizer's buffer.</summary>
internal static class Freezing
{
    public static void Freeze(this nn.Module? module)
    {
        foreach (Parameter parameter in module?.parameters() ?? []) parameter.requires_grad = false;
    }
}
