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


class Training:
    """AdamW, clipping, cosine schedule and a moving average."""

    def __init__(self, network):
        self.network = network.train()
        self.average = copy.deepcopy(network).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=1e-4)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda i: min((i + 1) / 300, 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1, i / 15000)))))
        self.parameters, self.averages = list(network.parameters()), list(self.average.parameters())
        windows = 25650
        self.observations = torch.randn(windows, CONTEXT)
        self.actions = torch.randn(windows, PREDICTION, ACTION)
        self.inside = torch.rand(windows, PREDICTION) < 0.95
        self.inside[:, 0] = True
        self.mean, self.scale, self.action_scale = torch.zeros(CONTEXT), torch.ones(CONTEXT), torch.ones(ACTION)
        self.order, self.position, self.count, self.log = torch.randperm(windows), 0, 0, 0.0

    def step(self):
        if self.position + BATCH > len(self.order):
            self.order, self.position = torch.randperm(len(self.order)), 0
        batch = self.order[self.position:self.position + BATCH]
        self.position += BATCH
        context = (self.observations[batch] - self.mean) * self.scale
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
            return self.network.sample(torch.zeros(1, CONTEXT))

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
    weights = ", ".join(f"{name} {sum(p.numel() for p in t.network.parameters())}" for name, t in training.items())
    print(f"ready torch {torch.__version__}, {torch.get_num_threads()} torch threads, weights: {weights}", flush=True)
    for line in sys.stdin:
        name, repetitions = line.split()
        repetitions = int(repetitions)
        start = time.perf_counter()
        for _ in range(repetitions):
            work[name]()
        print(repr((time.perf_counter() - start) / repetitions), flush=True)


main()
