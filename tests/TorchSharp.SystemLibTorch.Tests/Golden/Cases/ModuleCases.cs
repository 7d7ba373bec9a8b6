using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.utils.rnn;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class ParametrizedModuleCases
{
    public static void Define(ModuleCaseTable table)
    {
        table.One("Linear", () => nn.Linear(4, 3));
        table.One("Linear.no_bias", () => nn.Linear(4, 3, false));
        table.One("Linear.parameters", () => nn.Linear(nn.Parameter(randn(3, 4)), new Modules.Parameter(randn(3))));
        table.Two("Bilinear", () => nn.Bilinear(2, 3, 4));
        table.One("Conv1d", () => nn.Conv1d(3, 4, 3, 2, 1));
        table.One("Conv1d.groups", () => nn.Conv1d(4, 4, 3, dilation: 2, groups: 2, bias: false));
        table.One("Conv1d.circular", () => nn.Conv1d(2, 3, 3, padding: 1, padding_mode: PaddingModes.Circular));
        table.One("Conv1d.reflect", () => nn.Conv1d(2, 3, 3, padding: 1, padding_mode: PaddingModes.Reflect));
        table.One("Conv1d.same", () => nn.Conv1d(2, 3, 3, Padding.Same));
        table.Of("Conv1d.repadded", () => nn.Conv1d(2, 3, 3), (m, x) => Repadded(m, c => c.SetPadding([2L]), x[0]));
        table.Of("Conv1d.repadded_same", () => nn.Conv1d(2, 3, 3), (m, x) => Repadded(m, c => c.SetPadding(Padding.Same), x[0]));
        table.One("Conv2d", () => nn.Conv2d(3, 4, 3, padding: 1));
        table.One("Conv2d.pair", () => nn.Conv2d(2, 4, (3, 2), (2, 1), (1, 0), (1, 2), groups: 2));
        table.One("Conv2d.same", () => nn.Conv2d(2, 3, 3, Padding.Same));
        table.One("Conv2d.pair_same", () => nn.Conv2d(2, 3, (3, 1), Padding.Same));
        table.One("Conv3d", () => nn.Conv3d(1, 2, 2));
        table.One("Conv3d.triple", () => nn.Conv3d(1, 2, (2, 1, 3), (1, 2, 1), (1, 0, 1)));
        table.One("Conv3d.same", () => nn.Conv3d(1, 2, 3, Padding.Same));
        table.One("Conv3d.triple_same", () => nn.Conv3d(1, 2, (3, 1, 3), Padding.Same));
        table.One("ConvTranspose1d", () => nn.ConvTranspose1d(3, 2, 3, 2, 1, 1));
        table.One("ConvTranspose1d.four", () => nn.ConvTranspose1d(3, 2, 4, 2, 1));
        table.One("ConvTranspose2d", () => nn.ConvTranspose2d(2, 3, 3, 2, 1, 1));
        table.One("ConvTranspose2d.pair", () => nn.ConvTranspose2d(2, 3, (3, 2), (2, 1)));
        table.One("GroupNorm", () => nn.GroupNorm(2, 4));
        table.One("GroupNorm.plain", () => nn.GroupNorm(2, 4, 1e-3, false));
        table.One("LayerNorm", () => nn.LayerNorm(4));
        table.One("LayerNorm.two", () => nn.LayerNorm([3L, 4L], 1e-3));
        table.One("LayerNorm.plain", () => nn.LayerNorm(4, elementwise_affine: false));
        foreach (string mode in new[] { "", ".eval" })
        {
            table.One("BatchNorm1d" + mode, () => nn.BatchNorm1d(3), mode.Length == 0);
            table.One("BatchNorm1d.sequence" + mode, () => nn.BatchNorm1d(3), mode.Length == 0);
            table.One("BatchNorm2d" + mode, () => nn.BatchNorm2d(3), mode.Length == 0);
        }

        table.One("BatchNorm1d.options", () => nn.BatchNorm1d(3, 1e-3, 0.3, false));
        table.One("BatchNorm2d.untracked", () => nn.BatchNorm2d(3, track_running_stats: false), train: false);
        table.One("InstanceNorm1d", () => nn.InstanceNorm1d(3, affine: true));
        table.One("InstanceNorm2d", () => nn.InstanceNorm2d(3));
        table.One("Embedding", () => nn.Embedding(5, 3));
        table.One("Embedding.padding", () => nn.Embedding(5, 3, 1));
    }

    private static Tensor Repadded(Modules.Conv1d convolution, Action<Modules.Conv1d> change, Tensor input)
    {
        change(convolution);
        return convolution.call(input);
    }
}

