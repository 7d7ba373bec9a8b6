using TorchSharp.SystemLibTorch.Tests.Golden.Cases;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>All operator cases, by the names of golden/operators.py and golden/functional.py.</summary>
internal static class OperatorTable
{
    public static IReadOnlyDictionary<string, OperatorCase> Cases { get; } = new CaseTable()
        .Closely(ArithmeticCases.Define)
        .Closely(LinearAlgebraCases.Define)
        .Closely(ReductionCases.Define)
        .Closely(OrderCases.Define)
        .Closely(ElementwiseCases.Define)
        .Closely(ActivationCases.Define)
        .Exactly(ComparisonCases.Define)
        .Exactly(ShapeCases.Define)
        .Exactly(JoiningCases.Define)
        .Exactly(IndexingCases.Define)
        .Exactly(ScatterCases.Define)
        .Exactly(ConversionCases.Define)
        .Closely(LayerCases.Define)
        .Closely(ImageCases.Define)
        .Closely(LossCases.Define)
        .Exactly(CreationCases.Define)
        .Exactly(RandomCases.Define)
        .Closely(FurtherElementwiseCases.Define)
        .Closely(FurtherReductionCases.Define)
        .Closely(MatrixCases.Define)
        .Closely(DistributionCases.Define)
        .Exactly(FurtherShapeCases.Define)
        .Cases;
}
