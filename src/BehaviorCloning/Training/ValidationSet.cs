using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>Held-out windows, spread evenly over their episodes, always the same and always with the same noise, so that two losses differ by the weights alone.</summary>
internal sealed class ValidationSet : IDisposable
{
    private readonly WindowReader reader;
    private readonly long count;
    private readonly TrainingBatch full;
    private readonly TrainingBatch? rest;
    private readonly TrainingBatch? fullOnDevice, restOnDevice;
    private readonly Device device;

    public ValidationSet(WindowReader reader, int maximumWindows, int batchSize, Device device)
    {
        this.reader = reader;
        this.device = device;
        count = Math.Min(maximumWindows, reader.Windows.Count);
        int size = (int)Math.Min(batchSize, count), remaining = (int)(count % size);
        bool copies = device.type != DeviceType.CPU;
        full = reader.CreateBatch(size);
        if (copies) fullOnDevice = reader.CreateBatch(size, device);
        if (remaining == 0) return;
        rest = reader.CreateBatch(remaining);
        if (copies) restOnDevice = reader.CreateBatch(remaining, device);
    }

    /// <summary>The mean loss over the windows. The network is in evaluation mode already.</summary>
    public double Loss(PolicyNetwork network, Accelerator accelerator, ulong noiseSeed)
    {
        using IDisposable noGrad = no_grad();
        using var noise = new Generator(noiseSeed, device);
        double sum = 0;
        for (long start = 0; start < count;)
        {
            bool isRest = count - start < full.Size;
            TrainingBatch batch = isRest ? rest! : full;
            for (int sample = 0; sample < batch.Size; sample++) reader.Read(batch, sample, (long)((Int128)(start + sample) * reader.Windows.Count / count));
            start += batch.Size;
            TrainingBatch? onDevice = isRest ? restOnDevice : fullOnDevice;
            onDevice?.CopyFrom(batch);
            using DisposeScope scope = NewDisposeScope();
            using IDisposable? precision = accelerator.EnterPrecision();
            LossReport loss = network.Loss((onDevice ?? batch).Features, (onDevice ?? batch).Target, noise);
            sum += (double)loss.Total.ToSingle() * batch.Size;
        }

        return sum / count;
    }

    public void Dispose()
    {
        full.Dispose();
        rest?.Dispose();
        fullOnDevice?.Dispose();
        restOnDevice?.Dispose();
    }
}