internal static class RecurrentModuleCases
{
    public static void Define(ModuleCaseTable table)
    {
        table.Of("LSTM", () => nn.LSTM(2, 3), (m, x) => m.call(x[0]));
        table.Of("LSTM.states", () => nn.LSTM(2, 3), (m, x) =>
        {
            m.flatten_parameters();
            return m.call(x[0], (x[1], x[2]));
        });
        table.Of("LSTM.layers", () => nn.LSTM(2, 3, 2, batchFirst: true), (m, x) => m.call(x[0], (x[1], x[2])));
        table.Of("LSTM.bidirectional", () => nn.LSTM(2, 3, bias: false, bidirectional: true), (m, x) => m.call(x[0]));
        table.Of("GRU", () => nn.GRU(2, 3), (m, x) => m.call(x[0]));
        table.Of("GRU.states", () => nn.GRU(2, 3), (m, x) =>
        {
            m.flatten_parameters();
            return m.call(x[0], x[1]);
        });
        table.Of("GRU.layers", () => nn.GRU(2, 3, 2, batchFirst: true), (m, x) => m.call(x[0], x[1]));
        table.Of("GRU.bidirectional", () => nn.GRU(2, 3, bias: false, bidirectional: true), (m, x) => m.call(x[0]));
        table.Of("RNN", () => nn.RNN(2, 3), (m, x) => m.call(x[0]));
        table.Of("RNN.states", () => nn.RNN(2, 3), (m, x) =>
        {
            m.flatten_parameters();
            return m.call(x[0], x[1]);
        });
        table.Of("RNN.layers", () => nn.RNN(2, 3, 2, batchFirst: true), (m, x) => m.call(x[0], x[1]));
        table.Of("RNN.bidirectional", () => nn.RNN(2, 3, bias: false, bidirectional: true), (m, x) => m.call(x[0]));
        table.Of("RNN.relu", () => nn.RNN(2, 3, nonLinearity: nn.NonLinearities.ReLU), (m, x) => m.call(x[0]));
        table.Of("LSTM.packed", () => nn.LSTM(2, 3), (m, x) => Unpacked(m.call(pack_padded_sequence(x[0], x[1], enforce_sorted: false))));
        table.Of("GRU.packed", () => nn.GRU(2, 3), (m, x) => Unpacked(m.call(pack_padded_sequence(x[0], x[1], enforce_sorted: false))));
        table.Of("GRU.sequences", () => nn.GRU(2, 3), (m, x) => Unpacked(m.call(pack_sequence([x[0], x[1]]))));
        table.Of("RNN.packed", () => nn.RNN(2, 3), (m, x) => Unpacked(m.call(pack_padded_sequence(x[0], x[1], enforce_sorted: false))));
        table.Of("LSTMCell", () => nn.LSTMCell(2, 3), (m, x) => m.call(x[0]));
        table.Of("LSTMCell.states", () => nn.LSTMCell(2, 3), (m, x) => m.call(x[0], (x[1], x[2])));
        table.Of("GRUCell", () => nn.GRUCell(2, 3), (m, x) => m.forward(x[0]));
        table.Of("GRUCell.states", () => nn.GRUCell(2, 3), (m, x) => m.forward(x[0], x[1]));
        table.Of("RNNCell", () => nn.RNNCell(2, 3), (m, x) => m.forward(x[0]));
        table.Of("RNNCell.states", () => nn.RNNCell(2, 3), (m, x) => m.forward(x[0], x[1]));
    }

    private static Outputs Unpacked((PackedSequence Output, Tensor Hidden, Tensor Cell) result)
    {
        (Tensor padded, Tensor lengths) = pad_packed_sequence(result.Output, padding_value: 0.5);
        return new[] { padded, lengths, result.Hidden, result.Cell };
    }

    private static Outputs Unpacked((PackedSequence Output, Tensor Hidden) result)
    {
        (Tensor padded, Tensor lengths) = pad_packed_sequence(result.Output, padding_value: 0.5);
        return new[] { padded, lengths, result.Hidden };
    }
}

