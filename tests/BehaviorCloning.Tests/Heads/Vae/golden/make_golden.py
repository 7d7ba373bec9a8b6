"""Golden numbers of the VAE heads: loss, parts, gradients and samples in PyTorch 1.13. Run: python3 make_golden.py"""
import pathlib
import sys

import torch

sys.path.append(str(pathlib.Path(__file__).parents[2]))
from golden_tensors import Weights, batch, masked_mean, residual_mlp, write

SHAPE = (2, 3, 4, 2)
Z, WIDTH, BLOCKS, BATCH, SEED = 3, 8, 1, 5, 11
CASES = {
    # name: encoder sees context, learned prior, L1, KL weight, free bits
    "vae": (False, False, False, 0.1, 0.0),
    "cvae": (True, False, True, 0.3, 0.5),
    "cvae_learned_prior": (True, True, False, 0.2, 0.0),
}


def make(name, sees_context, learned, absolute, kl_weight, free_bits):
    weights, data = Weights(3), batch(4, BATCH, SHAPE)
    context = data["context"].flatten(1)
    actions = data["actions"] * data["inside"][..., None]

    def prior():
        if not learned:
            return torch.zeros(BATCH, Z), torch.zeros(BATCH, Z)
        return residual_mlp(weights, "prior", context, WIDTH, BLOCKS, 2 * Z).chunk(2, 1)

    def decode(z):
        return residual_mlp(weights, "decoder", torch.cat([z, context], 1), WIDTH, BLOCKS, SHAPE[2] * SHAPE[3]).view(BATCH, SHAPE[2], SHAPE[3])

    seen = torch.cat([actions.flatten(1), context], 1) if sees_context else actions.flatten(1)
    mean, log_variance = residual_mlp(weights, "encoder", seen, WIDTH, BLOCKS, 2 * Z).chunk(2, 1)
    noise = torch.randn(BATCH, Z, generator=torch.Generator().manual_seed(SEED))
    error = decode(mean + (log_variance / 2).exp() * noise) - actions
    reconstruction = masked_mean(error.abs() if absolute else error ** 2, data["inside"], data["weight"])
    prior_mean, prior_log_variance = prior()
    posterior = torch.distributions.Normal(mean, (log_variance / 2).exp())
    divergence = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(prior_mean, (prior_log_variance / 2).exp()))
    free = divergence.clamp(min=free_bits * torch.log(torch.tensor(2.0)).item())
    share = data["weight"] / data["weight"].sum()
    kl, charged = (divergence.sum(1) * share).sum(), (free.sum(1) * share).sum()
    total = reconstruction + kl_weight * charged
    total.backward()
    noise = torch.randn(BATCH, Z, generator=torch.Generator().manual_seed(SEED))
    sample = decode(prior_mean + (prior_log_variance / 2).exp() * noise)
    out = {**data, "total": total, "reconstruction": reconstruction, "kl": kl, "sample": sample}
    write(pathlib.Path(__file__).with_name(name + ".safetensors"), weights.collect(out))


for case, options in CASES.items():
    make(case, *options)
