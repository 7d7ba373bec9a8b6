"""Golden numbers of the vision transformer and attention pooling, computed with PyTorch 1.13: python3 make_vision_transformer.py

The networks are written here from their description with torch operators, under the names that the library gives to its weights. Weights are
made by a rule of integers (see make_resnet.py), so no file holds them.
"""
import json
import math

import torch
from torch import nn
from torch.nn import functional as F

from make_resnet import fill, sampled, values


def gelu(kind, x):
    return x * torch.sigmoid(1.702 * x) if kind == "quick" else F.gelu(x, approximate=kind)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.input, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, query, memory, causal=False):
        width = query.shape[-1]
        w, b = self.input.weight.split(width), self.input.bias.split(width)
        q, k, v = (F.linear(x, w[i], b[i]).unflatten(-1, (self.heads, -1)).transpose(1, 2) for i, x in enumerate([query, memory, memory]))
        scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
        if causal:
            scores = scores.masked_fill(torch.ones_like(scores[0, 0], dtype=torch.bool).triu(1), -math.inf)
        return self.output((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class Layers(nn.Module):
    def __init__(self, width, hidden, kind):
        super().__init__()
        self.kind = kind
        self.expand, self.contract = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        return self.contract(gelu(self.kind, self.expand(x)))


class Block(nn.Module):
    def __init__(self, width, heads, hidden, kind="none", eps=1e-6, scale=None):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, eps), nn.LayerNorm(width, eps)
        self.attention, self.feedForward = Attention(width, heads), Layers(width, hidden, kind)
        if scale is not None:
            self.scale1, self.scale2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.scaled = scale is not None

    def forward(self, x, causal=False):
        y = self.norm1(x)
        y = self.attention(y, y, causal)
        x = x + (y * self.scale1 if self.scaled else y)
        y = self.feedForward(self.norm2(x))
        return x + (y * self.scale2 if self.scaled else y)


class Pooling(nn.Module):
    def __init__(self, width, heads, hidden, kind="none", eps=1e-6):
        super().__init__()
        self.probe = nn.Parameter(torch.zeros(1, 1, width))
        self.attention, self.norm, self.feedForward = Attention(width, heads), nn.LayerNorm(width, eps), Layers(width, hidden, kind)

    def forward(self, x):
        y = self.attention(self.probe.expand(len(x), -1, -1), x)[:, 0]
        return y + self.feedForward(self.norm(y))


class EarlyConvolutions(nn.Module):
    def __init__(self, patch, width):
        super().__init__()
        steps = int(math.log2(patch))
        sizes = [3] + [width >> (steps - 1 - i) for i in range(steps)]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1, bias=False) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.GroupNorm(max(1, b // 16), b) for b in sizes[1:])
        self.output = nn.Conv2d(width, width, 1)

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = torch.relu(norm(convolution(x)))
        return self.output(x)


def sines(h, w, width):
    f = 10000.0 ** (-torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    def code(p):
        a = p.double()[:, None] * f
        return torch.cat([a.sin(), a.cos()], 1)
    rows, columns = torch.arange(h).repeat_interleave(w), torch.arange(w).repeat(h)
    return torch.cat([code(columns), code(rows)], 1).float()


class VisionTransformer(nn.Module):
    def __init__(self, grid, patch, width, depth, heads, hidden, cls=True, registers=0, learned=True, smooth=False, early=False, bias=True, first=False, kind="none", eps=1e-6, scale=None):
        super().__init__()
        self.grid, self.smooth = grid, smooth
        self.stem = EarlyConvolutions(patch, width) if early else nn.Conv2d(3, width, patch, patch, bias=bias)
        self.classToken = nn.Parameter(torch.zeros(1, width)) if cls else None
        self.registers = nn.Parameter(torch.zeros(registers, width)) if registers else None
        self.positions = nn.Parameter(torch.zeros(int(cls) + grid[0] * grid[1], width)) if learned else None
        self.firstNorm = nn.LayerNorm(width, eps) if first else None
        self.blocks = nn.ModuleList(Block(width, heads, hidden, kind, eps, scale) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps)

    def patches(self, images):
        x = self.stem(images)
        h, w = x.shape[2:]
        if self.positions is None:
            p = sines(h, w, x.shape[1])
        else:
            p = self.positions[int(self.classToken is not None):]
            if (h, w) != self.grid:
                p = p.view(1, *self.grid, -1).permute(0, 3, 1, 2)
                p = F.interpolate(p, (h, w), mode="bicubic", align_corners=False, antialias=self.smooth).permute(0, 2, 3, 1).flatten(0, 2)
        return x.flatten(2).transpose(1, 2) + p

    def encode(self, x):
        prefix = []
        if self.classToken is not None:
            prefix.append(self.classToken if self.positions is None else self.classToken + self.positions[:1])
        if self.registers is not None:
            prefix.append(self.registers)
        x = torch.cat([t.expand(len(x), -1, -1) for t in prefix] + [x], 1)
        if self.firstNorm is not None:
            x = self.firstNorm(x)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def forward(self, images):
        return self.encode(self.patches(images))


if __name__ == "__main__":
    golden = {}
    variants = {
        "plain": (dict(grid=(3, 4), patch=4, width=16, depth=2, heads=2, hidden=64), (12, 16)),
        "clip": (dict(grid=(3, 3), patch=4, width=16, depth=2, heads=4, hidden=64, bias=False, first=True, kind="quick", eps=1e-5), (12, 12)),
        "siglip": (dict(grid=(3, 3), patch=4, width=16, depth=2, heads=2, hidden=40, cls=False, kind="tanh"), (12, 12)),
        "dino": (dict(grid=(5, 5), patch=2, width=16, depth=2, heads=2, hidden=64, registers=3, scale=1), (6, 8)),
        "dino, smooth": (dict(grid=(5, 5), patch=2, width=16, depth=1, heads=2, hidden=64, registers=3, smooth=True, scale=1), (6, 8)),
        "early convolution": (dict(grid=(2, 3), patch=8, width=64, depth=1, heads=2, hidden=64, early=True, learned=False), (16, 24)),
    }
    for name, (options, size) in variants.items():
        net = VisionTransformer(**options)
        fill(net)
        tokens = net(values(2 * 3 * size[0] * size[1]).view(2, 3, *size))
        tokens.square().mul(torch.arange(tokens.shape[-1])).mean().backward()
        stem = net.stem.convolutions[0] if options.get("early") else net.stem
        golden[name] = {"shape": list(tokens.shape), "every 7th": sampled(tokens, 7), "gradient of stem, every 5th": sampled(stem.weight.grad, 5)}
        if name == "plain":
            kept = net.patches(values(2 * 3 * size[0] * size[1]).view(2, 3, *size))[:, [1, 5, 10]]
            golden["plain, three patches"] = sampled(net.encode(kept), 1)

    pool = Pooling(16, 4, 24, "tanh")
    fill(pool)
    golden["pooling"] = sampled(pool(values(2 * 5 * 16).view(2, 5, 16)), 1)
    golden["sines 2 x 3, 8"] = sampled(sines(2, 3, 8), 1)
    causal = Block(16, 2, 32)
    fill(causal)
    golden["causal block"] = sampled(causal(values(2 * 5 * 16).view(2, 5, 16), True), 1)
    with open("vision_transformer.json", "w") as file:
        json.dump(golden, file)