internal static class AttentionModuleCases
{
    public static void Define(ModuleCaseTable table)
    {
        table.Of("MultiheadAttention", () => nn.MultiheadAttention(4, 2), (m, x) => m.call(x[0], x[1], x[2]));
        table.Of("MultiheadAttention.unweighted", () => nn.MultiheadAttention(4, 2), (m, x) => m.call(x[0], x[1], x[2], need_weights: false).Item1);
        table.Of("MultiheadAttention.masks", () => nn.MultiheadAttention(4, 2), (m, x) => m.call(x[0], x[0], x[0], x[2], attn_mask: x[1]));
        table.Of("MultiheadAttention.bias_mask", () => nn.MultiheadAttention(4, 2, bias: false), (m, x) => m.call(x[0], x[0], x[0], attn_mask: x[1]));
        table.Of("MultiheadAttention.dims", () => nn.MultiheadAttention(4, 2, kdim: 3, vdim: 2), (m, x) => m.call(x[0], x[1], x[2]));
        table.Of("MultiheadAttention.extra", () => nn.MultiheadAttention(4, 2, add_bias_kv: true, add_zero_attn: true), (m, x) => m.call(x[0], x[1], x[2]));
        table.Of("TransformerEncoderLayer", () => nn.TransformerEncoderLayer(4, 2, 6, 0), (m, x) => m.call(x[0]));
        table.Of("TransformerEncoderLayer.gelu", () => nn.TransformerEncoderLayer(4, 2, 6, 0, nn.Activations.GELU), (m, x) => m.call(x[0], x[1], x[2]));
        table.Of("TransformerEncoderLayer.mask", () => nn.TransformerEncoderLayer(4, 2, 6, 0), (m, x) => m.call(x[0], x[1]));
        table.Of("TransformerDecoderLayer", () => nn.TransformerDecoderLayer(4, 2, 6, 0), (m, x) => m.call(x[0], x[1]));
        table.Of("TransformerDecoderLayer.masks", () => nn.TransformerDecoderLayer(4, 2, 6, 0, nn.Activations.GELU), (m, x) => m.call(x[0], x[1], x[2]));
        table.Of("TransformerEncoder", () => nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, 0), 2), (m, x) => m.call(x[0]));
        table.Of("TransformerEncoder.mask", () => nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, 0), 2), (m, x) => m.call(x[0], x[1]));
        table.Of("TransformerDecoder", () => nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, 0), 2), (m, x) => m.call(x[0], x[1]));
        table.Of("TransformerDecoder.mask", () => nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, 0), 2), (m, x) => m.call(x[0], x[1], x[2]));
        table.Of("Transformer", () => nn.Transformer(4, 2, 1, 1, 6, 0), (m, x) => m.call(x[0], x[1]));
        table.Of("Transformer.mask", () => nn.Transformer(4, 2, 1, 1, 6, 0, nn.Activations.GELU), (m, x) => m.call(x[0], x[1], null!, x[2]));
    }
}

