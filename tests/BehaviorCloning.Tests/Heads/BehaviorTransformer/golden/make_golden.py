"""Golden numbers of BeT: clusters, loss, parts, gradients and samples in PyTorch 1.13. Run: python3 make_golden.py"""
import pathlib
import sys

import torch

sys.path.append(str(pathlib.Path(__file__).parents[2]))
from golden_tensors import Weights, batch, context_transformer, focal, masked_mean, write

SHAPE = (3, 4, 2, 3)
CLUSTERS, WIDTH, LAYERS, HEADS, BATCH, SEED = 5, 8, 2, 2, 6, 11
CHUNK = SHAPE[2] * SHAPE[3]

weights, data = Weights(3), batch(4, BATCH, SHAPE)
actions = data["actions"] * data["inside"][..., None]
centers = weights.draw("centers", CLUSTERS, CHUNK, scale=1, frozen=True)
known = data["inside"].repeat_interleave(SHAPE[3], 1).float()
cluster = (((actions.flatten(1)[:, None] - centers[None]) ** 2) * known[:, None]).sum(-1).argmin(1)

features = context_transformer(weights, "trunk", data["context"], WIDTH, LAYERS, HEADS)
predicted = weights.linear("output", features, CLUSTERS * (1 + CHUNK), bias=False)
logits, offsets = predicted[:, :CLUSTERS], predicted[:, CLUSTERS:].view(BATCH, CLUSTERS, CHUNK)
rows = torch.arange(BATCH)


def chunk(which):
    return (centers[which] + offsets[rows, which]).view(BATCH, *SHAPE[2:])


share = data["weight"] / data["weight"].sum()
focal_part = (focal(logits, cluster, 2) * share).sum()
offset_part = masked_mean((chunk(cluster) - actions) ** 2, data["inside"], data["weight"])
total = focal_part + 1000 * offset_part
total.backward()
drawn = logits.softmax(1).multinomial(1, generator=torch.Generator().manual_seed(SEED))[:, 0]
out = {**data, "total": total, "focal": focal_part, "offset": offset_part, "sample": chunk(drawn)}
write(pathlib.Path(__file__).with_name("behavior_transformer.safetensors"), weights.collect(out))
