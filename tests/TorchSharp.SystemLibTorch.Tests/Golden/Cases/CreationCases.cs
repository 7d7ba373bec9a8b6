using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class CreationCases
{
    private const ScalarType Double = ScalarType.Float64;
    private static readonly long[] TwoByThree = [2, 3];

    public static void Define(CaseTable table)
    {
        table.Op("zeros", () => torch.zeros(TwoByThree), () => torch.zeros(TwoByThree.AsSpan()), () => torch.zeros(2, 3), () => torch.zeros(2L, 3L),
            () => torch.empty(TwoByThree).zero_(), () => torch.empty(TwoByThree.AsSpan()).zero_(), () => torch.empty(2, 3).zero_(), () => torch.empty(2L, 3L).zero_(),
            () => torch.empty_strided(TwoByThree, [1L, 2L]).zero_(), () => Like().new_zeros(TwoByThree), () => Like().new_zeros(TwoByThree.AsSpan()),
            () => Like().new_zeros(2, 3), () => Like().new_empty(TwoByThree).zero_(), () => Like().new_empty(TwoByThree.AsSpan()).zero_(), () => Like().new_empty(2, 3).zero_());
        table.Op("ones", () => torch.ones(TwoByThree), () => torch.ones(TwoByThree.AsSpan()), () => torch.ones(2, 3), () => torch.ones(2L, 3L), () => Like().new_ones(2, 3));
        table.Op("full", () => torch.full(TwoByThree, 1.5f), () => torch.full(TwoByThree.AsSpan(), 1.5f), () => torch.full(2, 3, 1.5f), () => torch.full(2L, 3L, 1.5f),
            () => Like().new_full(TwoByThree, 1.5f), () => Like().new_full(TwoByThree.AsSpan(), 1.5f), () => Like().new_full(2, 3, 1.5f));
        table.Op("full.int64", () => torch.full(2, 3L, ScalarType.Int64), () => torch.full([2L], 3L));
        table.Op("zeros.one", () => torch.zeros(4), () => torch.zeros(4L), () => torch.empty(4).zero_(), () => torch.empty(4L).zero_(), () => Like().new_zeros(4),
            () => Like().new_empty(4).zero_());
        table.Op("ones.one", () => torch.ones(4, Double), () => torch.ones(4L, Double), () => Like().new_ones(4, Double));
        table.Op("full.one", () => torch.full(4, 1.5f), () => torch.full(4L, 1.5f), () => Like().new_full(4, 1.5f));
        table.Op("zeros.three", () => torch.zeros(2, 1, 3), () => torch.zeros(2L, 1L, 3L), () => torch.empty(2, 1, 3).zero_(), () => torch.empty(2L, 1L, 3L).zero_(),
            () => Like().new_zeros(2, 1, 3), () => Like().new_empty(2, 1, 3).zero_());
        table.Op("ones.three", () => torch.ones(2, 1, 3), () => torch.ones(2L, 1L, 3L), () => Like().new_ones(2, 1, 3));
        table.Op("full.three", () => torch.full(2, 1, 3, 1.5f), () => torch.full(2L, 1L, 3L, 1.5f), () => Like().new_full(2, 1, 3, 1.5f));
        table.Op("zeros.four", () => torch.zeros(2, 1, 3, 1), () => torch.zeros(2L, 1L, 3L, 1L), () => torch.empty(2, 1, 3, 1).zero_(), () => torch.empty(2L, 1L, 3L, 1L).zero_(),
            () => Like().new_zeros(2, 1, 3, 1), () => Like().new_empty(2, 1, 3, 1).zero_());
        table.Op("ones.four", () => torch.ones(2, 1, 3, 1), () => torch.ones(2L, 1L, 3L, 1L), () => Like().new_ones(2, 1, 3, 1));
        table.Op("full.four", () => torch.full(2, 1, 3, 1, 1.5f), () => torch.full(2L, 1L, 3L, 1L, 1.5f), () => Like().new_full(2, 1, 3, 1, 1.5f));
        table.Op("zeros_like", x => torch.zeros_like(x), x => x.zeros_like(), x => torch.empty_like(x).zero_(),
            x => x.empty_like().zero_());
        table.Op("ones_like", x => torch.ones_like(x), x => x.ones_like());
        table.Op("full_like", x => torch.full_like(x, 1.5),
            x => x.full_like(1.5));
        table.Op("ones_like.int64", x => torch.ones_like(x, ScalarType.Int64), x => x.ones_like(ScalarType.Int64));
        table.Op("arange", () => torch.arange(5), () => torch.arange(5L));
        table.Op("arange.float", () => torch.arange(0.5f, 3.0f, 0.5f));
        table.Op("arange.start", () => torch.arange(2, 6));
        table.Op("linspace", () => torch.linspace(-1, 2, 7));
        table.Op("logspace", () => torch.logspace(-1, 2, 4));
        table.Op("eye", () => torch.eye(3));
        table.Op("eye.rectangular", () => torch.eye(2, 3, Double));
        table.Op("tril_indices", () => torch.tril_indices(3, 3));
        Tensors(table);
    }

    private static void Tensors(CaseTable table)
    {
        float[] values = [1.5f, -2, 0.25f, 4];
        List<float> list = [.. values];
        table.Op("tensor.float", () => torch.tensor(values), () => torch.tensor(list), () => torch.tensor(values, [4L]), () => torch.tensor(list, [4L]),
            () => torch.tensor(values.AsMemory(), [4L]), () => torch.from_array(values), () => torch.from_array(values, ScalarType.Float32),
            () => torch.as_tensor(values), () => torch.as_tensor(list), () => torch.as_tensor((Array)values), () => torch.as_tensor(torch.tensor(values)),
            () => torch.frombuffer(values, ScalarType.Float32), () => (Tensor)values, () => torch.tensor(new double[] { 1.5, -2, 0.25, 4 }, ScalarType.Float32));
        table.Op("tensor.float_2x2", () => torch.tensor(new float[,] { { 1.5f, -2 }, { 0.25f, 4 } }), () => torch.tensor(list, 2, 2), () => torch.tensor(values, [2L, 2L]));
        table.Op("tensor.float_2x1x2", () => torch.tensor(new float[,,] { { { 1.5f, -2 } }, { { 0.25f, 4 } } }), () => torch.tensor(list, 2, 1, 2));
        table.Op("tensor.float_2x1x2x1", () => torch.tensor(new float[,,,] { { { { 1.5f }, { -2 } } }, { { { 0.25f }, { 4 } } } }), () => torch.tensor(list, 2, 1, 2, 1));
        table.Op("tensor.float64", () => torch.tensor(new double[] { 1, 0, 3 }), () => (Tensor)new double[] { 1, 0, 3 }, () => torch.as_tensor(new double[] { 1, 0, 3 }));
        table.Op("tensor.float32", () => torch.tensor(new float[] { 1, 0, 3 }), () => torch.tensor(new[] { 1, 0, 3 }, ScalarType.Float32));
        table.Op("tensor.int64", () => torch.tensor(new long[] { 1, 0, 3 }), () => (Tensor)new long[] { 1, 0, 3 }, () => torch.as_tensor(new long[] { 1, 0, 3 }));
        table.Op("tensor.int32", () => torch.tensor(new[] { 1, 0, 3 }), () => (Tensor)new[] { 1, 0, 3 }, () => torch.as_tensor(new[] { 1, 0, 3 }));
        table.Op("tensor.int16", () => torch.tensor(new short[] { 1, 0, 3 }), () => (Tensor)new short[] { 1, 0, 3 });
        table.Op("tensor.int8", () => torch.tensor(new sbyte[] { 1, 0, 3 }), () => (Tensor)new sbyte[] { 1, 0, 3 });
        table.Op("tensor.uint8", () => torch.tensor(new byte[] { 1, 0, 3 }), () => (Tensor)new byte[] { 1, 0, 3 });
        table.Op("tensor.bool", () => torch.tensor(new[] { true, false, true }), () => (Tensor)new[] { true, false, true }, () => torch.as_tensor(new[] { true, false, true }));
        table.Op("scalar.float64", () => torch.tensor(3.0), () => (Tensor)3.0);
        table.Op("scalar.float32", () => torch.tensor(3f), () => (Tensor)3f);
        table.Op("scalar.int64", () => torch.tensor(3L), () => (Tensor)3L);
        table.Op("scalar.int32", () => torch.tensor(3), () => (Tensor)3);
        table.Op("scalar.int16", () => torch.tensor((short)3), () => (Tensor)(short)3);
        table.Op("scalar.int8", () => torch.tensor((sbyte)3), () => (Tensor)(sbyte)3);
        table.Op("scalar.uint8", () => torch.tensor((byte)3), () => (Tensor)(byte)3);
        table.Op("scalar.bool", () => torch.tensor(true), () => (Tensor)true);
    }

    private static Tensor Like() => torch.empty(1);
}

