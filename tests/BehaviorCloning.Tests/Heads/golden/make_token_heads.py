"""Makes token_heads.json: losses, densities and samples of the binned and the autoregressive head, computed with PyTorch.

    /usr/bin/python3 make_token_heads.py

The networks are written down anew here, from their formulas. Every parameter is 0.1 sin(0.37 i + k), i its flat index and k its
place among the parameters' names in ordinal order; the test fills the library's heads with the same numbers.
"""
import json
import math

import numpy as np
import torch
import torch.nn.functional as F

B, N, C, TP, DA, BINS = 3, 2, 3, 3, 2, 8
FACTORS = TP * DA
torch.set_num_threads(1)


def numbers(*shape, step, offset):
    count = int(np.prod(shape))
    return torch.tensor(np.sin(step * np.arange(count) + offset)).view(*shape).float()


def fill(shapes):
    parameters = {}
    for k, name in enumerate(sorted(shapes)):
        count = int(np.prod(shapes[name]))
        parameters[name] = torch.tensor(0.1 * np.sin(0.37 * np.arange(count) + k)).view(*shapes[name]).float()
    return parameters


def bins_of(actions, inside):
    rows = actions[inside].double().numpy()
    low = torch.tensor(np.quantile(rows, 0.01, axis=0)).float()
    high = torch.tensor(np.quantile(rows, 0.99, axis=0)).float()
    codes = torch.floor((actions - low) / (high - low) * BINS).clamp(0, BINS - 1).long()
    return low, high, codes


def centers(codes, low, high):
    return low + (codes.float() + 0.5) * (high - low) / BINS


def mlp(p, x):
    h = F.linear(x, p["network.input.weight"], p["network.input.bias"])
    width = h.shape[-1]
    for i in range(2):
        y = F.linear(F.layer_norm(h, [width]), p[f"network.blocks.{i}.first.weight"], p[f"network.blocks.{i}.first.bias"])
        h = h + F.linear(F.silu(y), p[f"network.blocks.{i}.second.weight"], p[f"network.blocks.{i}.second.bias"])
    return F.linear(F.layer_norm(h, [width]), p["network.output.weight"], p["network.output.bias"])


