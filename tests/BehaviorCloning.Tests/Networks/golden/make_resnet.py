"""Golden numbers of ResNet, spatial softmax and position tables, computed with PyTorch 1.13: python3 make_resnet.py

The networks are written here from their description with torch.nn layers under torchvision's names. Weights are not kept but made by
a rule of integers that the tests repeat (FormulaWeights.cs): for tensor s in the order of sorted names and its value i,
    x = (i * 2654435761 + (s + 1) * 40503) mod 2^32;  x ^= x >> 16;  x = x * 73244475 mod 2^32;  x ^= x >> 16;  u = x / 2^31 - 1
and then: matrices and kernels u * sqrt(6 / fan_in), running_var 1 + 0.3 u, norms' weight 1 + 0.2 u, everything else 0.1 u.
"""
import json
import math

import numpy as np
import torch
from torch import nn


def uniform(count, s):
    i = np.arange(count, dtype=np.uint64)
    mask = np.uint64(0xFFFFFFFF)
    x = (i * np.uint64(2654435761) + np.uint64((s + 1) * 40503)) & mask
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(73244475)) & mask
    x ^= x >> np.uint64(16)
    return x.astype(np.float64) / 2**31 - 1


def fill(module):
    state = {k: v for k, v in module.state_dict().items() if v.is_floating_point()}
    for s, name in enumerate(sorted(state)):
        t = state[name]
        u = uniform(t.numel(), s)
        if t.dim() > 1:
            v = u * math.sqrt(6 / (t.numel() / t.shape[0]))
        elif name.endswith("running_var"):
            v = 1 + 0.3 * u
        elif name.endswith("weight"):
            v = 1 + 0.2 * u
        else:
            v = 0.1 * u
        with torch.no_grad():
            t.copy_(torch.tensor(v, dtype=torch.float32).view(t.shape))


def norm(kind, channels):
    return nn.GroupNorm(max(1, channels // 16), channels) if kind == "Group" else nn.BatchNorm2d(channels)


class Block(nn.Module):
    def __init__(self, a, b, stride, kind):
        super().__init__()
        self.conv1 = nn.Conv2d(a, b, 3, stride, 1, bias=False)
        self.bn1 = norm(kind, b)
        self.conv2 = nn.Conv2d(b, b, 3, 1, 1, bias=False)
        self.bn2 = norm(kind, b)
        self.downsample = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), norm(kind, b)) if stride != 1 else None

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, depth, kind, width):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = norm(kind, width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        last = width
        for stage, count in enumerate({18: [2, 2, 2, 2], 34: [3, 4, 6, 3]}[depth]):
            out = width * 2**stage
            blocks = [Block(last if i == 0 else out, out, 2 if i == 0 and stage > 0 else 1, kind) for i in range(count)]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
            last = out

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


def values(count):
    return torch.tensor(uniform(count, 77), dtype=torch.float32)


def sampled(t, step):
    return [float(v) for v in t.detach().flatten()[::step]]


def spatial_softmax(x, weight, bias):
    logits = torch.nn.functional.conv2d(x, weight, bias)
    b, k, h, w = logits.shape
    p = torch.softmax(logits.view(b, k, h * w), -1).view(b, k, h, w)
    xs, ys = torch.linspace(-1, 1, w), torch.linspace(-1, 1, h)
    return torch.stack([(p * xs).sum((2, 3)), (p * ys[:, None]).sum((2, 3))], -1)


def map_positions(h, w, width):
    half = width // 2
    y = torch.arange(1, h + 1, dtype=torch.float32) / (h + 1e-6) * 2 * math.pi
    x = torch.arange(1, w + 1, dtype=torch.float32) / (w + 1e-6) * 2 * math.pi
    f = 10000 ** (2 * (torch.arange(half) // 2) / half)

    def code(c):
        a = c[:, None] / f
        return torch.stack([a[:, 0::2].sin(), a[:, 1::2].cos()], -1).flatten(1)

    return torch.cat([code(y)[:, None].expand(h, w, half), code(x)[None].expand(h, w, half)], -1).reshape(h * w, width)


if __name__ == "__main__":
    torch.manual_seed(0)
    golden = {}
    for name, depth, kind, width, size in [("18, Batch", 18, "Batch", 64, (64, 96)), ("18, Group", 18, "Group", 64, (64, 96)), ("34, Group", 34, "Group", 16, (40, 33))]:
        net = ResNet(depth, kind, width)
        fill(net)
        net.eval()
        x = values(2 * 3 * size[0] * size[1]).view(2, 3, *size).requires_grad_()
        y = net(x)
        y.square().mean().backward()
        golden[name] = {"shape": list(y.shape), "every 37th": sampled(y, 37), "gradient of conv1, every 97th": sampled(net.conv1.weight.grad, 97)}
        if kind == "Batch":
            net.train()
            y = net(x)
            golden["18, Batch, training"] = {"every 37th": sampled(y, 37), "running_mean": sampled(net.bn1.running_mean, 7)}

    weight, bias = torch.tensor(uniform(30, 1), dtype=torch.float32).view(5, 6, 1, 1), torch.tensor(uniform(5, 2), dtype=torch.float32)
    golden["spatial softmax"] = sampled(spatial_softmax(3 * values(2 * 6 * 3 * 4).view(2, 6, 3, 4), weight, bias), 1)
    golden["map positions 2 x 3, 8"] = sampled(map_positions(2, 3, 8), 1)
    with open("resnet.json", "w") as file:
        json.dump(golden, file)
