namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Copies of an encoder layer, one after another.</summary>
        public sealed class TransformerEncoder : nn.Module<Tensor, Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor>
        {
            private readonly ModuleList<TransformerEncoderLayer> layers;
            private readonly LayerNorm norm;

            internal TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers, LayerNorm norm = null) : base(nameof(TransformerEncoder))
            {
                layers = Copies.Of(encoder_layer, num_layers, layer => new TransformerEncoderLayer(layer.Sizes));
                this.norm = norm;
                RegisterComponents();
            }

            public Tensor call(Tensor src) => base.call(src, null, null);

            public Tensor call(Tensor src, Tensor src_mask) => base.call(src, src_mask, null);

            public override Tensor forward(Tensor src, Tensor src_mask, Tensor src_key_padding_mask)
            {
                using var scope = NewDisposeScope();
                var x = src;
                foreach (var layer in layers) x = layer.call(x, src_mask, src_key_padding_mask);
                if (norm is not null) x = norm.call(x);
                return (ReferenceEquals(x, src) ? src.alias() : x).MoveToOuterDisposeScope();
            }
        }

        /// <summary>Copies of a decoder layer, one after another.</summary>
        public sealed class TransformerDecoder : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>
        {
            private readonly ModuleList<TransformerDecoderLayer> layers;
            private readonly LayerNorm norm;

            internal TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers, LayerNorm norm = null) : base(nameof(TransformerDecoder))
            {
                layers = Copies.Of(decoder_layer, num_layers, layer => new TransformerDecoderLayer(layer.Sizes));
                this.norm = norm;
                RegisterComponents();
            }

            public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);

            public new Tensor call(
                Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null) =>
                base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

            public override Tensor forward(
                Tensor tgt, Tensor memory, Tensor tgt_mask, Tensor memory_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            {
                using var scope = NewDisposeScope();
                var x = tgt;
                foreach (var layer in layers) x = layer.call(x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
                if (norm is not null) x = norm.call(x);
                return (ReferenceEquals(x, tgt) ? tgt.alias() : x).MoveToOuterDisposeScope();
            }
        }

        /// <summary>Encoder and decoder, each with a final layer normalization (Vaswani et al. 2017).</summary>
        public sealed class Transformer : nn.Module<Tensor, Tensor, Tensor>
        {
            private readonly TransformerEncoder encoder;
            private readonly TransformerDecoder decoder;

            internal Transformer(TransformerSizes sizes, long num_encoder_layers, long num_decoder_layers) : base(nameof(Transformer))
            {
                using (var layer = new TransformerEncoderLayer(sizes))
                    encoder = new TransformerEncoder(layer, num_encoder_layers, nn.LayerNorm(sizes.Width));
                using (var layer = new TransformerDecoderLayer(sizes))
                    decoder = new TransformerDecoder(layer, num_decoder_layers, nn.LayerNorm(sizes.Width));
                RegisterComponents();

                foreach (var parameter in parameters())
                {
                    if (parameter.dim() > 1) nn.init.xavier_uniform_(parameter);
                }
            }

            public override Tensor forward(Tensor src, Tensor tgt) => call(src, tgt, null);

            public Tensor call(
                Tensor src, Tensor tgt, Tensor src_mask, Tensor tgt_mask = null, Tensor memory_mask = null,
                Tensor src_key_padding_mask = null, Tensor tgt_key_padding_mask = null, Tensor memory_key_padding_mask = null)
            {
                using var memory = encoder.call(src, src_mask, src_key_padding_mask);
                return decoder.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
            }
        }

        internal static class Copies
        {
            /// <summary>Modules with the same values as one of them. Like Python's deepcopy this draws no random numbers.</summary>
            public static ModuleList<T> Of<T>(T original, long count, Func<T, T> construct) where T : nn.Module
            {
                using var random = get_rng_state();
                var copies = new ModuleList<T>();

                for (long i = 0; i < count; i++)
                {
                    var copy = construct(original);
                    copy.load_state_dict(original.state_dict());
                    copy.train(original.training);
                    copies.Add(copy);
                }

                set_rng_state(random);
                return copies;
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.TransformerEncoder TransformerEncoder(Modules.TransformerEncoderLayer encoder_layer, long num_layers) =>
                new(encoder_layer, num_layers);

            public static Modules.TransformerDecoder TransformerDecoder(Modules.TransformerDecoderLayer decoder_layer, long num_layers) =>
                new(decoder_layer, num_layers);

            public static Modules.Transformer Transformer(
                long d_model = 512, long nhead = 8, long num_encoder_layers = 6, long num_decoder_layers = 6, long dim_feedforward = 2048,
                double dropout = 0.1, Activations activation = Activations.ReLU) =>
                new(new(d_model, nhead, dim_feedforward, dropout, activation), num_encoder_layers, num_decoder_layers);
        }
    }
}
