using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>A published vision transformer, with what its summary needs.</summary>
internal sealed class TransformerTrunk : PublishedTrunk
{
    private readonly VisionTransformer network;
    private readonly AttentionPooling? pool;
    private readonly Linear? projection;
    private readonly PublishedNames names;

    public TransformerTrunk(VisionTransformer network, AttentionPooling? pool, int? projection, int? frozenStages, PublishedNames names)
        : base(nameof(TransformerTrunk))
    {
        this.network = network;
        this.pool = pool;
        this.names = names;
        if (projection is { } width) this.projection = nn.Linear(network.Width, width, hasBias: false);
        RegisterComponents();
        if (frozenStages is { } blocks) network.Freeze(blocks);
        if (frozenStages != network.Depth) return;
        this.pool.Freeze();
        this.projection.Freeze();
    }

    public override Tensor Map(Tensor images) => VisionTransformerEncoder.MapOf(network, images);

    public override Tensor Summary(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = network.forward(images);
        Tensor summary = pool is null ? tokens.select(1, 0) : pool.forward(tokens);
        return (projection is null ? summary : projection.forward(summary)).MoveToOuterDisposeScope();
    }

    public override Dictionary<string, Tensor> Targets() => names.Targets(state_dict());

    public override string? NameOf(string published) => names.Of(published, projection is not null || pool is not null);
}
