using System.Globalization;
using System.Text;

namespace TorchSharp;

public enum TensorStringStyle
{
    Metadata,
    Julia,
    Numpy,
    CSharp,
    Default,
}

public static partial class torch
{
    private static TensorStringStyle stringStyle = TensorStringStyle.Julia;
    private static string floatFormat = "g5";
    private static string newLine = Environment.NewLine;
    private static int maxRows = 6;
    private static int maxColumns = 6;

    public static TensorStringStyle TensorStringStyle
    {
        get => stringStyle;

        set
        {
            if (value == TensorStringStyle.Default)
                throw new ArgumentException("The style cannot be set to 'Default'");
            stringStyle = value;
        }
    }

    public static void set_printoptions(int precision, int? linewidth = null, string? newLine = null, bool sci_mode = false, int? maxRows = null, int? maxColumns = null)
        => set_printoptions(null, sci_mode ? $"E{precision}" : $"F{precision}", linewidth, newLine, maxRows, maxColumns);

    public static void set_printoptions(TensorStringStyle? style = null, string? floatFormat = null, int? linewidth = null, string? newLine = null, int? maxRows = null, int? maxColumns = null)
    {
        if (style is { } wanted)
            TensorStringStyle = wanted;
        torch.floatFormat = floatFormat ?? torch.floatFormat;
        torch.newLine = newLine ?? torch.newLine;
        torch.maxRows = maxRows ?? torch.maxRows;
        torch.maxColumns = maxColumns ?? torch.maxColumns;
    }

    public partial class Tensor
    {
        public override string ToString() => ToString(TensorStringStyle.Metadata);

        public string ToString(bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
            => ToString(disamb ? TensorStringStyle.Julia : TensorStringStyle.Metadata, fltFormat, width, cultureInfo, newLine);

        public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
        {
            if (IsInvalid)
                return "<invalid tensor>";
            if (style == TensorStringStyle.Default)
                style = stringStyle;
            var text = new StringBuilder();
            if (style is TensorStringStyle.Metadata or TensorStringStyle.Julia)
                text.Append($"[{string.Join('x', shape)}], type = {dtype}, device = {device}");
            if (style == TensorStringStyle.Metadata)
                return text.ToString();
            if (style == TensorStringStyle.CSharp)
                text.Append($"{dtype}[{string.Join(", ", shape)}] ");
            using var values = detach().cpu();
            var writer = new ValueWriter(text, fltFormat ?? floatFormat, cultureInfo ?? CultureInfo.InvariantCulture, newLine ?? torch.newLine, style);
            if (style == TensorStringStyle.Julia && values.dim() > 0)
                text.Append(newLine ?? torch.newLine);
            else if (style == TensorStringStyle.Julia)
                text.Append(", value = ");
            writer.Write(values, 0);
            return text.ToString();
        }

        /// <summary>Writes values as nested lists; long dimensions are cut in the middle.</summary>
        private sealed class ValueWriter(StringBuilder text, string format, CultureInfo culture, string newLine, TensorStringStyle style)
        {
            public void Write(Tensor values, int depth)
            {
                if (values.dim() == 0)
                {
                    text.Append(Format(values.ToScalar()));
                    return;
                }
                var (open, close, comma) = style == TensorStringStyle.CSharp ? ("{", "}", ",") : ("[", "]", style == TensorStringStyle.Numpy ? "," : "");
                var innermost = values.dim() == 1;
                var shown = Math.Max(2, innermost ? maxColumns : maxRows);
                var size = values.size(0);
                text.Append(open);
                for (long i = 0; i < size; i++)
                {
                    if (i > 0)
                        text.Append(comma).Append(innermost ? " " : newLine + new string(' ', depth + 1));
                    if (size > shown && i == shown / 2)
                    {
                        text.Append("...").Append(innermost ? " " : newLine + new string(' ', depth + 1));
                        i = size - (shown - shown / 2);
                    }
                    using var part = values[i];
                    Write(part, depth + 1);
                }
                text.Append(close);
            }

            private string Format(Scalar value) => value.Type switch
            {
                ScalarType.Bool => value.ToBoolean() ? "true" : "false",
                ScalarType.Float64 => value.ToDouble().ToString(format, culture),
                ScalarType.ComplexFloat64 => value.ToComplexFloat64().ToString(format, culture),
                _ => value.ToInt64().ToString(culture),
            };
        }
    }
}
