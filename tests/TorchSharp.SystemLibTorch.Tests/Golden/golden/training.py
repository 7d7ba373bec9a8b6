"""Initializers, optimizers, schedulers, gradient clipping, higher derivatives and generator states."""
import torch
import torch.nn as nn
import torch.optim as optim

from golden import P, S, SEED, restart

TENSORS = {}


def init():
    def fill(name, function, *shape):
        torch.manual_seed(SEED)
        tensor = torch.zeros(*shape)
        function(tensor)
        TENSORS[f"init.{name}"] = tensor
    i = nn.init
    for name, function in (
            ("ones_", i.ones_), ("zeros_", i.zeros_), ("eye_", i.eye_), ("constant_", lambda t: i.constant_(t, 0.3)),
            ("uniform_", lambda t: i.uniform_(t, -0.5, 1.5)), ("normal_", lambda t: i.normal_(t, 0.5, 1.5)),
            ("trunc_normal_", lambda t: i.trunc_normal_(t, 0.1, 0.5, -0.6, 0.7)), ("orthogonal_", lambda t: i.orthogonal_(t, 1.5)),
            ("sparse_", lambda t: i.sparse_(t, 0.4, 0.1)), ("kaiming_uniform_", i.kaiming_uniform_),
            ("kaiming_uniform_.options", lambda t: i.kaiming_uniform_(t, 0.3, "fan_out", "relu")), ("kaiming_normal_", i.kaiming_normal_),
            ("kaiming_normal_.options", lambda t: i.kaiming_normal_(t, 0.3, "fan_out", "tanh")), ("xavier_uniform_", lambda t: i.xavier_uniform_(t, 1.5)),
            ("xavier_normal_", lambda t: i.xavier_normal_(t, 1.5))):
        fill(name, function, 6, 4)
    fill("dirac_", i.dirac_, 3, 4, 3)
    fill("kaiming_uniform_.conv", i.kaiming_uniform_, 4, 3, 3)
    TENSORS["init.gains"] = torch.tensor([i.calculate_gain(n) for n in ("linear", "conv1d", "sigmoid", "tanh", "relu", "leaky_relu")]
                                         + [i.calculate_gain("leaky_relu", 0.3)], dtype=torch.float64)


def optimizers():
    x, y, weight, bias = S(4, 3), S(4, 2), S(2, 3), S(2)
    TENSORS.update({"optim.x": x, "optim.y": y, "optim.weight": weight, "optim.bias": bias})

    def run(name, make, closure=False):
        w, b = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        optimizer = make([w, b])

        def loss():
            optimizer.zero_grad()
            value = nn.functional.mse_loss(torch.tanh(nn.functional.linear(x, w, b)), y)
            value.backward()
            return value
        for step in range(1, 11):
            if closure:
                optimizer.step(loss)
            else:
                loss()
                optimizer.step()
            if step in (1, 2, 10):
                TENSORS[f"optim.{name}:weight{step}"] = w.detach().clone()
                TENSORS[f"optim.{name}:bias{step}"] = b.detach().clone()
    run("SGD", lambda p: optim.SGD(p, 0.1))
    run("SGD.momentum", lambda p: optim.SGD(p, 0.1, momentum=0.9, dampening=0.1, weight_decay=0.01))
    run("SGD.nesterov", lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True))
    run("SGD.maximize", lambda p: optim.SGD(p, 0.1, momentum=0.9, maximize=True))
    run("Adam", lambda p: optim.Adam(p, 0.05))
    run("Adam.options", lambda p: optim.Adam(p, 0.05, (0.8, 0.95), 1e-4, 0.02))
    run("Adam.amsgrad", lambda p: optim.Adam(p, 0.05, amsgrad=True, maximize=True))
    run("AdamW", lambda p: optim.AdamW(p, 0.05, weight_decay=0))
    run("AdamW.options", lambda p: optim.AdamW(p, 0.05, (0.8, 0.95), 1e-4, 0.1))
    run("AdamW.amsgrad", lambda p: optim.AdamW(p, 0.05, weight_decay=0.1, amsgrad=True, maximize=True))
    run("RMSProp", lambda p: optim.RMSprop(p, 0.02))
    run("RMSProp.momentum", lambda p: optim.RMSprop(p, 0.02, 0.9, 1e-4, 0.01, 0.8))
    run("RMSProp.centered", lambda p: optim.RMSprop(p, 0.02, centered=True, momentum=0.5))
    run("Adagrad", lambda p: optim.Adagrad(p, 0.1))
    run("Adagrad.options", lambda p: optim.Adagrad(p, 0.1, 0.02, 0.01, 0.3, 1e-4))
    run("Adadelta", lambda p: optim.Adadelta(p, 1.0, 0.8, 1e-4, 0.01))
    run("Adamax", lambda p: optim.Adamax(p, 0.05, (0.8, 0.95), 1e-4, 0.01))
    run("ASGD", lambda p: optim.ASGD(p, 0.05, 1e-3, 0.7, 3.0, 0.01))
    run("NAdam", lambda p: optim.NAdam(p, 0.05, (0.8, 0.95), 1e-4, 0.01, foreach=True))
    run("RAdam", lambda p: optim.RAdam(p, 0.05, (0.8, 0.95), 1e-4, 0.01))
    run("Rprop", lambda p: optim.Rprop(p, 0.02))
    run("LBFGS", lambda p: optim.LBFGS(p, 0.5, max_iter=4), closure=True)