def gpt(p, context, tokens, layers=2, heads=2):
    """[B, T - 1] tokens to [B, T, BINS] logits."""
    width = p["decoder.context.weight"].shape[0]
    x = torch.cat([F.linear(context, p["decoder.context.weight"], p["decoder.context.bias"]), p["decoder.embedding.weight"][tokens]], 1)
    length = x.shape[1]
    h = x + p["decoder.transformer.position"][:length]
    allowed = torch.tril(torch.ones(length, length, dtype=torch.bool))
    allowed[:, :N] = True
    for i in range(layers):
        def of(name, i=i):
            return p[f"decoder.transformer.layers.{i}.{name}"]
        y = F.layer_norm(h, [width], of("attentionNorm.weight"), of("attentionNorm.bias"))
        q, k, v = F.linear(y, of("attention.weight"), of("attention.bias")).view(B, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(width // heads)).masked_fill(~allowed, -math.inf)
        attended = (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)
        h = h + F.linear(attended, of("projection.weight"), of("projection.bias"))
        y = F.layer_norm(h, [width], of("feedForwardNorm.weight"), of("feedForwardNorm.bias"))
        h = h + F.linear(F.gelu(F.linear(y, of("expand.weight"), of("expand.bias"))), of("contract.weight"), of("contract.bias"))
    h = F.layer_norm(h, [width], p["decoder.transformer.final.weight"], p["decoder.transformer.final.bias"])
    return F.linear(h[:, N - 1:], p["decoder.output.weight"], p["decoder.output.bias"])


def masked_mean(error, inside, weight):
    total = (inside * weight[:, None]).float()
    return (error * total[..., None]).sum() / total.sum() / DA


def inverse_cdf(logits, uniform):
    total = logits.double().softmax(-1).cumsum(-1)
    return (total <= uniform[:, None] * total[:, -1:]).sum(-1)


context = numbers(B, N, C, step=0.7, offset=0.2)
actions = numbers(B, TP, DA, step=1.3, offset=0.5)
inside = torch.ones(B, TP, dtype=torch.bool)
inside[0, 2] = False
weight = torch.tensor([1.0, 0.5, 2.0])
low, high, codes = bins_of(actions, inside)
log_width = ((high - low) / BINS).log()
# In every bin's range: densities are minus infinity outside.
within = low + (high - low) * (0.5 + 0.45 * numbers(B, TP, DA, step=0.9, offset=1.0))
within_codes = torch.floor((within - low) / (high - low) * BINS).clamp(0, BINS - 1).long()
golden = {"low": low.tolist(), "high": high.tolist(), "codes": codes.flatten().tolist(), "within": within.flatten().tolist()}

# The binned head.
H = 5
p = fill({"network.input.weight": (H, N * C), "network.input.bias": (H,), "network.output.weight": (FACTORS * BINS, H), "network.output.bias": (FACTORS * BINS,),
          **{f"network.blocks.{i}.{j}.weight": (H, H) for i in range(2) for j in ("first", "second")}, **{f"network.blocks.{i}.{j}.bias": (H,) for i in range(2) for j in ("first", "second")}})
for value in p.values():
    value.requires_grad_()
log_p = mlp(p, context.flatten(1)).view(B, TP, DA, BINS).log_softmax(-1)
loss = masked_mean(-log_p.gather(-1, codes[..., None]).squeeze(-1), inside, weight)
loss.backward()
uniform = torch.rand(FACTORS, B, dtype=torch.float64, generator=torch.Generator().manual_seed(9))
golden["binned"] = {
    "loss": loss.item(), "input_gradient": p["network.input.weight"].grad.flatten().tolist(),
    "density": (log_p.gather(-1, within_codes[..., None]).squeeze(-1) - log_width).sum((1, 2)).tolist(),
    "likeliest": centers(log_p.argmax(-1), low, high).flatten().tolist(),
    "expected": (low + ((log_p.exp() @ torch.arange(BINS).float()) + 0.5) * (high - low) / BINS).flatten().tolist(),
    "sampled": centers(inverse_cdf(log_p.flatten(0, 2), uniform.flatten()).view(B, TP, DA), low, high).flatten().tolist()}

# The autoregressive head, in every order.
W, FF = 4, 6
shapes = {"decoder.context.weight": (W, C), "decoder.context.bias": (W,), "decoder.embedding.weight": (BINS + 1, W), "decoder.output.weight": (BINS, W), "decoder.output.bias": (BINS,),
          "decoder.transformer.position": (N + FACTORS - 1, W), "decoder.transformer.final.weight": (W,), "decoder.transformer.final.bias": (W,)}
for i in range(2):
    for name, shape in (("attentionNorm", (W,)), ("feedForwardNorm", (W,)), ("attention", (3 * W, W)), ("projection", (W, W)), ("expand", (FF, W)), ("contract", (W, FF))):
        shapes[f"decoder.transformer.layers.{i}.{name}.weight"] = shape
        shapes[f"decoder.transformer.layers.{i}.{name}.bias"] = shape[:1]
flat = np.arange(FACTORS).reshape(TP, DA)
orders = {"TimeMajor": flat.flatten(), "DimensionMajor": flat.T.flatten(), "ReverseTimeMajor": flat[::-1].flatten()}
golden["autoregressive"] = {}
for name, order in orders.items():
    order = torch.tensor(order.copy())
    place = torch.argsort(order)
    p = fill(shapes)
    for value in p.values():
        value.requires_grad_()

    def log_p_of(codes, inputs):
        logits = gpt(p, context, inputs.flatten(1)[:, order][:, :-1])
        picked = logits.log_softmax(-1).gather(-1, codes.flatten(1)[:, order][..., None]).squeeze(-1)
        return picked[:, place].view(B, TP, DA)

    loss = masked_mean(-log_p_of(codes, codes.masked_fill(~inside[..., None], BINS)), inside, weight)
    loss.backward()
    samples = {}
    uniform = torch.rand(FACTORS, B, dtype=torch.float64, generator=torch.Generator().manual_seed(9))
    for kind in ("greedy", "drawn"):
        tokens = torch.zeros(B, 0, dtype=torch.long)
        for j in range(FACTORS):
            # Without a cache: everything anew.
            logits = gpt(p, context, tokens)[:, -1]
            token = logits.argmax(-1) if kind == "greedy" else inverse_cdf(logits, uniform[j])
            tokens = torch.cat([tokens, token[:, None]], 1)
        samples[kind] = centers(tokens[:, place].view(B, TP, DA), low, high).flatten().tolist()
    golden["autoregressive"][name] = {
        "loss": loss.item(), "context_gradient": p["decoder.context.weight"].grad.flatten().tolist(),
        "density": (log_p_of(within_codes, within_codes) - log_width).sum((1, 2)).tolist(), **samples}

with open("token_heads.json", "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
print(golden["binned"]["loss"], {k: v["loss"] for k, v in golden["autoregressive"].items()})
