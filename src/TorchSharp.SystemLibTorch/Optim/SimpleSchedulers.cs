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
                    /// <summary>The initial rate times a function of the epoch.</summary>
                    public class LambdaLR : LRScheduler
                    {
                        private readonly List<Func<int, double>> factors;

                        public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                            : this(optimizer, Enumerable.Repeat(lr_lambda, optimizer.ParamGroups.Count()), last_epoch, verbose)
                        {
                        }

                        public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            factors = lr_lambdas.ToList();
                            step();
                        }

                        protected override IEnumerable<double> get_lr() => _base_lrs.Select((rate, i) => rate * factors[i](_last_epoch));
                    }

                    /// <summary>Each epoch the rate times a function of the epoch.</summary>
                    public class MultiplicativeLR : LRScheduler
                    {
                        private readonly List<Func<int, double>> factors;

                        public MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                            : this(optimizer, Enumerable.Repeat(lr_lambda, optimizer.ParamGroups.Count()), last_epoch, verbose)
                        {
                        }

                        public MultiplicativeLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            factors = lr_lambdas.ToList();
                            step();
                        }

                        protected override IEnumerable<double> get_lr() =>
                            _optimizer.ParamGroups.Select((group, i) => _last_epoch > 0 ? group.LearningRate * factors[i](_last_epoch) : group.LearningRate);
                    }

                    /// <summary>Times gamma every so many epochs.</summary>
                    public class StepLR : LRScheduler
                    {
                        private readonly int step_size;
                        private readonly double gamma;

                        public StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            this.step_size = step_size;
                            this.gamma = gamma;
                            step();
                        }

                        protected override IEnumerable<double> get_lr() => Scaled(_last_epoch == 0 || _last_epoch % step_size != 0 ? 1 : gamma);

                        protected override IEnumerable<double> get_closed_form_lr() => Base(Math.Pow(gamma, _last_epoch / step_size));
                    }

                    /// <summary>Times gamma at each milestone.</summary>
                    public class MultiStepLR : LRScheduler
                    {
                        private readonly IList<int> milestones;
                        private readonly double gamma;

                        public MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            this.milestones = milestones;
                            this.gamma = gamma;
                            step();
                        }

                        // A milestone named twice counts twice, as in PyTorch.
                        protected override IEnumerable<double> get_lr() => Scaled(Math.Pow(gamma, milestones.Count(epoch => epoch == _last_epoch)));

                        protected override IEnumerable<double> get_closed_form_lr() => Base(Math.Pow(gamma, milestones.Count(epoch => epoch <= _last_epoch)));
                    }

                    /// <summary>(1 - epoch / total) to a power.</summary>
                    public class PolynomialLR : LRScheduler
                    {
                        private readonly double total_iters;
                        private readonly double power;

                        public PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1.0, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            this.total_iters = total_iters;
                            this.power = power;
                            step();
                        }

                        protected override IEnumerable<double> get_lr() => Scaled(
                            _last_epoch == 0 || _last_epoch > total_iters
                                ? 1
                                : Math.Pow((1 - _last_epoch / total_iters) / (1 - (_last_epoch - 1) / total_iters), power));

                        protected override IEnumerable<double> get_closed_form_lr() =>
                            Base(Math.Pow(1 - Math.Min(total_iters, _last_epoch) / total_iters, power));
                    }

                    /// <summary>Times gamma every epoch.</summary>
                    public class ExponentialLR : LRScheduler
                    {
                        private readonly double gamma;

                        public ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            this.gamma = gamma;
                            step();
                        }

                        protected override IEnumerable<double> get_lr() => Scaled(_last_epoch == 0 ? 1 : gamma);

                        protected override IEnumerable<double> get_closed_form_lr() => Base(Math.Pow(gamma, _last_epoch));
                    }

                    /// <summary>A factor for the first epochs.</summary>
                    public class ConstantLR : LRScheduler
                    {
                        private readonly double factor;
                        private readonly int total_iters;

                        public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            this.factor = factor;
                            this.total_iters = total_iters;
                            step();
                        }

                        protected override IEnumerable<double> get_lr() =>
                            Scaled(_last_epoch == 0 ? factor : _last_epoch == total_iters ? 1.0 / factor : 1);

                        protected override IEnumerable<double> get_closed_form_lr() => Base(_last_epoch >= total_iters ? 1 : factor);
                    }

                    /// <summary>A factor that changes linearly over the first epochs.</summary>
                    public class LinearLR : LRScheduler
                    {
                        private readonly double start;
                        private readonly double end;
                        private readonly int total_iters;

                        public LinearLR(
                            Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            start = start_factor;
                            end = end_factor;
                            this.total_iters = total_iters;
                            step();
                        }

                        protected override IEnumerable<double> get_lr() => Scaled(
                            _last_epoch == 0 ? start
                            : _last_epoch > total_iters ? 1
                            : 1 + (end - start) / (total_iters * start + (_last_epoch - 1) * (end - start)));

                        protected override IEnumerable<double> get_closed_form_lr() =>
                            Base(start + (end - start) * Math.Min(total_iters, _last_epoch) / total_iters);
                    }

                    /// <summary>Half a cosine from the initial rate down to eta_min in T_max epochs (Loshchilov and Hutter 2016, without restarts).</summary>
                    public class CosineAnnealingLR : LRScheduler
                    {
                        private readonly double T_max;
                        private readonly double eta_min;

                        public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                            : base(optimizer, last_epoch, verbose)
                        {
                            this.T_max = T_max;
                            this.eta_min = eta_min;
                            step();
                        }

                        protected override IEnumerable<double> get_lr()
                        {
                            if (_last_epoch == 0) return Scaled(1);

                            if ((_last_epoch - 1 - T_max) % (2 * T_max) == 0)
                            {
                                var rise = (1 - Math.Cos(Math.PI / T_max)) / 2;
                                return _optimizer.ParamGroups.Select((group, i) => group.LearningRate + (_base_lrs[i] - eta_min) * rise);
                            }

                            var ratio = (1 + Math.Cos(Math.PI * _last_epoch / T_max)) / (1 + Math.Cos(Math.PI * (_last_epoch - 1) / T_max));
                            return _optimizer.ParamGroups.Select(group => ratio * (group.LearningRate - eta_min) + eta_min);
                        }

                        protected override IEnumerable<double> get_closed_form_lr() =>
                            _base_lrs.Select(rate => eta_min + (rate - eta_min) * (1 + Math.Cos(Math.PI * _last_epoch / T_max)) / 2);
                    }
                }
            }
        }
    }
}