def schedulers():
    s = optim.lr_scheduler

    def run(name, make, steps=12, metrics=None):
        optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], 0.5, momentum=0.9)
        scheduler = make(optimizer)
        rates, momenta = [], []
        for step in range(steps + 1):
            rates.append(optimizer.param_groups[0]["lr"])
            momenta.append(optimizer.param_groups[0]["momentum"])
            if step < steps:
                optimizer.step()
                scheduler.step(*([] if metrics is None else [metrics[step]]))
        TENSORS[f"schedule.{name}"] = torch.tensor(rates, dtype=torch.float64)
        if len(set(momenta)) > 1:
            TENSORS[f"schedule.{name}.momentum"] = torch.tensor(momenta, dtype=torch.float64)
    run("StepLR", lambda o: s.StepLR(o, 3, 0.5))
    run("MultiStepLR", lambda o: s.MultiStepLR(o, [2, 5, 5, 9], 0.5))
    run("LambdaLR", lambda o: s.LambdaLR(o, lambda e: 1 / (1 + e)))
    run("MultiplicativeLR", lambda o: s.MultiplicativeLR(o, lambda e: 0.9 + 0.01 * e))
    run("ExponentialLR", lambda o: s.ExponentialLR(o, 0.8))
    run("ConstantLR", lambda o: s.ConstantLR(o, 0.4, 4))
    run("LinearLR", lambda o: s.LinearLR(o, 0.1, 0.9, 6))
    run("PolynomialLR", lambda o: s.PolynomialLR(o, 8, 2.0))
    run("CosineAnnealingLR", lambda o: s.CosineAnnealingLR(o, 8, 0.02))
    run("OneCycleLR", lambda o: s.OneCycleLR(o, 0.9, total_steps=13))
    run("OneCycleLR.linear", lambda o: s.OneCycleLR(o, 0.9, total_steps=13, pct_start=0.4, anneal_strategy="linear", three_phase=True))
    run("OneCycleLR.list", lambda o: s.OneCycleLR(o, [0.9], total_steps=13))
    run("CyclicLR.list", lambda o: s.CyclicLR(o, [0.1], [0.9], 3, 2))
    run("CyclicLR", lambda o: s.CyclicLR(o, 0.1, 0.9, 3, 2))
    run("CyclicLR.triangular2", lambda o: s.CyclicLR(o, 0.1, 0.9, 3, mode="triangular2"))
    run("CyclicLR.exp_range", lambda o: s.CyclicLR(o, 0.1, 0.9, 3, mode="exp_range", gamma=0.9))
    metrics = [1.0, 0.9, 0.95, 0.93, 0.92, 0.5, 0.51, 0.52, 0.53, 0.54, 0.55, 0.4]
    TENSORS["schedule.metrics"] = torch.tensor(metrics, dtype=torch.float64)
    run("ReduceLROnPlateau", lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=1), metrics=metrics)
    run("SequentialLR", lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.1, 1.0, 4), s.CosineAnnealingLR(o, 8)], [4]))
    run("ChainedLR", lambda o: s.ChainedScheduler([s.ConstantLR(o, 0.4, 4), s.ExponentialLR(o, 0.8)]))


def clipping():
    parameters = [nn.Parameter(S(2, 3)), nn.Parameter(S(4))]
    gradients = [S(2, 3), S(4)]
    for number in range(2):
        TENSORS[f"clip.parameter{number}"], TENSORS[f"clip.gradient{number}"] = parameters[number], gradients[number]

    def run(name, function):
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        total = function(parameters)
        for number, parameter in enumerate(parameters):
            TENSORS[f"clip.{name}:{number}"] = parameter.grad.clone()
        if total is not None:
            TENSORS[f"clip.{name}:norm"] = total.double()
    run("norm", lambda p: nn.utils.clip_grad_norm_(p, 0.7))
    run("norm_one", lambda p: nn.utils.clip_grad_norm_(p, 0.7, 1))
    run("norm_infinity", lambda p: nn.utils.clip_grad_norm_(p, 0.7, float("inf")))
    run("norm_loose", lambda p: nn.utils.clip_grad_norm_(p, 100.0))
    run("value", lambda p: nn.utils.clip_grad_value_(p, 0.4))


def derivatives():
    """A gradient penalty: the gradient of a squared gradient, so that every second derivative counts."""
    x, w = S(3, 4).requires_grad_(), S(4, 2).requires_grad_()
    (slope,) = torch.autograd.grad(torch.tanh(x @ w).sum(), x, create_graph=True)
    (slope ** 2).sum().backward()
    TENSORS.update({"second.x": x, "second.w": w, "second.slope": slope, "second.grad_x": x.grad, "second.grad_w": w.grad})
    p = P(3).requires_grad_()
    value, orders = (p ** 4).sum(), []
    for _ in range(4):
        (value,) = torch.autograd.grad(value.sum(), p, create_graph=True)
        orders.append(value.detach().clone())
    TENSORS.update({"orders.x": p, "orders.values": torch.stack(orders)})


def generators():
    generator = torch.Generator().manual_seed(SEED)
    TENSORS["generator.state"] = generator.get_state()
    torch.randn(5, generator=generator)
    TENSORS["generator.state_after"] = generator.get_state()
    TENSORS["generator.next"] = torch.randn(20, generator=generator)
    for seed in (0, 1, 2 ** 40 + 3, 2 ** 63 - 1):
        generator.manual_seed(seed)
        TENSORS[f"generator.seed{seed}"] = torch.randn(17, generator=generator)


def record_all():
    restart()
    init()
    optimizers()
    schedulers()
    clipping()
    derivatives()
    generators()
