using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// ACT's decoder p(actions | context, z): a transformer encoder over [z, vectors, feature maps], and a transformer decoder whose learned queries,
/// one a step of the chunk, attend to it.
/// </summary>
internal sealed class ActTransformer : nn.Module
{
    private readonly Linear latent;
    private readonly ModuleList<Linear> vectors;
    private readonly Conv2d? image;
    private readonly Parameter vectorPositions;
    private readonly ModuleList<DetrEncoderLayer> encoder;
    private readonly LayerNorm? encoderNorm;
    private readonly Parameter queries;
    private readonly ModuleList<DetrDecoderLayer> decoder;
    private readonly LayerNorm decoderNorm;
    private readonly Linear action;
    private readonly Tensor? mapPositions;
    private readonly ActLayout layout;
    private readonly bool dropsInTraining;

    public ActTransformer(ActHeadConfig config, HeadShape shape)
        : base(nameof(ActTransformer))
    {
        int width = config.Width;
        layout = ActLayout.Of(shape);
        dropsInTraining = config.Dropout > 0;
        latent = nn.Linear(config.LatentWidth, width);
        vectors = new ModuleList<Linear>([.. layout.Vectors.Select(vector => nn.Linear(vector.ColumnCount, width))]);
        vectorPositions = Table(1 + layout.Vectors.Count, width);
        encoder = new ModuleList<DetrEncoderLayer>([.. Enumerable.Range(0, config.EncoderLayers).Select(_ => new DetrEncoderLayer(config.Layers))]);
        if (config.PreNorm) encoderNorm = nn.LayerNorm(width);
        queries = Table(shape.PredictionHorizon, width);
        decoder = new ModuleList<DetrDecoderLayer>([.. Enumerable.Range(0, config.DecoderLayers).Select(_ => new DetrDecoderLayer(config.Layers))]);
        decoderNorm = nn.LayerNorm(width);
        action = nn.Linear(width, shape.ActionDimension);
        // All matrices of the layers, as the original does.
        foreach (Parameter parameter in encoder.parameters().Concat(decoder.parameters()).Where(parameter => parameter.dim() > 1))
            nn.init.xavier_uniform_(parameter);

        if (layout.Maps.Count > 0)
        {
            // A convolution of size 1 in name and shape, as published; applied to tokens it is a linear layer.
            image = nn.Conv2d(layout.Maps[0].ColumnCount, width, 1);
            using DisposeScope scope = NewDisposeScope();
            mapPositions = cat([.. layout.Maps.Select(map => SinusoidalPositions.Map(map.Height!.Value, map.Width!.Value, width))], 0).DetachFromDisposeScope();
            register_buffer(nameof(mapPositions), mapPositions, persistent: false);
        }

        RegisterComponents();
    }

    /// <summary>The robot's own state in the context, [B, columns]: what the style encoder sees too.</summary>
    public Tensor State(Tensor context) => Columns(context, layout.Vectors[0]);

    /// <summary>Width of <see cref="State"/>.</summary>
    public int StateWidth => layout.Vectors[0].ColumnCount;

    /// <summary>The chunk, [B, Tp, Da].</summary>
    /// <param name="context">[B, N, C].</param>
    /// <param name="z">[B, latent].</param>
    public Tensor Forward(Tensor context, Tensor z)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> tokens = [latent.forward(z).unsqueeze(1)];
        for (int i = 0; i < layout.Vectors.Count; i++) tokens.Add(vectors[i].forward(Columns(context, layout.Vectors[i])).unsqueeze(1));
        foreach (ContextPart map in layout.Maps)
        {
            Tensor features = context.narrow(1, map.FirstToken, map.TokenCount).narrow(2, map.FirstColumn, map.ColumnCount);
            tokens.Add(nn.functional.linear(features, image!.weight.flatten(1), image.bias!));
        }

        Tensor memory = cat(tokens, 1), position = mapPositions is null ? vectorPositions : cat([vectorPositions, mapPositions], 0);
        foreach (DetrEncoderLayer layer in encoder) memory = layer.Forward(memory, position);
        if (encoderNorm is not null) memory = encoderNorm.forward(memory);

        // The decoder starts from zeros, so its first self-attention is the same for the whole batch, unless dropout makes it differ.
        Tensor keys = memory.add(position);
        Tensor x = zeros(training && dropsInTraining ? memory.size(0) : 1, queries.size(0), queries.size(1), ScalarType.Float32, memory.device);
        foreach (DetrDecoderLayer layer in decoder) x = layer.Forward(x, queries, memory, keys);
        return action.forward(decoderNorm.forward(x)).MoveToOuterDisposeScope();
    }

    private static Tensor Columns(Tensor context, ActVector vector) => context.select(1, vector.Token).narrow(1, vector.FirstColumn, vector.ColumnCount);

    private static Parameter Table(int count, int width)
    {
        Parameter table = nn.Parameter(zeros(count, width));
        nn.init.normal_(table);
        return table;
    }
}
