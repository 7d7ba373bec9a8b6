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
                    /// <summary>Up to a highest rate and down to a very low one in a given number of steps (Smith and Topin 2017).</summary>
                    public class OneCycleLR : LRScheduler
                    {
                        public enum AnnealStrategy
                        {
                            Cos,
                            Linear,
                        }

                        private readonly record struct Phase(double End, IList<double> From, IList<double> To, bool RaisesMomentum);

                        private readonly AnnealStrategy strategy;
                        private readonly bool cycles_momentum;
                        private readonly int steps;
                        private readonly Phase[] phases;
                        private readonly List<double> low_momentum;
                        private readonly List<double> high_momentum;

                        public OneCycleLR(
                            Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                            AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95,
                            double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                            : this(
                                optimizer, Each(optimizer, max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                                Each(optimizer, base_momentum), Each(optimizer, max_momentum), div_factor, final_div_factor, three_phase, last_epoch, verbose)
                        {
                        }

                        public OneCycleLR(
                            Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                            AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double> base_momentum = null,
                            IEnumerable<double> max_momentum = null, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false,
                            int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            if (cycle_momentum && optimizer is not (IMomentum or IBetas))
                                throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled", nameof(optimizer));
                            if (pct_start is < 0 or > 1) throw new ArgumentException($"Expected float between 0 and 1 for pct_start, but got {pct_start}", nameof(pct_start));
                            if (total_steps == -1 && (epochs == -1 || steps_per_epoch == -1))
                                throw new ArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)");

                            steps = total_steps == -1 ? epochs * steps_per_epoch : total_steps;
                            if (steps <= 0) throw new ArgumentException($"Expected a positive number of steps, but got {steps}");

                            strategy = anneal_strategy;
                            cycles_momentum = cycle_momentum;
                            low_momentum = (base_momentum ?? Each(optimizer, 0.85)).ToList();
                            high_momentum = (max_momentum ?? Each(optimizer, 0.95)).ToList();

                            var highest = max_lr.ToList();
                            var first = highest.ConvertAll(rate => rate / div_factor);
                            var last = first.ConvertAll(rate => rate / final_div_factor);
                            var up = new Phase(pct_start * steps - 1, first, highest, RaisesMomentum: false);
                            phases = three_phase
                                ? [up, new Phase(2 * pct_start * steps - 2, highest, first, RaisesMomentum: true), new Phase(steps - 1, first, last, RaisesMomentum: true)]
                                : [up, new Phase(steps - 1, highest, last, RaisesMomentum: true)];

                            step();
                        }

                        protected override IEnumerable<double> get_lr()
                        {
                            if (_last_epoch > steps)
                                throw new InvalidOperationException($"Tried to step {_last_epoch + 1} times. The specified number of total steps is {steps}");

                            var index = Array.FindIndex(phases, phase => _last_epoch <= phase.End);
                            if (index < 0) index = phases.Length - 1;
                            var start = index == 0 ? 0 : phases[index - 1].End;
                            var phase = phases[index];
                            var share = (_last_epoch - start) / (phase.End - start);

                            // The last of three phases lowers the rate and leaves the momentum at its highest.
                            var steady = index == 2;
                            var i = 0;

                            foreach (var group in _optimizer.ParamGroups)
                            {
                                if (cycles_momentum)
                                {
                                    var (from, to) = phase.RaisesMomentum ? (low_momentum[i], high_momentum[i]) : (high_momentum[i], low_momentum[i]);
                                    SetMomentum(group, Anneal(steady ? to : from, to, share));
                                }

                                yield return Anneal(phase.From[i], phase.To[i], share);
                                i++;
                            }
                        }

                        private double Anneal(double from, double to, double share) => strategy == AnnealStrategy.Cos
                            ? to + (from - to) / 2.0 * (Math.Cos(Math.PI * share) + 1)
                            : (to - from) * share + from;
                    }

                    /// <summary>Up and down between two rates, again and again (Smith 2015).</summary>
                    public class CyclicLR : LRScheduler
                    {
                        public enum Mode
                        {
                            Triangular,
                            Triangular2,
                            ExpRange,
                        }

                        public enum ScaleMode
                        {
                            Cycle,
                            Iterations,
                        }

                        private readonly double period;
                        private readonly double rising_share;
                        private readonly List<double> highest;
                        private readonly Func<double, double> scale;
                        private readonly ScaleMode scale_by;
                        private readonly bool cycles_momentum;
                        private readonly List<double> low_momentum;
                        private readonly List<double> high_momentum;

                        public CyclicLR(
                            Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular,
                            double gamma = 1.0, Func<double, double> scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true,
                            double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false)
                            : this(
                                optimizer, Each(optimizer, base_lr), Each(optimizer, max_lr), step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode,
                                cycle_momentum, Each(optimizer, base_momentum), Each(optimizer, max_momentum), last_epoch, verbose)
                        {
                        }

                        public CyclicLR(
                            Optimizer optimizer, IEnumerable<double> base_lr, IEnumerable<double> max_lr, int step_size_up = 2000, int step_size_down = -1,
                            Mode mode = Mode.Triangular, double gamma = 1.0, Func<double, double> scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle,
                            bool cycle_momentum = true, IEnumerable<double> base_momentum = null, IEnumerable<double> max_momentum = null,
                            int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            if (cycle_momentum && optimizer is not IMomentum)
                                throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled", nameof(optimizer));

                            period = step_size_up + (step_size_down == -1 ? step_size_up : step_size_down);
                            rising_share = step_size_up / period;
                            _base_lrs = base_lr.ToList();
                            highest = max_lr.ToList();
                            cycles_momentum = cycle_momentum;
                            low_momentum = (base_momentum ?? Each(optimizer, 0.8)).ToList();
                            high_momentum = (max_momentum ?? Each(optimizer, 0.9)).ToList();

                            // PyTorch scales an exponential range by the iteration, the two triangles by the cycle.
                            scale_by = scale_fn is not null ? scale_mode : mode == Mode.ExpRange ? ScaleMode.Iterations : ScaleMode.Cycle;
                            scale = scale_fn ?? mode switch
                            {
                                Mode.Triangular2 => cycle => 1 / Math.Pow(2, cycle - 1),
                                Mode.ExpRange => iteration => Math.Pow(gamma, iteration),
                                _ => _ => 1,
                            };

                            step();
                        }

                        protected override IEnumerable<double> get_lr()
                        {
                            var cycle = Math.Floor(1 + _last_epoch / period);
                            var x = 1 + _last_epoch / period - cycle;
                            var height = (x <= rising_share ? x / rising_share : (x - 1) / (rising_share - 1)) * scale(scale_by == ScaleMode.Cycle ? cycle : _last_epoch);
                            var i = 0;

                            foreach (var group in _optimizer.ParamGroups)
                            {
                                if (cycles_momentum) SetMomentum(group, high_momentum[i] - (high_momentum[i] - low_momentum[i]) * height);
                                yield return _base_lrs[i] + (highest[i] - _base_lrs[i]) * height;
                                i++;
                            }
                        }
                    }

                    private static IEnumerable<double> Each(Optimizer optimizer, double value) => optimizer.ParamGroups.Select(_ => value);

                    private static void SetMomentum(ILearningRateController group, double momentum)
                    {
                        if (group is IBetas betas) betas.Betas = (momentum, betas.Betas.Item2);
                        else if (group is IMomentum plain) plain.Momentum = momentum;
                    }
                }
            }
        }
    }
}
