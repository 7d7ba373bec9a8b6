namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class utils
            {
                public static partial class rnn
                {
                    private static readonly Operator Pack = new("_pack_padded_sequence");
                    private static readonly Operator Pad = new("_pad_packed_sequence");
                    private static readonly Operator PadSequence = new("pad_sequence");

                    /// <summary>Sequences of several lengths, longest first, as one batch without padding: all first steps, then all second steps and so on.</summary>
                    public sealed class PackedSequence : IDisposable
                    {
                        public readonly Tensor data;
                        public readonly Tensor batch_sizes;
                        public readonly Tensor sorted_indices;
                        public readonly Tensor unsorted_indices;

                        internal PackedSequence(Tensor data, Tensor batch_sizes, Tensor sorted_indices, Tensor unsorted_indices)
                        {
                            this.data = data;
                            this.batch_sizes = batch_sizes;
                            this.sorted_indices = sorted_indices;
                            this.unsorted_indices = unsorted_indices;
                            foreach (var part in Parts) part.DetachFromDisposeScope();
                        }

                        internal long BatchSize
                        {
                            get
                            {
                                using var first = batch_sizes.select(0, 0);
                                return first.ToInt64();
                            }
                        }

                        private IEnumerable<Tensor> Parts => new[] { data, batch_sizes, sorted_indices, unsorted_indices }.Where(part => part is not null);

                        internal PackedSequence WithData(Tensor other) =>
                            new(other, batch_sizes.alias(), sorted_indices?.alias(), unsorted_indices?.alias());

                        internal Tensor Sort(Tensor state) => sorted_indices is null ? state : state.index_select(1, sorted_indices);

                        internal Tensor Unsort(Tensor state) => unsorted_indices is null ? state : state.index_select(1, unsorted_indices);

                        public void Dispose()
                        {
                            foreach (var part in Parts) part.Dispose();
                        }

                        public PackedSequence DetachFromDisposeScope() => this;

                        public PackedSequence MoveToOuterDisposeScope() => this;
                    }

                    public static PackedSequence pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first = false, bool enforce_sorted = true)
                    {
                        using var scope = NewDisposeScope();
                        var counts = lengths.cpu().to(ScalarType.Int64);
                        if (enforce_sorted)
                        {
                            var (sorted_data, sorted_sizes) = Pack.Call2(input, counts, batch_first);
                            return new PackedSequence(sorted_data, sorted_sizes, null, null);
                        }

                        var (sorted, order) = counts.sort(0, descending: true);
                        order = order.to(input.device);
                        var unsorted = empty_like(order).scatter_(0, order, arange(order.numel(), dtype: ScalarType.Int64, device: order.device));
                        var (data, sizes) = Pack.Call2(input.index_select(batch_first ? 0 : 1, order), sorted, batch_first);
                        return new PackedSequence(data, sizes, order, unsorted);
                    }

                    public static (Tensor, Tensor) pad_packed_sequence(
                        PackedSequence sequence, bool batch_first = false, double padding_value = 0.0, long? total_length = null)
                    {
                        using var scope = NewDisposeScope();
                        var (padded, lengths) = Pad.Call2(sequence.data, sequence.batch_sizes, batch_first, padding_value, total_length ?? -1);

                        if (sequence.unsorted_indices is { } unsorted)
                        {
                            padded = padded.index_select(batch_first ? 0 : 1, unsorted);
                            lengths = lengths.index_select(0, unsorted.cpu());
                        }

                        return (padded.MoveToOuterDisposeScope(), lengths.MoveToOuterDisposeScope());
                    }

                    public static Tensor pad_sequence(IEnumerable<Tensor> sequences, bool batch_first = false, double padding_value = 0.0) =>
                        PadSequence.Call(sequences.ToArray(), batch_first, padding_value);

                    public static PackedSequence pack_sequence(IEnumerable<Tensor> sequences, bool enforce_sorted = true)
                    {
                        using var scope = NewDisposeScope();
                        var list = sequences.ToArray();
                        var lengths = torch.tensor(Array.ConvertAll(list, sequence => sequence.size(0)));
                        return pack_padded_sequence(pad_sequence(list), lengths, enforce_sorted: enforce_sorted);
                    }
                }
            }
        }
    }
}
