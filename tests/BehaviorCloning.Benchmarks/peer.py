"""The same networks and the same work in PyTorch, written as PyTorch users write it: the other side of the benchmark.

Reads commands from standard input, one a line: "NAME REPETITIONS". Answers with the seconds that one repetition took.
Threads come from OMP_NUM_THREADS and OPENBLAS_NUM_THREADS, which the benchmark sets to its own counts.
"""
import copy
import math
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from peer_encoders import ENCODERS
from peer_heads import HEADS

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)

OBSERVATION, PREDICTION, ACTION, WIDTH, BLOCKS, CONDITION, TIME, BATCH = 2, 16, 2, 256, 6, 128, 64, 256
CONTEXT, CHUNK = OBSERVATION * 8, PREDICTION * ACTION


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(WIDTH, WIDTH)
        self.second = nn.Linear(WIDTH, WIDTH)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x):
        return self.second(F.silu(self.first(x)))


class Mse(nn.Module):
    """Residual MLP from observation to chunk."""

    def __init__(self):
        super().__init__()
        self.input = nn.Linear(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.output = nn.Linear(WIDTH, CHUNK)

    def forward(self, context):
        h = self.input(context)
        for block in self.blocks:
            h = h + block(F.layer_norm(h, (WIDTH,)))
        return self.output(F.layer_norm(h, (WIDTH,))).view(-1, PREDICTION, ACTION)

    def loss(self, context, actions, inside):
        error = (self(context) - actions) ** 2
        mask = inside.unsqueeze(-1).to(error.dtype)
        return (error * mask).sum() / (mask.sum() * ACTION)

    def sample(self, context):
        return self(context)


class Flow(nn.Module):
    """Flow matching with a residual MLP modulated by observation and time."""

    def __init__(self):
        super().__init__()
        self.register_buffer("frequencies", 100 * 1000 ** (-torch.arange(TIME // 2) / (TIME // 2 - 1)))
        self.input = nn.Linear(CHUNK + CONTEXT + TIME, WIDTH)
        self.condition = nn.Sequential(nn.Linear(CONTEXT + TIME, CONDITION), nn.SiLU(), nn.Linear(CONDITION, CONDITION), nn.SiLU())
        self.modulations = nn.ModuleList(nn.Linear(CONDITION, 2 * WIDTH) for _ in range(BLOCKS))
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.output = nn.Linear(WIDTH, CHUNK)
        for layer in [*self.modulations, self.output]:
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, context, noisy, tau):
        argument = tau.unsqueeze(1) * self.frequencies
        embedding = torch.cat([argument.sin(), argument.cos()], 1)
        conditions = torch.cat([context, embedding], 1)
        h = self.input(torch.cat([noisy.flatten(1), conditions], 1))
        c = self.condition(conditions)
        for block, modulation in zip(self.blocks, self.modulations):
            scale, shift = modulation(c).chunk(2, 1)
            h = h + block(F.layer_norm(h, (WIDTH,)) * (1 + scale) + shift)
        return self.output(F.layer_norm(h, (WIDTH,))).view(-1, PREDICTION, ACTION)

    def loss(self, context, actions, inside):
        noise = torch.randn_like(actions)
        tau = torch.rand(len(actions))
        t = tau.view(-1, 1, 1)
        error = (self(context, (1 - t) * noise + t * actions, tau) - (actions - noise)) ** 2
        mask = inside.unsqueeze(-1).to(error.dtype)
        return (error * mask).sum() / (mask.sum() * ACTION)

    def sample(self, context, steps=10):
        x = torch.randn(len(context), PREDICTION, ACTION)
        for k in range(steps):
            x = x + self(context, x, torch.full((len(context),), k / steps)) / steps
        return x


class DiffusionMlp(Flow):
    """The same network; time is the diffusion step over 100."""


class ConvolutionBlock(nn.Sequential):
    def __init__(self, i, o):
        super().__init__(nn.Conv1d(i, o, 5, padding=2), nn.GroupNorm(8, o), nn.Mish())


class UnetBlock(nn.Module):
    def __init__(self, i, o, condition):
        super().__init__()
        self.first, self.second = ConvolutionBlock(i, o), ConvolutionBlock(o, o)
        self.film = nn.Sequential(nn.Mish(), nn.Linear(condition, 2 * o))
        self.residual = nn.Conv1d(i, o, 1) if i != o else nn.Identity()

    def forward(self, x, c):
        scale, bias = self.film(c).unsqueeze(-1).chunk(2, 1)
        return self.second(scale * self.first(x) + bias) + self.residual(x)


def step_embedding(tau, width):
    argument = 100 * tau.unsqueeze(1) * torch.exp(torch.arange(width // 2) * -(math.log(10000) / (width // 2 - 1)))
    return torch.cat([argument.sin(), argument.cos()], 1)


class Unet(nn.Module):
    """The conditional U-Net, each block with its own FiLM layer."""

    def __init__(self, widths, time):
        super().__init__()
        self.width, condition = time, time + CONTEXT
        self.time = nn.Sequential(nn.Linear(time, 4 * time), nn.Mish(), nn.Linear(4 * time, time))
        block = lambda i, o: UnetBlock(i, o, condition)
        inputs = [ACTION] + widths[:-1]
        self.down = nn.ModuleList(nn.ModuleList([block(i, o), block(o, o)]) for i, o in zip(inputs, widths))
        self.shrink = nn.ModuleList(nn.Conv1d(w, w, 3, 2, 1) for w in widths[:-1])
        self.middle = nn.ModuleList([block(widths[-1], widths[-1]), block(widths[-1], widths[-1])])
        rising = list(reversed(range(len(widths) - 1)))
        self.up = nn.ModuleList(nn.ModuleList([block(2 * widths[i + 1], widths[i]), block(widths[i], widths[i])]) for i in rising)
        self.grow = nn.ModuleList(nn.ConvTranspose1d(widths[i], widths[i], 4, 2, 1) for i in rising)
        self.output = nn.Sequential(ConvolutionBlock(widths[0], widths[0]), nn.Conv1d(widths[0], ACTION, 1))

    def forward(self, context, noisy, tau):
        c = torch.cat([self.time(step_embedding(tau, self.width)), context], 1)
        x, skips = noisy.transpose(1, 2), []
        for i, (first, second) in enumerate(self.down):
            x = second(first(x, c), c)
            skips.append(x)
            if i < len(self.shrink):
                x = self.shrink[i](x)
        for block in self.middle:
            x = block(x, c)
        for (first, second), grow in zip(self.up, self.grow):
            x = grow(second(first(torch.cat([x, skips.pop()], 1), c), c))
        return self.output(x).transpose(1, 2)


class Transformer(nn.Module):
    """The time-series diffusion transformer, 8 layers of 256."""

    def __init__(self):
        super().__init__()
        self.action, self.token = nn.Linear(ACTION, 256), nn.Linear(CONTEXT // OBSERVATION, 256)
        self.position, self.token_position = nn.Parameter(0.02 * torch.randn(PREDICTION, 256)), nn.Parameter(0.02 * torch.randn(1 + OBSERVATION, 256))
        self.memory = nn.Sequential(nn.Linear(256, 1024), nn.Mish(), nn.Linear(1024, 256))
        self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(256, 4, 1024, 0.0, "gelu", batch_first=True, norm_first=True), 8)
        self.output = nn.Sequential(nn.LayerNorm(256), nn.Linear(256, ACTION))
        rows = torch.arange(PREDICTION).unsqueeze(1)
        self.register_buffer("own", torch.zeros(PREDICTION, PREDICTION).masked_fill(rows < torch.arange(PREDICTION), float("-inf")))
        self.register_buffer("cross", torch.zeros(PREDICTION, 1 + OBSERVATION).masked_fill(rows < torch.arange(1 + OBSERVATION) - 1, float("-inf")))

    def forward(self, context, noisy, tau):
        tokens = self.token(context.view(len(context), OBSERVATION, -1))
        memory = self.memory(torch.cat([step_embedding(tau, 256).unsqueeze(1), tokens], 1) + self.token_position)
        return self.output(self.decoder(self.action(noisy) + self.position, memory, tgt_mask=self.own, memory_mask=self.cross))


class Diffusion(nn.Module):
    """Noise prediction, squared-cosine schedule of 100 steps, DDIM."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        f = [math.cos((u / 100 + 0.008) / 1.008 * math.pi / 2) ** 2 for u in range(101)]
        self.register_buffer("remaining", torch.cumprod(1 - torch.tensor([min(1 - f[i + 1] / f[i], 0.999) for i in range(100)]), 0))

    def loss(self, context, actions, inside):
        noise = torch.randn_like(actions)
        k = torch.randint(0, 100, (len(actions),))
        a = self.remaining[k].view(-1, 1, 1)
        error = (self.network(context, a.sqrt() * actions + (1 - a).sqrt() * noise, k / 100) - noise) ** 2
        mask = inside.unsqueeze(-1).to(error.dtype)
        return (error * mask).sum() / (mask.sum() * ACTION)

    def sample(self, context, steps=10):
        x = torch.randn(len(context), PREDICTION, ACTION)
        stride = 100 // steps
        for k in range((steps - 1) * stride, -1, -stride):
            a, b = self.remaining[k], self.remaining[k - stride] if k >= stride else torch.tensor(1.0)
            noise = self.network(context, x, torch.full((len(context),), k / 100))
            x = b.sqrt() * ((x - (1 - a).sqrt() * noise) / a.sqrt()).clamp(-6, 6) + (1 - b).sqrt() * noise
        return x


class Training:
    """AdamW, clipping, cosine schedule and a moving average."""

    def __init__(self, network, size=BATCH):
        self.size = size
        self.network = network.train()
        self.average = copy.deepcopy(network).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=1e-4)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda i: min((i + 1) / 300, 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1, i / 15000)))))
        self.parameters, self.averages = list(network.parameters()), list(self.average.parameters())
        windows = 25650
        # The heads of peer_heads read tokens, a step each; the others one row.
        self.tokens = getattr(network, "tokens", None)
        self.observations = torch.randn(windows, CONTEXT if self.tokens is None else 8 * self.tokens)
        self.actions = torch.randn(windows, PREDICTION, ACTION)
        self.inside = torch.rand(windows, PREDICTION) < 0.95
        self.inside[:, 0] = True
        self.mean, self.scale, self.action_scale = torch.zeros(self.observations.shape[1]), torch.ones(self.observations.shape[1]), torch.ones(ACTION)
        self.order, self.position, self.count, self.log = torch.randperm(windows), 0, 0, 0.0

    def step(self):
        if self.position + self.size > len(self.order):
            self.order, self.position = torch.randperm(len(self.order)), 0
        batch = self.order[self.position:self.position + self.size]
        self.position += self.size
        context = (self.observations[batch] - self.mean) * self.scale
        if self.tokens is not None:
            context = context.view(self.size, self.tokens, -1)
        loss = self.network.loss(context, self.actions[batch] * self.action_scale, self.inside[batch])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.count += 1
        decay = min(0.999, (1 + self.count) / (10 + self.count))
        with torch.no_grad():
            torch._foreach_mul_(self.averages, decay)
            torch._foreach_add_(self.averages, self.parameters, alpha=1 - decay)
        self.log += loss.item()


class Inference:
    """From raw observations in numpy to raw actions in numpy."""

    def __init__(self, network):
        self.network = network.eval()
        self.mean, self.scale = torch.zeros(CONTEXT), torch.ones(CONTEXT)
        rng = np.random.default_rng(0)
        self.history = [
            {"agent_position": rng.uniform(0, 512, 2).astype(np.float32), "block_position": rng.uniform(0, 512, 2).astype(np.float32),
             "block_angle": rng.uniform(0, 6, 1).astype(np.float32)} for _ in range(OBSERVATION)]

    def sample(self):
        with torch.inference_mode():
            tokens = getattr(self.network, "tokens", None)
            return self.network.sample(torch.zeros(1, CONTEXT) if tokens is None else torch.zeros(1, tokens, 8))

    def step(self):
        rows = []
        for observation in self.history:
            agent, block, angle = observation["agent_position"], observation["block_position"], observation["block_angle"]
            sine, cosine = np.sin(angle), np.cos(angle)
            offset = agent - block
            local = np.array([cosine[0] * offset[0] + sine[0] * offset[1], -sine[0] * offset[0] + cosine[0] * offset[1]], np.float32)
            rows.append(np.concatenate([agent, block, sine, cosine, local]))
        with torch.inference_mode():
            context = (torch.from_numpy(np.concatenate(rows)).unsqueeze(0) - self.mean) * self.scale
            chunk = self.network.sample(context)
        return chunk[0].numpy() + self.history[-1]["agent_position"]


def main():
    training = {"mse": Training(Mse()), "flow": Training(Flow())}
    inference = {"mse": Inference(Mse()), "flow": Inference(Flow())}
    work = {}
    for name in ("mse", "flow"):
        work[f"train/{name}"] = training[name].step
        work[f"predict/{name}"] = inference[name].step
        work[f"sample/{name}"] = inference[name].sample
    # Made when they are asked for: the largest takes a gigabyte.
    networks = {"mlp": DiffusionMlp, "unet": lambda: Unet([64, 128, 256], 128), "transformer": Transformer, "unet65m": lambda: Unet([256, 512, 1024], 256)}

    def make(name):
        if name.split("/")[1] in ENCODERS:
            kind, network = name.split("/")
            return getattr(ENCODERS[network](), kind)
        if name.split("/")[1] in HEADS:
            kind, network = name.split("/")
            model = HEADS[network]()
            return Training(model).step if kind == "train" else Inference(model).sample
        kind, network = name.split("/diffusion-")
        model = Diffusion(networks[network]())
        return Training(model, BATCH if network == "mlp" else 64).step if kind == "train" else Inference(model).sample

    weights = ", ".join(f"{name} {sum(p.numel() for p in t.network.parameters())}" for name, t in training.items())
    print(f"ready torch {torch.__version__}, {torch.get_num_threads()} torch threads, weights: {weights}", flush=True)
    for line in sys.stdin:
        name, repetitions = line.split()
        repetitions = int(repetitions)
        if name not in work:
            work[name] = make(name)
        start = time.perf_counter()
        for _ in range(repetitions):
            work[name]()
        print(repr((time.perf_counter() - start) / repetitions), flush=True)


main()
