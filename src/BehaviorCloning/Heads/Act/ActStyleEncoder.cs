using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// The posterior q(z | robot state, actions) of ACT: a transformer over [summary, state, a_1 .. a_Tp] whose first output is projected to
/// mean and log-variance of z. Used in training only.
/// </summary>
internal sealed class ActStyleEncoder : nn.Module
{
    private readonly Parameter summary;
    private readonly Linear state;
    private readonly Linear action;
    private readonly ModuleList<DetrEncoderLayer> layers;
    private readonly LayerNorm? norm;
    private readonly Linear output;
    private readonly Tensor position;

    public ActStyleEncoder(ActHeadConfig config, int stateWidth, int horizon, int actionDimension)
        : base(nameof(ActStyleEncoder))
    {
        int width = config.Width;
        summary = nn.Parameter(zeros(1, width));
        nn.init.normal_(summary);
        state = nn.Linear(stateWidth, width);
        action = nn.Linear(actionDimension, width);
        layers = new ModuleList<DetrEncoderLayer>([.. Enumerable.Range(0, config.StyleLayers).Select(_ => new DetrEncoderLayer(config.Layers))]);
        if (config.PreNorm) norm = nn.LayerNorm(width);
        output = nn.Linear(width, 2 * config.LatentWidth);
        position = SinusoidalPositions.Sequence(horizon + 2, width).DetachFromDisposeScope();
        register_buffer(nameof(position), position, persistent: false);
        RegisterComponents();
    }

    /// <summary>Mean and log-variance of z, both [B, latent].</summary>
    /// <param name="state">[B, state width].</param>
    /// <param name="actions">[B, Tp, Da].</param>
    /// <param name="insideEpisode">[B, Tp]: nothing else is attended to.</param>
    public (Tensor Mean, Tensor LogVariance) Forward(Tensor state, Tensor actions, Tensor insideEpisode)
    {
        using DisposeScope scope = NewDisposeScope();
        long batch = actions.size(0);
        Tensor x = cat([summary.expand(batch, -1).unsqueeze(1), this.state.forward(state).unsqueeze(1), action.forward(actions)], 1);
        Tensor allowed = cat([ones(batch, 2, ScalarType.Bool, insideEpisode.device), insideEpisode], 1);
        foreach (DetrEncoderLayer layer in layers) x = layer.Forward(x, position, allowed);
        x = x.select(1, 0);
        Tensor[] moments = output.forward(norm is null ? x : norm.forward(x)).chunk(2, -1);
        return scope.MoveToOuter(moments[0], moments[1]);
    }
}
