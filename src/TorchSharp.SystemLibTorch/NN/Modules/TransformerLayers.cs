namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>The sizes of a transformer layer.</summary>
        internal sealed record TransformerSizes(long Width, long Heads, long Hidden, double Dropout, nn.Activations Activation)
        {
            public Tensor Activate(Tensor hidden) =>
                Activation == nn.Activations.GELU ? nn.functional.gelu(hidden) : nn.functional.relu(hidden);
        }

        /// <summary>Self-attention and a two-layer network, each with a residual connection and layer normalization after it; (length, batch, width).</summary>
        public sealed class TransformerEncoderLayer : nn.Module<Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor, Tensor>
        {
            private readonly MultiheadAttention self_attn;
            private readonly Linear linear1;
            private readonly Dropout dropout;
            private readonly Linear linear2;
            private readonly LayerNorm norm1;
            private readonly LayerNorm norm2;
            private readonly Dropout dropout1;
            private readonly Dropout dropout2;

            internal TransformerEncoderLayer(TransformerSizes sizes) : base(nameof(TransformerEncoderLayer))
            {
                Sizes = sizes;
                self_attn = nn.MultiheadAttention(sizes.Width, sizes.Heads, sizes.Dropout);
                linear1 = nn.Linear(sizes.Width, sizes.Hidden);
                dropout = nn.Dropout(sizes.Dropout);
                linear2 = nn.Linear(sizes.Hidden, sizes.Width);
                norm1 = nn.LayerNorm(sizes.Width);
                norm2 = nn.LayerNorm(sizes.Width);
                dropout1 = nn.Dropout(sizes.Dropout);
                dropout2 = nn.Dropout(sizes.Dropout);
                RegisterComponents();
            }

            internal TransformerSizes Sizes { get; }

            public override Tensor forward(Tensor src) => call(src, null, null);

            public Tensor call(Tensor src, Tensor src_mask) => call(src, src_mask, null);

            public Tensor call(Tensor src, Tensor src_mask, Tensor src_key_padding_mask)
            {
                using var scope = NewDisposeScope();
                var attended = self_attn.call(src, src, src, src_key_padding_mask, false, src_mask).Item1;
                var x = norm1.forward(src.add(dropout1.forward(attended)));
                var hidden = linear2.forward(dropout.forward(Sizes.Activate(linear1.forward(x))));
                return norm2.forward(x.add(dropout2.forward(hidden))).MoveToOuterDisposeScope();
            }
        }

        /// <summary>Self-attention, attention to the memory and a two-layer network, each with a residual connection and layer normalization after it.</summary>
        public sealed class TransformerDecoderLayer : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>
        {
            private readonly MultiheadAttention self_attn;
            private readonly MultiheadAttention multihead_attn;
            private readonly Linear linear1;
            private readonly Dropout dropout;
            private readonly Linear linear2;
            private readonly LayerNorm norm1;
            private readonly LayerNorm norm2;
            private readonly LayerNorm norm3;
            private readonly Dropout dropout1;
            private readonly Dropout dropout2;
            private readonly Dropout dropout3;

            internal TransformerDecoderLayer(TransformerSizes sizes) : base(nameof(TransformerDecoderLayer))
            {
                Sizes = sizes;
                self_attn = nn.MultiheadAttention(sizes.Width, sizes.Heads, sizes.Dropout);
                multihead_attn = nn.MultiheadAttention(sizes.Width, sizes.Heads, sizes.Dropout);
                linear1 = nn.Linear(sizes.Width, sizes.Hidden);
                dropout = nn.Dropout(sizes.Dropout);
                linear2 = nn.Linear(sizes.Hidden, sizes.Width);
                norm1 = nn.LayerNorm(sizes.Width);
                norm2 = nn.LayerNorm(sizes.Width);
                norm3 = nn.LayerNorm(sizes.Width);
                dropout1 = nn.Dropout(sizes.Dropout);
                dropout2 = nn.Dropout(sizes.Dropout);
                dropout3 = nn.Dropout(sizes.Dropout);
                RegisterComponents();
            }

            internal TransformerSizes Sizes { get; }

            public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);

            public new Tensor call(
                Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null) =>
                base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

            public override Tensor forward(
                Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask, Tensor tgt_key_padding_mask, Tensor memory_key_padding_mask)
            {
                using var scope = NewDisposeScope();
                var attended = self_attn.call(tgt, tgt, tgt, tgt_key_padding_mask, false, tgt_mask).Item1;
                var x = norm1.forward(tgt.add(dropout1.forward(attended)));
                var recalled = multihead_attn.call(x, memory, memory, memory_key_padding_mask, false, memory_mask).Item1;
                x = norm2.forward(x.add(dropout2.forward(recalled)));
                var hidden = linear2.forward(dropout.forward(Sizes.Activate(linear1.forward(x))));
                return norm3.forward(x.add(dropout3.forward(hidden))).MoveToOuterDisposeScope();
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public enum Activations
            {
                ReLU = 0,
                GELU = 1,
            }

            public static Modules.TransformerEncoderLayer TransformerEncoderLayer(
                long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
                new(new(d_model, nhead, dim_feedforward, dropout, activation));

            public static Modules.TransformerDecoderLayer TransformerDecoderLayer(
                long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
                new(new(d_model, nhead, dim_feedforward, dropout, activation));
        }
    }
}
