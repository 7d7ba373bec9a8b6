"""Golden numbers of implicit behavioral cloning, computed by PyTorch (1.13): python3 implicit.py

Counter-examples and noise are drawn here from the generator's seeds that the test uses, in the same order.
"""
import json, os
import torch
from torch import nn

torch.manual_seed(0)
B, N, C, Tp, Da, W, BLOCKS = 3, 2, 2, 2, 2, 6, 1
D = Tp * Da
values = {}


def keep(name, tensor):
    values[name] = {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


p = {
    "context.weight": torch.randn(W, N * C), "context.bias": torch.randn(W), "chunk.weight": torch.randn(W, D),
    "first.0.weight": torch.randn(W, W), "first.0.bias": torch.randn(W),
    "second.0.weight": torch.randn(W, W), "second.0.bias": torch.randn(W), "output.weight": torch.randn(1, W),
}
p = {name: (0.5 * tensor).requires_grad_() for name, tensor in p.items()}
for name, tensor in p.items():
    keep(f"head.network.{name}", tensor)


def score(context, u):
    """Minus the energy. One layer over [context, chunk], then relu-linear-relu-linear blocks."""
    joined = torch.cat([context.flatten(1).unsqueeze(1).expand(-1, u.shape[1], -1), u], -1)
    h = joined @ torch.cat([p["context.weight"], p["chunk.weight"]], 1).T + p["context.bias"]
    for i in range(BLOCKS):
        hidden = h.relu() @ p[f"first.{i}.weight"].T + p[f"first.{i}.bias"]
        h = h + hidden.relu() @ p[f"second.{i}.weight"].T + p[f"second.{i}.bias"]
    return (h @ p["output.weight"].T).squeeze(-1)


# The box: of training actions, with a margin of 5 percent; here the last value never varies.
training = torch.randn(10, Tp, Da)
training[:, 1, 1] = 2.0
low, high = training.amin(0), training.amax(0)
center, half = (low + high) / 2, (high - low) * 0.55
free = (half > 0).flatten()
keep("training", training)
keep("head.box.center", center)
keep("head.box.halfWidth", half)
encode = lambda a: ((a - center) / torch.where(half > 0, half, torch.ones_like(half))).flatten(-2) * free

context, actions = torch.randn(B, N, C), torch.randn(B, Tp, Da)
actions[:, 1, 1] = 2.0
keep("context", context)
keep("actions", actions)
keep("energy", -score(context, encode(actions).unsqueeze(1)))

# InfoNCE with 7 uniform counter-examples.
COUNT = 7
generator = torch.Generator().manual_seed(5)
drawn = (torch.rand(B, COUNT + 1, D, generator=generator) * 2 - 1) * free
candidates = torch.cat([encode(actions).unsqueeze(1), drawn[:, :COUNT]], 1)
loss = nn.functional.cross_entropy(score(context, candidates), torch.zeros(B, dtype=torch.long))
keep("info_nce", loss)
for name, gradient in zip(p, torch.autograd.grad(loss, list(p.values()), allow_unused=True)):
    keep(f"gradient.{name}", gradient)


def step_size(k, steps, first, last, power):
    return (first - last) * (1 - k / (steps - 1)) ** power + last


def langevin(context, u, generator, steps=4, first=0.1, last=1e-5, power=2.0, delta=0.1, noise=1.0, free=free):
    for k in range(steps):
        at = u.detach().requires_grad_()
        gradient_of_energy = torch.autograd.grad(-score(context, at).sum(), at)[0]
        xi = torch.randn(u.shape, generator=generator)
        # The published update is u - size (grad E / 2 + noise xi); the sign of symmetric noise is free, and is plus here.
        move = step_size(k, steps, first, last, power) * (-0.5 * gradient_of_energy + noise * xi)
        u = (u + move.clamp(-delta, delta) * free).clamp(-1, 1).detach()
    return u


# Langevin counter-examples and the penalty on gradients above 1.
generator = torch.Generator().manual_seed(5)
drawn = (torch.rand(B, COUNT + 1, D, generator=generator) * 2 - 1) * free
moved = langevin(context, drawn[:, :COUNT], generator)
keep("moved", moved)
candidates = torch.cat([encode(actions).unsqueeze(1), moved], 1).requires_grad_()
scores = score(context, candidates)
slope = torch.autograd.grad(scores.sum(), candidates, create_graph=True)[0].abs().amax(-1)
penalty = (slope - 0.25).clamp(min=0).square().mean()
total = nn.functional.cross_entropy(scores, torch.zeros(B, dtype=torch.long)) + penalty
keep("langevin_penalty", penalty)
keep("langevin_loss", total)
for name, gradient in zip(p, torch.autograd.grad(total, list(p.values()), allow_unused=True)):
    keep(f"langevin_gradient.{name}", torch.zeros_like(p[name]) if gradient is None else gradient)

# Derivative-free search: 64 candidates, scored three times, best of the last.
SAMPLES = 64
generator = torch.Generator().manual_seed(9)
with torch.no_grad():
    u = (torch.rand(B, SAMPLES, D, generator=generator) * 2 - 1) * free
    f, sigma = score(context, u), 0.33
    for _ in range(2):
        index = f.softmax(1).multinomial(SAMPLES, replacement=True, generator=generator)
        u = u.gather(1, index.unsqueeze(-1).expand(-1, -1, D))
        u = (u + sigma * torch.randn(u.shape, generator=generator) * free).clamp(-1, 1)
        f, sigma = score(context, u), sigma * 0.5
    best = u[torch.arange(B), f.argmax(1)]
    keep("derivative_free", center + half * best.view(B, Tp, Da))

# Langevin search: two chains from 16 candidates.
generator = torch.Generator().manual_seed(9)
u = (torch.rand(B, 16, D, generator=generator) * 2 - 1) * free
u = langevin(context, u, generator)
u = langevin(context, u, generator, first=1e-3)
best = u[torch.arange(B), score(context, u).argmax(1)]
keep("langevin_search", center + half * best.view(B, Tp, Da))

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "implicit.json"), "w") as file:
    json.dump(values, file)
    file.write("\n")
