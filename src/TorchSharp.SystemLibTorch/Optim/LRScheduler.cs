namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static partial class lr_scheduler
            {
                /// <summary>Sets an optimizer's learning rates, one step (epoch) after another; the constructor already makes step 0.</summary>
                public abstract class LRScheduler
                {
                    protected int _step_count;

                    internal Optimizer _optimizer;
                    internal int _last_epoch = -1;
                    internal IList<double> _base_lrs = [];
                    internal IList<double> _last_lrs = [];

                    private readonly bool verbose;

                    protected LRScheduler()
                    {
                    }

                    protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                    {
                        ArgumentNullException.ThrowIfNull(optimizer);
                        _optimizer = optimizer;
                        _last_epoch = last_epoch;
                        this.verbose = verbose;
                        _base_lrs = optimizer.ParamGroups.Select(group => group.InitialLearningRate).ToList();
                        _last_lrs = optimizer.ParamGroups.Select(group => group.LearningRate).ToList();
                    }

                    public virtual void step() => step(null);

                    /// <summary>Goes to the next epoch, or to a given one by the closed form.</summary>
                    public virtual void step(int? epoch)
                    {
                        _step_count++;
                        _last_epoch = epoch ?? _last_epoch + 1;

                        // Evaluated once: get_lr may change the state of the scheduler and of the optimizer.
                        var rates = (epoch is null ? get_lr() : get_closed_form_lr()).ToList();
                        var i = 0;

                        foreach (var group in _optimizer.ParamGroups)
                        {
                            group.LearningRate = rates[i];
                            if (verbose && _last_lrs[i] != rates[i]) Console.WriteLine($"Adjusting learning rate to {rates[i]}");
                            _last_lrs[i] = rates[i];
                            i++;
                        }
                    }

                    public virtual void step(double current, int? epoch = null) => step(epoch);

                    public IEnumerable<double> get_last_lr() => _last_lrs;

                    protected virtual IEnumerable<double> get_lr() => _optimizer.ParamGroups.Select(group => group.LearningRate);

                    protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                    /// <summary>The present rates times a factor.</summary>
                    private protected IEnumerable<double> Scaled(double factor) => _optimizer.ParamGroups.Select(group => group.LearningRate * factor);

                    /// <summary>The initial rates times a factor.</summary>
                    private protected IEnumerable<double> Base(double factor) => _base_lrs.Select(rate => rate * factor);
                }
            }
        }
    }
}
