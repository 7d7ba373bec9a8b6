namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static partial class lr_scheduler
            {
                public static partial class impl
                {
                    /// <summary>One scheduler after another; each starts at its milestone from its own epoch 0.</summary>
                    public class SequentialLR : LRScheduler
                    {
                        private readonly LRScheduler[] schedulers;
                        private readonly int[] milestones;

                        public SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1)
                            : base(optimizer, last_epoch + 1)
                        {
                            this.schedulers = schedulers.ToArray();
                            this.milestones = milestones.ToArray();

                            if (this.schedulers.Any(scheduler => !ReferenceEquals(scheduler._optimizer, optimizer)))
                                throw new ArgumentException("The SequentialLR scheduler expects all its sub-schedulers to be bound to the same optimizer.", nameof(schedulers));
                            if (this.milestones.Length != this.schedulers.Length - 1)
                                throw new ArgumentException($"The SequentialLR scheduler expects one scheduler more than milestones, got {this.schedulers.Length} and {this.milestones.Length}.", nameof(milestones));

                            // Each scheduler has made its own step 0 already: undo these, and make the first one's alone.
                            foreach (var group in optimizer.ParamGroups) group.LearningRate = group.InitialLearningRate;
                            foreach (var scheduler in this.schedulers) scheduler._last_epoch--;
                            this.schedulers[0].step();
                            _last_lrs = this.schedulers[0]._last_lrs.ToList();
                        }

                        protected override IEnumerable<double> get_lr()
                        {
                            var reached = milestones.Count(milestone => milestone <= _last_epoch);
                            if (reached > 0 && milestones[reached - 1] == _last_epoch) schedulers[reached].step(0);
                            else schedulers[reached].step();
                            return Scaled(1);
                        }
                    }

                    /// <summary>Several schedulers at once, each changing what the one before left.</summary>
                    public class ChainedLR : LRScheduler
                    {
                        private readonly List<LRScheduler> schedulers;

                        public ChainedLR(IEnumerable<LRScheduler> schedulers)
                        {
                            this.schedulers = schedulers.ToList();
                            _last_lrs = this.schedulers[^1].get_last_lr().ToList();
                        }

                        public override void step()
                        {
                            foreach (var scheduler in schedulers) scheduler.step();
                            _last_lrs = schedulers[^1].get_last_lr().ToList();
                        }
                    }

                    /// <summary>Reduces the rate when a metric has not improved for a number of epochs.</summary>
                    public class ReduceLROnPlateau : LRScheduler
                    {
                        private readonly bool minimizes;
                        private readonly bool relative;
                        private readonly double factor;
                        private readonly double threshold;
                        private readonly double eps;
                        private readonly int patience;
                        private readonly int cooldown;
                        private readonly IList<double> lowest;
                        private double best;
                        private int bad_epochs;
                        private int cooling;

                        public ReduceLROnPlateau(
                            Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel",
                            int cooldown = 0, IList<double> min_lr = null, double eps = 1e-8, bool verbose = false)
                            : base(optimizer, -1, verbose)
                        {
                            if (factor >= 1.0) throw new ArgumentException("Factor should be < 1.0", nameof(factor));
                            if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown!", nameof(mode));
                            if (threshold_mode is not ("rel" or "abs")) throw new ArgumentException($"threshold mode {threshold_mode} is unknown!", nameof(threshold_mode));

                            minimizes = mode == "min";
                            relative = threshold_mode == "rel";
                            this.factor = factor;
                            this.patience = patience;
                            this.threshold = threshold;
                            this.cooldown = cooldown;
                            this.eps = eps;
                            lowest = min_lr is { Count: > 1 } ? min_lr : Enumerable.Repeat(min_lr is { Count: 1 } ? min_lr[0] : 0.0, _base_lrs.Count).ToList();
                            best = minimizes ? double.PositiveInfinity : double.NegativeInfinity;
                        }

                        public override void step(double current, int? epoch = null)
                        {
                            _last_epoch = epoch ?? _last_epoch + 1;

                            if (IsBetter(current))
                            {
                                best = current;
                                bad_epochs = 0;
                            }
                            else
                            {
                                bad_epochs++;
                            }

                            if (cooling > 0)
                            {
                                cooling--;
                                bad_epochs = 0;
                            }

                            if (bad_epochs > patience)
                            {
                                Reduce();
                                cooling = cooldown;
                                bad_epochs = 0;
                            }

                            _last_lrs = _optimizer.ParamGroups.Select(group => group.LearningRate).ToList();
                        }

                        public override void step() =>
                            throw new InvalidOperationException("step() should not be used with the ReduceLROnPlateau scheduler. Use step(double, int?), instead.");

                        public override void step(int? epoch) =>
                            throw new InvalidOperationException("step(int?) should not be used with the ReduceLROnPlateau scheduler. Use step(double, int?), instead.");

                        private bool IsBetter(double value) => (minimizes, relative) switch
                        {
                            (true, true) => value < best * (1 - threshold),
                            (true, false) => value < best - threshold,
                            (false, true) => value > best * (1 + threshold),
                            (false, false) => value > best + threshold,
                        };

                        private void Reduce()
                        {
                            var i = 0;

                            foreach (var group in _optimizer.ParamGroups)
                            {
                                var reduced = Math.Max(group.LearningRate * factor, lowest[i++]);
                                if (group.LearningRate - reduced > eps) group.LearningRate = reduced;
                            }
                        }
                    }
                }
            }
        }
    }
}
