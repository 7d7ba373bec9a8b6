using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// A head that can keep what it has seen of an episode in a state of fixed size, and go on from there instead of reading the whole observation
/// history again. The state is the policy's to keep, one an episode: a head keeps nothing between calls.
/// </summary>
public interface IRecurrentHead
{
    /// <summary>Whether a policy should carry the state from inference to inference, and begin a new one every <c>To</c> control steps.</summary>
    bool CarriesState { get; }

    /// <summary>Numbers in a state. All zero before the first token.</summary>
    int StateSize { get; }

    /// <summary>Reads more tokens, one a control step.</summary>
    /// <param name="state">What was read before, [B, <see cref="StateSize"/>].</param>
    /// <param name="tokens">Oldest first, [B, steps, C].</param>
    /// <returns>[B, <see cref="StateSize"/>].</returns>
    Tensor Advance(Tensor state, Tensor tokens);

    /// <summary>Produces a chunk a state, as <see cref="PolicyHead.Sample"/> does from whole contexts.</summary>
    /// <param name="state">[B, <see cref="StateSize"/>].</param>
    /// <param name="random">Draws noise. Null: the engine's default generator.</param>
    /// <returns>Normalized actions, [B, Tp, Da].</returns>
    Tensor SampleFrom(Tensor state, Generator? random = null);
}
