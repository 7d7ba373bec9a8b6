using BehaviorCloning.Engine;

namespace BehaviorCloning.Sensing;

/// <summary>Random changes of light and color of a whole frame: c becomes gain(channel) * c ^ gamma + offset(channel), c from 0 to 1.</summary>
public sealed record LightChange
{
    /// <summary>Each channel's gain is drawn from 1 minus this to 1. Default 0.6: darker rooms and colored lamps.</summary>
    public double Gain { get; init; } = 0.6;

    /// <summary>Gamma is drawn from 1 / (1 + this) to 1 + this, evenly in its logarithm. Default 0.5.</summary>
    public double Gamma { get; init; } = 0.5;

    /// <summary>Each channel's offset is drawn from 0 to this. Default 0.15: haze.</summary>
    public double Offset { get; init; } = 0.15;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(Gain is >= 0 and < 1)) yield return $"{nameof(Gain)} {Gain} must be from 0 to below 1.";
        if (!(Gamma is >= 0 and <= 4)) yield return $"{nameof(Gamma)} {Gamma} must be 0 to 4.";
        if (!(Offset is >= 0 and < 1)) yield return $"{nameof(Offset)} {Offset} must be from 0 to below 1.";
    }

    /// <summary>Changes a frame in place.</summary>
    /// <param name="frame">Bytes, 3 channels a pixel.</param>
    /// <param name="random">Draws the change.</param>
    public void Apply(Span<byte> frame, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double gamma = Math.Exp(((2 * random.NextUniform()) - 1) * Math.Log(1 + Gamma));
        Span<byte> table = stackalloc byte[3 * 256];
        for (int channel = 0; channel < 3; channel++)
        {
            double gain = 1 - (Gain * random.NextUniform()), offset = Offset * random.NextUniform();
            for (int value = 0; value < 256; value++)
                table[(256 * channel) + value] = (byte)Math.Clamp(Math.Round(255 * ((gain * Math.Pow(value / 255.0, gamma)) + offset)), 0, 255);
        }

        for (int i = 0; i < frame.Length; i++) frame[i] = table[(256 * (i % 3)) + frame[i]];
    }
}
