"""Golden numbers of VQ-BeT: codes, loss, parts, gradients and samples in PyTorch 1.13. Run: python3 make_golden.py"""
import pathlib
import sys

import torch

sys.path.append(str(pathlib.Path(__file__).parents[2]))
from golden_tensors import Weights, batch, context_transformer, focal, masked_mean, relu_mlp, write

SHAPE = (3, 4, 2, 3)
LEVELS, CODES, CODE_WIDTH, HIDDEN, HEAD = 2, 4, 6, 8, 8
WIDTH, LAYERS, HEADS, BATCH, SEED = 8, 1, 2, 6, 11
CHUNK = SHAPE[2] * SHAPE[3]


def make(name, sequential):
    weights, data = Weights(3), batch(4, BATCH, SHAPE)
    actions = data["actions"] * data["inside"][..., None]
    books = weights.draw("codec.quantizer.codebooks", LEVELS, CODES, CODE_WIDTH, scale=1, frozen=True)
    rest = relu_mlp(weights, "codec.encoder", actions.flatten(1), [HIDDEN, HIDDEN, CODE_WIDTH], frozen=True)
    right = []
    for level in range(LEVELS):
        right.append(((rest[:, None] - books[level][None]) ** 2).sum(-1).argmin(1))
        rest = rest - books[level][right[-1]]
    right = torch.stack(right, 1)

    features = context_transformer(weights, "trunk", data["context"], WIDTH, LAYERS, HEADS)
    offsets = relu_mlp(weights, "offsets", features, [HEAD, HEAD, LEVELS * CODES * CHUNK]).view(BATCH, LEVELS, CODES, CHUNK)
    rows = torch.arange(BATCH)

    def logits(level, known):
        if not sequential:
            return relu_mlp(weights, "codes.0", features, [HEAD, HEAD, LEVELS * CODES])[:, level * CODES:(level + 1) * CODES]
        before = [torch.nn.functional.one_hot(known[:, i], CODES).float() for i in range(level)]
        return relu_mlp(weights, f"codes.{level}", torch.cat([features, *before], 1), [HEAD, HEAD, CODES])

    def chunk(codes):
        vector = sum(books[level][codes[:, level]] for level in range(LEVELS))
        decoded = relu_mlp(weights, "codec.decoder", vector, [HIDDEN, HIDDEN, CHUNK], frozen=True)
        return (decoded + sum(offsets[rows, level, codes[:, level]] for level in range(LEVELS))).view(BATCH, *SHAPE[2:])

    share = data["weight"] / data["weight"].sum()
    parts = [(focal(logits(level, right), right[:, level], 2) * share).sum() for level in range(LEVELS)]
    offset = masked_mean((chunk(right) - actions).abs(), data["inside"], data["weight"])
    total = 5 * parts[0] + 0.5 * parts[1] + 10 * offset
    total.backward()
    draws, drawn = torch.Generator().manual_seed(SEED), torch.zeros(BATCH, LEVELS, dtype=torch.int64)
    for level in range(LEVELS):
        drawn[:, level] = logits(level, drawn).softmax(1).multinomial(1, generator=draws)[:, 0]
    out = {**data, "codes": right, "total": total, "focal": parts[0] + parts[1], "offset": offset, "sample": chunk(drawn)}
    write(pathlib.Path(__file__).with_name(name + ".safetensors"), weights.collect(out))


make("sequential", True)
make("independent", False)