internal static class RandomCases
{
    private static readonly long[] FiveByEight = [5, 8];

    public static void Define(CaseTable table)
    {
        table.Op("rand.few", () => torch.rand(5), () => torch.rand(5L), () => torch.rand(5, generator: Fresh()));
        table.Op("rand.many", () => torch.rand(5, 8), () => torch.rand(5L, 8L), () => torch.rand(FiveByEight), () => torch.rand(FiveByEight.AsSpan()),
            () => torch.rand(5, 8, generator: Fresh()), () => torch.rand(5L, 8L, generator: Fresh()));
        table.Op("rand.three", () => torch.rand(3, 2, 4), () => torch.rand(3L, 2L, 4L));
        table.Op("rand.four", () => torch.rand(3, 2, 4, 2), () => torch.rand(3L, 2L, 4L, 2L));
        table.Op("rand.double", () => torch.rand(5, 8, ScalarType.Float64), () => torch.rand(FiveByEight, ScalarType.Float64, generator: Fresh()));
        table.Op("rand_like", x => torch.rand_like(x), x => x.rand_like());
        table.Op("rand.twice", () => new[] { torch.rand(3), torch.rand(20) });
        table.Op("randn.few", () => torch.randn(5), () => torch.randn(5L), () => torch.randn(5, generator: Fresh()));
        table.Op("randn.many", () => torch.randn(5, 8), () => torch.randn(5L, 8L), () => torch.randn(FiveByEight), () => torch.randn(FiveByEight.AsSpan()),
            () => torch.randn(5, 8, generator: Fresh()), () => torch.randn(5L, 8L, generator: Fresh()));
        table.Op("randn.three", () => torch.randn(3, 2, 4), () => torch.randn(3L, 2L, 4L));
        table.Op("randn.four", () => torch.randn(3, 2, 4, 2), () => torch.randn(3L, 2L, 4L, 2L));
        table.Op("randn.double", () => torch.randn(5, 8, ScalarType.Float64), () => torch.randn(FiveByEight, ScalarType.Float64, generator: Fresh()));
        table.Op("randn_like", x => torch.randn_like(x), x => x.randn_like());
        table.Op("randn.twice", () => new[] { torch.randn(3), torch.randn(20) });
        table.Op("randint", () => torch.randint(10, [4L, 5L]), () => torch.randint(10, [4L, 5L], generator: Fresh()), () => torch.randint(10, (Size)new long[] { 4, 5 }),
            () => torch.randint(10, new[] { 4, 5 }));
        table.Op("randint.range", () => torch.randint(-3, 10, [4L, 5L]), () => torch.randint(-3, 10, (Size)new long[] { 4, 5 }),
            () => torch.randint(-3, 10, new[] { 4, 5 }));
        table.Op("randint_like", x => torch.randint_like(x, -3, 10),
            x => x.randint_like(-3, 10));
        table.Op("randperm", () => torch.randperm(17), () => torch.randperm(17, generator: Fresh()), () => torch.randperm(17, torch.empty(17, ScalarType.Int64)));
        table.Op("randperm.int32", () => torch.randperm(17, ScalarType.Int32));
        table.Op("normal", () => torch.normal(1.5, 0.5, [4L, 5L]), () => torch.normal(1.5, 0.5, [4L, 5L], generator: Fresh()));
        table.Op("normal.tensor", (m, s) => torch.normal(m, s), (m, s) => torch.normal(m, s, Fresh()));
        table.Op("bernoulli", p => torch.bernoulli(p), p => p.bernoulli(), p => torch.bernoulli(p, Fresh()));
        table.Op("bernoulli_", x => InPlace(x, t => t.bernoulli_(0.3)), x => InPlace(x, t => t.bernoulli_(0.3, Fresh())));
        table.Op("bernoulli_.tensor", (x, p) => InPlace(x, t => t.bernoulli_(p)), (x, p) => InPlace(x, t => t.bernoulli_(p, Fresh())));
        table.Op("multinomial", p => torch.multinomial(p, 3), p => p.multinomial(3), p => torch.multinomial(p, 3, generator: Fresh()));
        table.Op("multinomial.replacement", p => torch.multinomial(p, 7, true), p => p.multinomial(7, true));
        table.Op("normal_", x => InPlace(x, t => t.normal_(1.5, 0.5)), x => InPlace(x, t => t.normal_(1.5, 0.5, Fresh())));
        table.Op("uniform_", x => InPlace(x, t => t.uniform_(-1.5, 0.5)), x => InPlace(x, t => t.uniform_(-1.5, 0.5, Fresh())));
        table.Op("random_", x => InPlace(x, t => t.random_(2, 9)), x => InPlace(x, t => t.random_(2, 9, Fresh())));
        table.Op("exponential_", x => InPlace(x, t => t.exponential_(1.5)), x => InPlace(x, t => t.exponential_(1.5, Fresh())));
        table.Op("dropout", x => nn.functional.dropout(x, 0.3), x => Through(x, t => nn.functional.dropout(t, 0.3, inplace: true)));
        table.Op("dropout.twice", x => new[] { nn.functional.dropout(x, 0.3), nn.functional.dropout(x, 0.3) });
        table.Op("dropout.off", x => nn.functional.dropout(x, 0.3, false));
        table.Op("alpha_dropout", x => nn.functional.alpha_dropout(x, 0.3, true));
    }

    /// <summary>A generator of its own must give what the default one gives with the same seed.</summary>
    private static Generator Fresh() => new((ulong)GoldenFile.Seed);
}