internal static class PlainModuleCases
{
    public static void Define(ModuleCaseTable table)
    {
        table.One("Identity", () => nn.Identity());
        table.One("MaxPool1d", () => nn.MaxPool1d(3, 2, 1));
        table.One("MaxPool2d", () => nn.MaxPool2d(2));
        table.One("MaxPool2d.pair", () => nn.MaxPool2d((3, 2), (2, 1), (1, 0), ceil_mode: true));
        table.Of("MaxPool1d.indices", () => nn.MaxPool1d(3, 2, 1), (m, x) => m.forward_with_indices(x[0]));
        table.Of("MaxPool2d.indices", () => nn.MaxPool2d(2), (m, x) => m.forward_with_indices(x[0]));
        table.Of("AdaptiveMaxPool2d.indices", () => nn.AdaptiveMaxPool2d([2L, 3L]), (m, x) => m.forward_with_indices(x[0]));
        table.One("MaxPool2d.arrays", () => nn.MaxPool2d([3L, 2L], [2L, 1L], [1L, 0L], ceil_mode: true));
        table.One("AvgPool1d", () => nn.AvgPool1d(3, 2, 1));
        table.One("AvgPool2d", () => nn.AvgPool2d(2));
        table.One("AvgPool2d.pair", () => nn.AvgPool2d((3, 2), (2, 1), (1, 0), count_include_pad: false));
        table.One("AvgPool2d.arrays", () => nn.AvgPool2d([3L, 2L], [2L, 1L], [1L, 0L], count_include_pad: false));
        table.One("AdaptiveAvgPool1d", () => nn.AdaptiveAvgPool1d(3));
        table.One("AdaptiveAvgPool2d", () => nn.AdaptiveAvgPool2d((2, 3)));
        table.One("AdaptiveAvgPool2d.array", () => nn.AdaptiveAvgPool2d([2L, 3L]));
        table.One("AdaptiveAvgPool2d.square", () => nn.AdaptiveAvgPool2d(2));
        table.One("AdaptiveMaxPool2d", () => nn.AdaptiveMaxPool2d([2L, 3L]));
        table.One("Upsample", () => nn.Upsample(scale_factor: [2.0, 2.0]));
        table.One("Upsample.bilinear", () => nn.Upsample([7L, 6L], mode: UpsampleMode.Bilinear, align_corners: false));
        table.One("PixelShuffle", () => nn.PixelShuffle(2));
        table.One("Flatten", () => nn.Flatten());
        table.One("Unflatten", () => nn.Unflatten(1, [3L, 2L]));
        table.One("ReLU", () => nn.ReLU());
        table.One("ReLU6", () => nn.ReLU6());
        table.One("LeakyReLU", () => nn.LeakyReLU(0.2));
        table.One("ELU", () => nn.ELU());
        table.One("ELU.alpha", () => nn.ELU(0.7));
        table.One("GELU", () => nn.GELU());
        table.One("SiLU", () => nn.SiLU());
        table.One("Mish", () => nn.Mish());
        table.One("Tanh", () => nn.Tanh());
        table.One("Sigmoid", () => nn.Sigmoid());
        table.One("Softplus", () => nn.Softplus());
        table.One("Softplus.beta", () => nn.Softplus(2, 3));
        table.One("Softmax", () => nn.Softmax(1));
        table.One("LogSoftmax", () => nn.LogSoftmax(1));
        table.One("Dropout", () => nn.Dropout(0.3));
        table.One("Dropout.eval", () => nn.Dropout(0.3), train: false);
        table.One("Dropout1d", () => nn.Dropout1d(0.3));
        table.One("Dropout2d", () => nn.Dropout2d(0.3));
        table.One("Sequential", () => nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)));
        table.One("Sequential.array", () => nn.Sequential(new nn.Module<Tensor, Tensor>[] { nn.Linear(4, 3), nn.Tanh() }));
        table.One("Sequential.enumerable", () => nn.Sequential(new List<nn.Module<Tensor, Tensor>> { nn.Linear(4, 3), nn.Tanh() }));
        table.One("Sequential.append", () => nn.Sequential().append(nn.Linear(4, 3)).append(nn.Tanh()));
        table.One("Sequential.named_append", () => nn.Sequential().append("first", nn.Linear(4, 3)).append("second", nn.Tanh()));
        table.One("Sequential.named_pairs", () => nn.Sequential(("first", nn.Linear(4, 3)), ("second", nn.Tanh())));
        table.One("Sequential.named_tuples", () => nn.Sequential(First(), Second()));
        table.One("Sequential.named_enumerable_pairs", () => nn.Sequential(new List<(string, nn.Module<Tensor, Tensor>)> { ("first", nn.Linear(4, 3)), ("second", nn.Tanh()) }));
        table.One("Sequential.named_enumerable_tuples", () => nn.Sequential(new List<Tuple<string, nn.Module<Tensor, Tensor>>> { First(), Second() }));
        table.Of("GELU.inplace", () => nn.GELU(true), (m, x) => m.call(x[0].clone()));
        table.One("GELU.tanh", () => nn.GELU(Modules.GELU.Approximate.tanh));
        table.Of("SiLU.inplace", () => nn.SiLU(true), (m, x) => m.call(x[0].clone()));
        table.Of("Mish.inplace", () => nn.Mish(true), (m, x) => m.call(x[0].clone()));
        table.Of("Tanh.inplace", () => nn.Tanh(true), (m, x) => m.call(x[0].clone()));
        table.Of("Sigmoid.inplace", () => nn.Sigmoid(true), (m, x) => m.call(x[0].clone()));
        table.Two("CosineSimilarity", () => nn.CosineSimilarity());
    }

    private static Tuple<string, nn.Module<Tensor, Tensor>> First() => Tuple.Create<string, nn.Module<Tensor, Tensor>>("first", nn.Linear(4, 3));

    private static Tuple<string, nn.Module<Tensor, Tensor>> Second() => Tuple.Create<string, nn.Module<Tensor, Tensor>>("second", nn.Tanh());
}

internal static class LossModuleCases
{
    public static void Define(ModuleCaseTable table)
    {
        foreach ((string name, nn.Reduction reduction) in new[] { ("mean", nn.Reduction.Mean), ("sum", nn.Reduction.Sum), ("none", nn.Reduction.None) })
        {
            table.Two($"MSELoss.{name}", () => nn.MSELoss(reduction));
            table.Two($"L1Loss.{name}", () => nn.L1Loss(reduction));
            table.Two($"SmoothL1Loss.{name}", () => nn.SmoothL1Loss(reduction, 0.7));
            table.Two($"HuberLoss.{name}", () => nn.HuberLoss(0.7, reduction));
            table.Two($"CrossEntropyLoss.{name}", () => nn.CrossEntropyLoss(reduction: reduction));
            table.Two($"NLLLoss.{name}", () => nn.NLLLoss(reduction: reduction));
            table.Two($"BCELoss.{name}", () => nn.BCELoss(reduction: reduction));
            table.Two($"BCEWithLogitsLoss.{name}", () => nn.BCEWithLogitsLoss(reduction: reduction));
            table.Two($"KLDivLoss.{name}", () => nn.KLDivLoss(reduction: reduction));
        }

        table.Two("CrossEntropyLoss.ignore", () => nn.CrossEntropyLoss(ignore_index: 1));
    }
}
