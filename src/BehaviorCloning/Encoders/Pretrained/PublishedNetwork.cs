using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>A family of published networks: what its weights are called, what images it was trained on, and how it is built here.</summary>
public abstract record PublishedNetwork
{
    /// <summary>Every fault of these options, none if they are sound.</summary>
    public abstract IEnumerable<string> Problems();

    /// <summary>What images it was trained on: the size frames are resized to unless the encoder's options say otherwise; null: any.</summary>
    internal abstract ImageSize? InputSize { get; }

    internal abstract ImageScaling Scaling { get; }

    internal abstract ImageResampling Resampling { get; }

    internal abstract int MapChannels { get; }

    internal abstract int SummaryWidth { get; }

    /// <summary>How many parts can be frozen one after the other, beside what comes before the first: stages or blocks.</summary>
    internal abstract int StageCount { get; }

    internal abstract ImageSize MapOf(ImageSize seen);

    internal virtual string? ImageProblem(ImageSize seen) => null;

    /// <summary>Builds the network, not yet with its published weights.</summary>
    /// <param name="withSummary">Whether what only the summary needs is built too.</param>
    /// <param name="frozenStages">Stages that are not trained; null: all is trained.</param>
    internal abstract PublishedTrunk Create(bool withSummary, int? frozenStages);
}

/// <summary>A published network as it is used here.</summary>
internal abstract class PublishedTrunk(string name) : nn.Module(name)
{
    /// <summary>[B, channels, height, width].</summary>
    public abstract Tensor Map(Tensor images);

    /// <summary>[B, summary width].</summary>
    public abstract Tensor Summary(Tensor images);

    /// <summary>What the published file holds, by its names there, as (views of) the tensors here. Made inside the caller's dispose scope.</summary>
    public abstract Dictionary<string, Tensor> Targets();

    /// <summary>A published name as <see cref="Targets"/> has it, null for what is left out.</summary>
    public abstract string? NameOf(string published);
}
