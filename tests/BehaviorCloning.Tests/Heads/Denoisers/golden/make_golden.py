"""Golden numbers of the U-Net and the diffusion transformer: plain PyTorch modules, their weights, outputs and gradients.

Run:  /usr/bin/python3 make_golden.py    writes *.safetensors beside itself. Made with PyTorch 1.13.1.
The modules follow the descriptions in arXiv 2303.04137 and its appendix; weights are renamed to this library's names on the way out.
"""
import json
import math
import os
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 100


def save(name, tensors):
    header, data = {}, b""
    for key, value in tensors.items():
        raw = np.ascontiguousarray(value.detach().numpy().astype(np.float32)).tobytes()
        header[key] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def embedding(k, width):
    half = width // 2
    f = torch.exp(torch.arange(half) * -(math.log(10000) / (half - 1)))
    a = k.float().unsqueeze(1) * f
    return torch.cat([a.sin(), a.cos()], 1)


class Convolution(nn.Module):
    def __init__(self, i, o, k, g):
        super().__init__()
        self.convolution = nn.Conv1d(i, o, k, padding=k // 2)
        self.norm = nn.GroupNorm(g, o)

    def forward(self, x):
        return F.mish(self.norm(self.convolution(x)))


class Block(nn.Module):
    def __init__(self, i, o, cond, k, g, scales):
        super().__init__()
        self.first, self.second = Convolution(i, o, k, g), Convolution(o, o, k, g)
        self.film = nn.Linear(cond, 2 * o if scales else o)
        self.residual = nn.Conv1d(i, o, 1) if i != o else None
        self.scales = scales

    def forward(self, x, c):
        h = self.first(x)
        m = self.film(F.mish(c)).unsqueeze(-1)
        if self.scales:
            scale, bias = m.chunk(2, 1)
            h = scale * h + bias
        else:
            h = h + m
        return self.second(h) + (x if self.residual is None else self.residual(x))


class Unet(nn.Module):
    def __init__(self, d, ctx, widths, k, g, e, scales):
        super().__init__()
        self.e = e
        block = lambda i, o: Block(i, o, e + ctx, k, g, scales)
        n = len(widths)
        self.time1, self.time2 = nn.Linear(e, 4 * e), nn.Linear(4 * e, e)
        ins = [d] + widths[:-1]
        self.down = nn.ModuleList(b for i, o in zip(ins, widths) for b in (block(i, o), block(o, o)))
        self.shrink = nn.ModuleList(nn.Conv1d(w, w, 3, 2, 1) for w in widths[:-1])
        self.middle = nn.ModuleList(block(widths[-1], widths[-1]) for _ in range(2))
        self.up = nn.ModuleList(b for i in reversed(range(n - 1)) for b in (block(2 * widths[i + 1], widths[i]), block(widths[i], widths[i])))
        self.grow = nn.ModuleList(nn.ConvTranspose1d(widths[i], widths[i], 4, 2, 1) for i in reversed(range(n - 1)))
        self.last = Convolution(widths[0], widths[0], k, g)
        self.output = nn.Conv1d(widths[0], d, 1)

    def forward(self, x, k, context):
        t = self.time2(F.mish(self.time1(embedding(k, self.e))))
        c = torch.cat([t, context.flatten(1)], 1)
        h, skips = x.transpose(1, 2), []
        for i in range(len(self.down) // 2):
            h = self.down[2 * i + 1](self.down[2 * i](h, c), c)
            skips.append(h)
            if i < len(self.shrink):
                h = self.shrink[i](h)
        for b in self.middle:
            h = b(h, c)
        for i, g in enumerate(self.grow):
            h = torch.cat([h, skips.pop()], 1)
            h = g(self.up[2 * i + 1](self.up[2 * i](h, c), c))
        return self.output(self.last(h)).transpose(1, 2)

    def renamed(self, tensors):
        out, film_w, film_b = {}, [], []
        for name, value in tensors.items():
            if ".film.weight" in name:
                film_w.append(value)
            elif ".film.bias" in name:
                film_b.append(value)
            else:
                out[name] = value
        out["film.weight"], out["film.bias"] = torch.cat(film_w), torch.cat(film_b)
        return out


class Transformer(nn.Module):
    def __init__(self, d, ctx, tokens, horizon, e, layers, heads):
        super().__init__()
        self.e, self.tokens, self.horizon = e, tokens, horizon
        self.action, self.position = nn.Linear(d, e), nn.Parameter(torch.zeros(horizon, e))
        self.token, self.tokenPosition = nn.Linear(ctx, e), nn.Parameter(torch.zeros(1 + tokens, e))
        self.memory1, self.memory2 = nn.Linear(e, 4 * e), nn.Linear(4 * e, e)
        layer = nn.TransformerDecoderLayer(e, heads, 4 * e, 0.0, "gelu", batch_first=True, norm_first=True)
        self.decoder = nn.TransformerDecoder(layer, layers)
        self.norm, self.output = nn.LayerNorm(e), nn.Linear(e, d)

    def forward(self, x, k, context):
        memory = torch.cat([embedding(k, self.e).unsqueeze(1), self.token(context)], 1) + self.tokenPosition
        memory = self.memory2(F.mish(self.memory1(memory)))
        t, s = torch.arange(self.horizon).unsqueeze(1), torch.arange(1 + self.tokens).unsqueeze(0)
        own = torch.zeros(self.horizon, self.horizon).masked_fill(t < torch.arange(self.horizon), float("-inf"))
        cross = torch.zeros(self.horizon, 1 + self.tokens).masked_fill(t < s - 1, float("-inf"))
        h = self.decoder(self.action(x) + self.position, memory, tgt_mask=own, memory_mask=cross)
        return self.output(self.norm(h))

    def renamed(self, tensors):
        out = {}
        for name, value in tensors.items():
            if not name.startswith("decoder.layers."):
                out[name] = value
                continue
            index, rest = name[len("decoder.layers."):].split(".", 1)
            prefix = f"layers.{index}."
            if rest.startswith("multihead_attn.in_proj_"):
                what = rest.rsplit("_", 1)[1]
                out[prefix + "query." + what], out[prefix + "memory." + what] = value[:self.e], value[self.e:]
                continue
            for old, new in (("self_attn.in_proj_", "attention."), ("self_attn.out_proj.", "attentionOutput."), ("multihead_attn.out_proj.", "memoryOutput."),
                             ("linear1.", "expand."), ("linear2.", "contract.")):
                rest = rest.replace(old, new)
            out[prefix + rest] = value
        return out


def golden(name, network, tokens, width, horizon, d):
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * 0.3)
    x = torch.randn(3, horizon, d, generator=generator).requires_grad_()
    context = torch.randn(3, tokens, width, generator=generator).requires_grad_()
    k = torch.tensor([0, 37, 99])
    cotangent = torch.randn(3, horizon, d, generator=generator)
    y = network(x, k, context)
    (y * cotangent).sum().backward()
    out = {"x": x, "context": context, "time": k / STEPS, "cotangent": cotangent, "y": y, "gradient of x": x.grad, "gradient of context": context.grad}
    out.update({f"weight {n}": v for n, v in network.renamed(dict(network.named_parameters())).items()})
    out.update({f"gradient {n}": v.abs().sum().view(1) for n, v in network.renamed({n: p.grad for n, p in network.named_parameters()}).items()})
    save(name, out)


def main():
    torch.manual_seed(0)
    for scales in (True, False):
        golden(f"unet-{'scale' if scales else 'shift'}.safetensors", Unet(2, 6, [8, 8, 16], 5, 4, 8, scales), 2, 3, 8, 2)
    golden("transformer.safetensors", Transformer(2, 3, 2, 6, 16, 2, 2), 2, 3, 6, 2)


main()
