"""What the scripts that make golden numbers share: seeded tensors, and safetensors files written with nothing but the standard library."""
import json
import struct

import torch

TYPES = {torch.float32: "F32", torch.int64: "I64", torch.bool: "BOOL"}


def write(path, tensors):
    """Writes tensors in the order of the format: widest elements first, then by name."""
    header, blobs, start = {}, [], 0
    for name in sorted(tensors, key=lambda n: (-tensors[n].element_size(), n)):
        tensor = tensors[name].detach().contiguous()
        blob = tensor.numpy().tobytes()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, start + len(blob)]}
        blobs.append(blob)
        start += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for blob in blobs:
            file.write(blob)


class Weights(dict):
    """Parameters by name, drawn when first asked for. `frozen` ones take no gradient."""

    def __init__(self, seed):
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def draw(self, name, *shape, scale=0.3, frozen=False):
        if name not in self:
            self[name] = (torch.randn(*shape, generator=self.generator) * scale).requires_grad_(not frozen)
        return self[name]

    def linear(self, name, x, width, bias=True, frozen=False):
        weight = self.draw(name + ".weight", width, x.shape[-1], frozen=frozen)
        y = x @ weight.T
        return y + self.draw(name + ".bias", width, frozen=frozen) if bias else y

    def norm(self, name, x):
        width = x.shape[-1]
        weight = self.draw(name + ".weight", width)
        return torch.nn.functional.layer_norm(x, (width,), weight, self.draw(name + ".bias", width))

    def collect(self, tensors):
        """The weights as 'head.<name>' and their gradients as 'grad.<name>'."""
        for name, value in self.items():
            tensors["head." + name] = value
            if value.grad is not None:
                tensors["grad." + name] = value.grad
        return tensors


def residual_mlp(weights, name, x, width, blocks, out):
    h = weights.linear(name + ".input", x, width)
    for i in range(blocks):
        y = torch.nn.functional.layer_norm(h, (width,))
        y = torch.nn.functional.silu(weights.linear(f"{name}.blocks.{i}.first", y, width))
        h = h + weights.linear(f"{name}.blocks.{i}.second", y, width)
    return weights.linear(name + ".output", torch.nn.functional.layer_norm(h, (width,)), out)


def relu_mlp(weights, name, x, widths, frozen=False):
    for i, width in enumerate(widths):
        if i > 0:
            x = torch.relu(x)
        x = weights.linear(f"{name}.layers.{i}", x, width, frozen=frozen)
    return x


def context_transformer(weights, name, context, width, layers, heads):
    """minGPT's layers over the context tokens; the last token's output."""
    batch, length, _ = context.shape
    h = weights.linear(name + ".embed", context, width) + weights.draw(name + ".trunk.position", length, width)
    mask = torch.full((length, length), float("-inf")).triu(1)
    for i in range(layers):
        layer = f"{name}.trunk.layers.{i}"
        y = weights.linear(layer + ".attention", weights.norm(layer + ".attentionNorm", h), 3 * width)
        q, k, v = (part.view(batch, length, heads, width // heads).transpose(1, 2) for part in y.chunk(3, -1))
        scores = (q @ k.transpose(-1, -2)) / (width // heads) ** 0.5 + mask
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width)
        h = h + weights.linear(layer + ".projection", y, width)
        y = weights.linear(layer + ".expand", weights.norm(layer + ".feedForwardNorm", h), 4 * width)
        h = h + weights.linear(layer + ".contract", torch.nn.functional.gelu(y), width)
    return weights.norm(name + ".trunk.final", h)[:, -1]


def focal(logits, target, gamma):
    log = logits.log_softmax(-1).gather(1, target[:, None])[:, 0]
    return -(1 - log.exp()) ** gamma * log


def masked_mean(error, inside, weight):
    """sum(w m e) / sum(w m), plain mean over trailing dimensions."""
    w = inside.float() * weight[:, None]
    per_step = error.flatten(2).mean(2) if error.dim() > 2 else error
    return (per_step * w).sum() / w.sum()


def batch(seed, size, shape):
    """Context, actions, mask and sample weights for a head of shape (N, C, Tp, Da); the last sample ends early."""
    generator = torch.Generator().manual_seed(seed)
    tokens, width, horizon, dimension = shape
    inside = torch.ones(size, horizon, dtype=torch.bool)
    inside[-1, horizon // 2:] = False
    return {
        "context": torch.randn(size, tokens, width, generator=generator),
        "actions": torch.randn(size, horizon, dimension, generator=generator),
        "inside": inside,
        "weight": torch.rand(size, generator=generator) + 0.5,
    }
