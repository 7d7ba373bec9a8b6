using System.Runtime.InteropServices;
using System.Text;
using TorchSharp.Native;
using static TorchSharp.torch;
using AutogradContext = TorchSharp.torch.autograd.AutogradContext;

namespace TorchSharp;

/// <summary>
/// Runs a managed forward without gradients and hangs a native node, whose backward calls back, on its results.
/// Tensors made inside forward and backward live in a scope of that call; what is returned or saved outlives it.
/// </summary>
internal sealed unsafe class CustomFunction
{
    private readonly Func<AutogradContext, List<Tensor>, List<Tensor>> backward;
    private readonly AutogradContext context = new();
    private readonly bool[] isTensor;
    private (long[] Shape, ScalarType Type, Device Device)[] outputs = [];

    private CustomFunction(Func<AutogradContext, List<Tensor>, List<Tensor>> backward, object[] arguments)
    {
        this.backward = backward;
        isTensor = Array.ConvertAll(arguments, argument => argument is Tensor { IsInvalid: false });
    }

    public static List<Tensor> Apply(Func<AutogradContext, object[], List<Tensor>> forward, Func<AutogradContext, List<Tensor>, List<Tensor>> backward, object[] arguments)
    {
        var function = new CustomFunction(backward, arguments);
        var tensors = arguments.Where((_, i) => function.isTensor[i]).Cast<Tensor>().ToArray();
        var recorded = is_grad_enabled() && tensors.Any(tensor => tensor.requires_grad);
        using var scope = NewDisposeScope();
        List<Tensor> raw;
        using (no_grad())
            raw = forward(function.context, arguments);
        if (!recorded)
            return raw.ConvertAll(tensor => tensors.Contains(tensor) ? tensor.alias().MoveToOuterDisposeScope() : tensor.MoveToOuterDisposeScope());
        return function.Record(tensors, raw).ConvertAll(tensor => tensor.MoveToOuterDisposeScope());
    }

    private List<Tensor> Record(Tensor[] arguments, List<Tensor> raw)
    {
        outputs = raw.Select(tensor => (tensor.shape, tensor.dtype, tensor.device)).ToArray();
        var self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
        IntPtr node;
        fixed (IntPtr* handles = Handles(arguments))
            node = NativeError.Check(NativeMethods.shim_function_create(handles, arguments.Length, &Backward, &Release, self));
        try
        {
            var wrapped = Wrap(node, raw);
            Save(node, raw, wrapped);
            return wrapped;
        }
        finally
        {
            // The results' history keeps the node alive from here on.
            NativeMethods.shim_function_free(node);
            GC.KeepAlive(arguments);
        }
    }

    private List<Tensor> Wrap(IntPtr node, List<Tensor> raw)
    {
        var results = new IntPtr[raw.Count];
        fixed (IntPtr* handles = Handles(raw), resultHandles = results)
        fixed (int* differentiable = Flags(raw, context.NonDifferentiable, whenContained: 0), dirty = Flags(raw, context.Dirty, whenContained: 1))
            NativeError.Check(NativeMethods.shim_function_wrap(node, handles, differentiable, dirty, raw.Count, resultHandles));
        return results.Select(handle => new Tensor(handle)).ToList();
    }

    private void Save(IntPtr node, List<Tensor> raw, List<Tensor> wrapped)
    {
        var saved = context.ToSave;
        var outputIndex = saved.Select(tensor => raw.FindIndex(output => ReferenceEquals(output, tensor))).ToArray();
        fixed (IntPtr* handles = Handles(saved.Select((tensor, i) => outputIndex[i] < 0 ? tensor : wrapped[outputIndex[i]]).ToArray()))
        fixed (int* isOutput = Array.ConvertAll(outputIndex, index => index < 0 ? 0 : 1))
            NativeError.Check(NativeMethods.shim_function_save(node, handles, isOutput, saved.Count));
        GC.KeepAlive(saved);
        context.save_for_backward([]);
    }

    private static IntPtr[] Handles(IReadOnlyList<Tensor> tensors) => tensors.Select(tensor => tensor.Handle).ToArray();

    private static int[] Flags(List<Tensor> tensors, List<Tensor> set, int whenContained)
        => tensors.Select(tensor => set.Exists(member => ReferenceEquals(member, tensor)) ? whenContained : 1 - whenContained).ToArray();

    [UnmanagedCallersOnly]
    private static void Release(IntPtr self) => GCHandle.FromIntPtr(self).Free();

    [UnmanagedCallersOnly]
    private static int Backward(IntPtr self, IntPtr node, IntPtr* gradients, int count, IntPtr* results, int resultCount, byte* message, int messageSize)
    {
        try
        {
            ((CustomFunction)GCHandle.FromIntPtr(self).Target!).RunBackward(node, new ReadOnlySpan<IntPtr>(gradients, count), new Span<IntPtr>(results, resultCount));
            return 0;
        }
        catch (Exception exception)
        {
            // An exception must not unwind native frames: its text goes along, and the call to backward() throws.
            var text = Encoding.UTF8.GetBytes(exception.Message);
            text.AsSpan(0, Math.Min(text.Length, messageSize - 1)).CopyTo(new Span<byte>(message, messageSize));
            return -1;
        }
    }

    private void RunBackward(IntPtr node, ReadOnlySpan<IntPtr> gradients, Span<IntPtr> results)
    {
        using var scope = NewDisposeScope();
        var given = new List<Tensor>();
        for (var i = 0; i < gradients.Length; i++)
        {
            var (shape, type, device) = outputs[i];
            given.Add(gradients[i] != IntPtr.Zero ? new Tensor(gradients[i]) : context.MaterializeGrads ? zeros(shape, type, device) : null!);
        }
        List<Tensor> returned;
        lock (context)
        {
            context.Node = node;
            try
            {
                returned = backward(context, given);
            }
            finally
            {
                context.Node = IntPtr.Zero;
            }
        }
        if (returned.Count < isTensor.Length || returned.Skip(isTensor.Length).Any(tensor => tensor is not null))
            throw new InvalidOperationException($"The function's backward returned {returned.Count} gradients, expected {isTensor.Length}, one for each argument of apply.");
        var next = 0;
        for (var i = 0; i < isTensor.Length; i++)
        {
            var gradient = returned[i] is { IsInvalid: false } defined ? defined : null;
            if (isTensor[i])
                results[next++] = gradient is null ? IntPtr.Zero : NativeMethods.shim_tensor_alias_handle(gradient.Handle);
            else if (gradient is not null)
                throw new InvalidOperationException($"The function's backward returned a gradient for argument {i}, which is no tensor.");
        }
    }
}
