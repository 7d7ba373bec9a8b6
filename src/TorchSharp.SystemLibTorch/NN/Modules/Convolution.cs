using TorchSharp.Utils;

namespace TorchSharp.Modules
{
    using static TorchSharp.torch;

    /// <summary>What all convolutions have in common: weight, bias, sizes and padding.</summary>
    public abstract class Convolution : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))]
        protected Parameter _weight;

        [ComponentName(Name = nameof(bias))]
        protected Parameter _bias;

        /// <summary>Padding as <c>functional.pad</c> takes it: last dimension first, before and after.</summary>
        protected long[] _reversed_padding_repeated_twice;

        protected Convolution(
            string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, Padding? padding_type, long[] dilation,
            bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device device = null, ScalarType? dtype = null)
            : base(name)
        {
            if (groups <= 0 || in_channels % groups != 0 || out_channels % groups != 0)
                throw new ArgumentException($"{name}: in_channels ({in_channels}) and out_channels ({out_channels}) must be divisible by groups ({groups}).", nameof(groups));
            if (transposed && padding_mode != PaddingModes.Zeros)
                throw new ArgumentException($"Only PaddingModes.Zeros is supported for {name}.", nameof(padding_mode));

            this.in_channels = in_channels;
            this.out_channels = out_channels;
            this.kernel_size = kernel_size;
            this.stride = stride;
            this.dilation = dilation;
            this.transposed = transposed;
            this.output_padding = output_padding;
            this.groups = groups;
            this.padding_mode = padding_mode;

            if (padding_type is { } type) SetPadding(type);
            else SetPadding(padding ?? new long[kernel_size.Length]);

            long[] shape = transposed ? [in_channels, out_channels / groups, .. kernel_size] : [out_channels, in_channels / groups, .. kernel_size];
            weight = new Parameter(empty(shape, dtype: dtype, device: device));
            if (bias) this.bias = new Parameter(empty([out_channels], dtype: dtype, device: device));
            reset_parameters();
        }

        public Parameter weight
        {
            get => _weight;
            set => ReplaceComponent(nameof(weight), ref _weight, value);
        }

        public Parameter bias
        {
            get => _bias;
            set => ReplaceComponent(nameof(bias), ref _bias, value);
        }

        public long in_channels { get; }

        public long out_channels { get; }

        public bool transposed { get; }

        public Padding? padding_type { get; private set; }

        public long[] padding { get; private set; }

        public PaddingModes padding_mode { get; set; }

        public long groups { get; set; }

        public long[] kernel_size { get; set; }

        public long[] stride { get; set; }

        public long[] dilation { get; set; }

        public long[] output_padding { get; set; }

        public void reset_parameters() => DefaultInit.WeightAndBias(_weight, _bias);

        public void SetPadding(long[] padding)
        {
            padding_type = null;
            this.padding = padding;
            _reversed_padding_repeated_twice = padding.Reverse().SelectMany(side => new[] { side, side }).ToArray();
        }

        public void SetPadding(Padding padding)
        {
            if (transposed) throw new ArgumentException("A transposed convolution cannot be padded 'same' or 'valid'.", nameof(padding));
            if (padding == Padding.Same && stride.Any(step => step != 1))
                throw new ArgumentException("padding='same' is not supported for strided convolutions", nameof(padding));

            padding_type = padding;
            this.padding = null;
            var dimensions = kernel_size.Length;
            _reversed_padding_repeated_twice = new long[2 * dimensions];
            if (padding == Padding.Valid) return;

            for (var i = 0; i < dimensions; i++)
            {
                var total = dilation[i] * (kernel_size[i] - 1);
                var before = total / 2;
                _reversed_padding_repeated_twice[2 * (dimensions - 1 - i)] = before;
                _reversed_padding_repeated_twice[2 * (dimensions - 1 - i) + 1] = total - before;
            }
        }

        /// <summary>Whether an input is (channels, ...) or (batch, channels, ...) with this many dimensions after the channels.</summary>
        protected bool ValidateShape(Tensor input, long dimensions)
        {
            var count = input.dim();
            return (count == dimensions + 2 && input.size(1) == in_channels) || (count == dimensions + 1 && input.size(0) == in_channels);
        }

        private protected void RequireShape(Tensor input, int dimensions)
        {
            if (ValidateShape(input, dimensions)) return;
            throw new ArgumentException(
                $"Expected {dimensions + 1}D (unbatched) or {dimensions + 2}D (batched) input with {in_channels} channels to {GetName()}, " +
                $"got [{string.Join(", ", input.shape)}].");
        }

        private protected Tensor Pad(Tensor input) => nn.functional.pad(input, _reversed_padding_repeated_twice, padding_mode);
    }

    /// <summary>A convolution's transpose. A given output size decides among those that the strides leave open.</summary>
    public abstract class ConvolutionTranspose : Convolution
    {
        protected ConvolutionTranspose(
            string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, Padding? padding_type, long[] dilation,
            bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device device = null, ScalarType? dtype = null)
            : base(name, in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, transposed, output_padding, groups, bias, padding_mode, device, dtype)
        {
        }

        public override Tensor forward(Tensor input) => forward(input, null);

        public abstract Tensor forward(Tensor input, long[] output_size);

        private protected long[] OutputPadding(Tensor input, long[] output_size)
        {
            if (output_size is null) return output_padding;

            var spatial = kernel_size.Length;
            var leading = (int)input.dim() - spatial;
            if (output_size.Length == leading + spatial) output_size = output_size[leading..];
            if (output_size.Length != spatial)
                throw new ArgumentException($"{GetName()}: for {input.dim()}D input, output_size must have {spatial} or {leading + spatial} elements (got {output_size.Length})", nameof(output_size));

            var chosen = new long[spatial];
            for (var i = 0; i < spatial; i++)
            {
                var smallest = (input.size(i + leading) - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel_size[i] - 1) + 1;
                var largest = smallest + stride[i] - 1;
                if (output_size[i] < smallest || output_size[i] > largest)
                    throw new ArgumentException($"Requested output size {output_size[i]} in dimension {i}, but valid sizes range from {smallest} to {largest}.", nameof(output_size));
                chosen[i] = output_size[i] - smallest;
            }

            return chosen;
        }
    }
}
