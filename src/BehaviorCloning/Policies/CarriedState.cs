using System.Runtime.InteropServices;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Policies;

/// <summary>A recurrent head's state of one episode, kept in its history between inferences.</summary>
/// <remarks>
/// A state begins anew every To control steps, so the observations it is made of are all still in the history:
/// <code>
/// // To = 4:
/// //   step          0  1  2  3 | 4  5  6  7 | 8
/// //   inference at 2 has read 0 1 2;   at 3, one more;   at 6, anew, 4 5 6;   at 8 only 8
/// </code>
/// Carrying it saves reading them again. It never decides what is predicted: where it is missing, or another head's, or older than
/// the last beginning, it is made anew from the history.
/// </remarks>
internal sealed class CarriedState
{
    private readonly IRecurrentHead head;
    private readonly float[] values;
    private readonly int steps;

    private CarriedState(IRecurrentHead head, float[] values, int steps)
    {
        this.head = head;
        this.values = values;
        this.steps = steps;
    }

    /// <summary>Reads what was observed since the last inference of each episode, and keeps the states in the histories.</summary>
    /// <param name="head">The head.</param>
    /// <param name="context">One token an observation, [B, To, C].</param>
    /// <param name="histories">Where the tokens come from; B of them.</param>
    /// <returns>[B, state size].</returns>
    public static Tensor Advance(IRecurrentHead head, Tensor context, IReadOnlyList<ObservationHistory> histories)
    {
        using DisposeScope scope = NewDisposeScope();
        int size = head.StateSize, horizon = (int)context.size(1);
        float[] values = new float[histories.Count * size];
        int[] unread = new int[histories.Count];
        for (int row = 0; row < unread.Length; row++)
        {
            int seen = histories[row].StepCount, beginning = (seen - 1) / horizon * horizon;
            bool goesOn = histories[row].PolicyState is CarriedState own && own.head == head && own.steps > beginning;
            unread[row] = seen - (goesOn ? ((CarriedState)histories[row].PolicyState!).steps : beginning);
            if (goesOn) ((CarriedState)histories[row].PolicyState!).values.CopyTo(values, row * size);
        }

        Tensor states = tensor(values, [unread.Length, size], device: context.device);
        // Episodes in lock step have all as much to read, so this is nearly always one pass.
        foreach (IGrouping<int, int> group in Enumerable.Range(0, unread.Length).Where(row => unread[row] > 0).GroupBy(row => unread[row]))
        {
            Tensor rows = tensor(group.Select(row => (long)row).ToArray(), device: context.device);
            Tensor tokens = context.index_select(0, rows).narrow(1, horizon - group.Key, group.Key);
            states.index_copy_(0, rows, head.Advance(states.index_select(0, rows), tokens).to(states.dtype));
        }

        Tensor host = states.cpu();
        ReadOnlySpan<float> read = MemoryMarshal.Cast<byte, float>(host.bytes);
        for (int row = 0; row < unread.Length; row++)
            histories[row].PolicyState = new CarriedState(head, read.Slice(row * size, size).ToArray(), histories[row].StepCount);
        return states.MoveToOuterDisposeScope();
    }
}
