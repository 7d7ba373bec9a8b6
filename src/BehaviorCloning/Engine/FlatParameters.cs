using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>How a group of parameters is optimized.</summary>
/// <param name="Name">For messages and checkpoints: "encoder", "no-decay".</param>
/// <param name="LearningRateScale">Multiplies the schedule's learning rate.</param>
/// <param name="Decay">Whether weight decay applies.</param>
public sealed record ParameterGroup(string Name, double LearningRateScale = 1, bool Decay = true);

/// <summary>Where a parameter lies in the flat buffers.</summary>
/// <param name="Name">Its state-dict name.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Start">Index of its first value.</param>
/// <param name="Length">How many values it has.</param>
/// <param name="Group">How it is optimized.</param>
public sealed record ParameterRange(string Name, IReadOnlyList<long> Shape, long Start, long Length, ParameterGroup Group);

/// <summary>
/// All trainable parameters of a module as views of one buffer, and their gradients as views of another, so that a clip, an
/// optimizer step or a moving average is a handful of operators whatever the network's size.
/// </summary>
/// <remarks>
/// <para>Each parameter's storage is replaced in place (<c>set_</c>): the module, its optimizer-visible objects and its state-dict
/// names stay the same. Move the module to its device before, and nowhere afterwards: a moved parameter leaves the buffer.</para>
/// <para>Autograd adds into an existing gradient in place, so gradients stay views as long as nobody sets them to null:
/// use <see cref="ZeroGradients"/>, never <c>zero_grad()</c>.</para>
/// <para>Every parameter starts at a multiple of 16 values (64 bytes, a cache line and the widest vector); the values between are zero and stay zero.</para>
/// </remarks>
public sealed class FlatParameters : IDisposable
{
    private const long Alignment = 16;
    private readonly List<Parameter> parameters = [];
    private readonly List<ParameterRange> ranges = [];

    /// <summary>Moves a module's trainable parameters into one buffer.</summary>
    /// <param name="module">Already on its device. Parameters without gradient (frozen ones) stay where they are.</param>
    /// <param name="groupOf">The group of a parameter by its state-dict name, or null for one group with decay.</param>
    /// <exception cref="ArgumentException">There is nothing to train, or parameters differ in device or are not 32-bit floats; the message lists them.</exception>
    public FlatParameters(nn.Module module, Func<string, Parameter, ParameterGroup>? groupOf = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        var everything = new ParameterGroup("all");
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        // A parameter that two modules share (tied weights) has two names and one place.
        List<(string Name, Parameter Parameter, ParameterGroup Group)> trainable =
            [.. module.named_parameters().Where(p => p.parameter.requires_grad && seen.Add(p.parameter))
                .Select(p => (p.name, p.parameter, groupOf?.Invoke(p.name, p.parameter) ?? everything))];
        Require(trainable);
        Groups = [.. trainable.Select(p => p.Group).Distinct()];

        // Groups are contiguous, in the order in which they first appear.
        foreach (ParameterGroup group in Groups)
        {
            foreach ((string name, Parameter parameter, _) in trainable.Where(p => p.Group == group))
            {
                long start = ranges.Count == 0 ? 0 : Align(ranges[^1].Start + ranges[^1].Length);
                parameters.Add(parameter);
                ranges.Add(new ParameterRange(name, parameter.shape, start, parameter.numel(), group));
            }
        }

        Count = Align(ranges[^1].Start + ranges[^1].Length);
        Device device = parameters[0].device;
        Values = zeros(Count, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        Gradients = zeros(Count, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        IsCpu = device.type == DeviceType.CPU;
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < ranges.Count; i++)
        {
            Parameter parameter = parameters[i];
            Tensor view = ViewOf(Values, ranges[i]);
            view.copy_(parameter);
            parameter.set_(view);
            parameter.grad = ViewOf(Gradients, ranges[i]);
        }
    }

    /// <summary>The values of all parameters, [Count]. Writing here writes the module's parameters.</summary>
    public Tensor Values { get; }

    /// <summary>The gradients of all parameters, [Count].</summary>
    public Tensor Gradients { get; }

    /// <summary>Values in a buffer, the few between aligned parameters included.</summary>
    public long Count { get; }

    /// <summary>How many values are trained.</summary>
    public long TrainableCount => ranges.Sum(range => range.Length);

    /// <summary>Where each parameter lies.</summary>
    public IReadOnlyList<ParameterRange> Ranges => ranges;

    /// <summary>The groups, in buffer order.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Whether the buffers are in the CPU's memory.</summary>
    public bool IsCpu { get; }

    /// <summary>First index and length of a group's part of the buffers.</summary>
    public (long Start, long Length) Extent(ParameterGroup group)
    {
        long start = ranges.First(range => range.Group == group).Start;
        ParameterRange last = ranges.Last(range => range.Group == group);
        return (start, Align(last.Start + last.Length) - start);
    }

    /// <summary>Sets every gradient to zero. They stay views.</summary>
    public void ZeroGradients()
    {
        using IDisposable noGrad = no_grad();
        Gradients.zero_();
    }

    /// <summary>The parameters whose value or gradient is no longer a view of the buffers: moved, replaced, or zeroed to null.</summary>
    public IReadOnlyList<string> StrayParameters()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var strays = new List<string>();
        for (int i = 0; i < ranges.Count; i++)
        {
            if (!IsViewOf(parameters[i], Values, ranges[i]) || !IsViewOf(parameters[i].grad, Gradients, ranges[i])) strays.Add(ranges[i].Name);
        }

        return strays;
    }

    /// <summary>Frees the gradients. The parameters keep the buffer of values for as long as they live.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in parameters)
        {
            if (!parameter.IsInvalid) parameter.grad = null;
        }

        Values.Dispose();
        Gradients.Dispose();
    }

    // A view shares memory: what is written through one is read through the other. (No data pointer is part of the public API.)
    private static bool IsViewOf(Tensor? tensor, Tensor buffer, ParameterRange range)
    {
        if (tensor is null || tensor.storage_offset() != range.Start || tensor.numel() != range.Length) return false;
        using Tensor first = buffer.narrow(0, range.Start, 1);
        using Tensor mine = tensor.as_strided([1], [1], range.Start);
        using Tensor before = first.clone();
        float old = before.ToSingle(), probe = float.IsFinite(old) && old != 1 ? 1 : 2;
        using Scalar value = probe;
        mine.fill_(value);
        bool shared = first.ToSingle() == probe;
        mine.copy_(before);
        return shared;
    }

    private static Tensor ViewOf(Tensor buffer, ParameterRange range) =>
        buffer.narrow(0, range.Start, range.Length).view([.. range.Shape]);

    private static long Align(long index) => (index + Alignment - 1) / Alignment * Alignment;

    private static void Require(List<(string Name, Parameter Parameter, ParameterGroup Group)> trainable)
    {
        if (trainable.Count == 0)
            throw new ArgumentException("The module has no parameter that requires a gradient, so there is nothing to train. Unfreeze some, or check that its parts are registered.");
        string first = trainable[0].Parameter.device.ToString();
        string[] wrong =
            [.. trainable.Where(p => p.Parameter.dtype != ScalarType.Float32 || p.Parameter.device.ToString() != first)
                .Select(p => $"{p.Name} ({p.Parameter.dtype} on {p.Parameter.device})")];
        if (wrong.Length > 0)
            throw new ArgumentException($"Flat parameters must be Float32 on one device ({first}); these are not: {string.Join(", ", wrong)}. Move the whole module with to(...) first; lower precision comes from autocast.");
    }
}
