using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that a module trains. It takes over the native tensor of the one it is made from, which is invalid afterwards.</summary>
public class Parameter : Tensor
{
    public Parameter(Tensor data, bool requires_grad = true)
        : base(data.with_requires_grad(requires_grad).MoveHandle(), register: false)
    {
        // It lives in the scope of the tensor that it replaces, if that has one.
        DisposeScope.ReplaceWith(data, this);
    }

    internal Parameter(IntPtr handle)
        : base(handle)
    {
    }
}
