using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// A head that must see the training actions before it can learn from them: bin edges, cluster centers, bounds, a vocabulary, a
/// codebook. A policy calls <see cref="Fit"/> once, when it is made; what was found is kept in buffers, and so in the policy's file.
/// </summary>
/// <remarks>Fill the buffers with NaN until then: whoever forgets to fit gets a loss of NaN, which stops training, and not a wrong policy.</remarks>
public interface IFitsActions
{
    /// <summary>Finds what it needs.</summary>
    /// <param name="actions">Normalized chunks of the training data, [n, Tp, Da].</param>
    /// <param name="insideEpisode">True where a step is real, [n, Tp], bool. Padded steps must not count.</param>
    /// <param name="random">Draws starts of clusters and the like. Null: the engine's default generator.</param>
    /// <exception cref="ArgumentException">These actions do not suffice; the message says what is missing.</exception>
    void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null);
}
