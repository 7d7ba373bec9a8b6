"""Golden numbers of the variational and the masked autoencoder, computed with PyTorch 1.13: python3 make_learned.py

Written here from the papers (Kingma and Welling 2014; He et al. 2022). The divergence is torch.distributions', the likelihood its Normal's. The masked
autoencoder is written as in the paper: patches are shuffled, the decoder's tokens are put back into their order before positions are added, and the loss is
taken over all patches and multiplied with the mask; the library sorts nothing back and asks only for the masked ones. Weights are made by a rule of integers
(Networks/golden/make_resnet.py).
"""
import json
import os
import sys

import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Networks/golden"))
from make_resnet import fill, sampled, values
from make_vision_transformer import Block, VisionTransformer, sines


class Encoder(nn.Module):
    def __init__(self, channels, flat, outputs):
        super().__init__()
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in zip([3] + channels, channels))
        self.norms = nn.ModuleList(nn.GroupNorm(max(1, c // 8), c) for c in channels)
        self.output = nn.Linear(flat, outputs)

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = torch.relu(norm(convolution(x)))
        return self.output(x.flatten(1))


class Decoder(nn.Module):
    def __init__(self, channels, map_size, latents):
        super().__init__()
        down = channels[::-1]
        self.shape = (down[0], *map_size)
        self.input = nn.Linear(latents, down[0] * map_size[0] * map_size[1])
        self.norms = nn.ModuleList(nn.GroupNorm(max(1, c // 8), c) for c in down)
        self.convolutions = nn.ModuleList(nn.ConvTranspose2d(a, b, 4, 2, 1) for a, b in zip(down, down[1:] + [3]))
        self.register_buffer("meanImage", torch.zeros(3, map_size[0] << len(channels), map_size[1] << len(channels)))

    def forward(self, z):
        x = self.input(z).unflatten(1, self.shape)
        for norm, convolution in zip(self.norms, self.convolutions):
            x = convolution(torch.relu(norm(x)))
        return x + self.meanImage


class Autoencoder(nn.Module):
    def __init__(self, channels, map_size, latents, outputs):
        super().__init__()
        self.encoder = Encoder(channels, channels[-1] * map_size[0] * map_size[1], outputs)
        self.decoder = Decoder(channels, map_size, latents)


class MaskedAutoencoder(nn.Module):
    class Decoder(nn.Module):
        def __init__(self, width, own, heads, depth, out):
            super().__init__()
            self.embed = nn.Linear(width, own)
            self.maskToken = nn.Parameter(torch.zeros(1, 1, own))
            self.blocks = nn.ModuleList(Block(own, heads, 4 * own) for _ in range(depth))
            self.norm, self.output = nn.LayerNorm(own, 1e-6), nn.Linear(own, out)

    def __init__(self, grid, patch):
        super().__init__()
        self.grid, self.patch = grid, patch
        self.encoder = VisionTransformer(grid=grid, patch=patch, width=16, depth=2, heads=2, hidden=64, learned=False)
        self.decoder = self.Decoder(16, 8, 2, 2, patch * patch * 3)

    def forward(self, images, order, seen, normalized):
        n = order.shape[1]
        restore = order.argsort(1)
        tokens = self.encoder.patches(images)
        tokens = torch.stack([t[o[:seen]] for t, o in zip(tokens, order)])
        latent = self.encoder.encode(tokens)
        d = self.decoder
        x = d.embed(latent)
        body = torch.cat([x[:, 1:], d.maskToken.expand(len(x), n - seen, -1)], 1)
        body = torch.stack([b[r] for b, r in zip(body, restore)]) + sines(*self.grid, 8)
        x = torch.cat([x[:, :1], body], 1)
        for block in d.blocks:
            x = block(x)
        predicted = d.output(d.norm(x))[:, 1:]
        h, w = self.grid
        p = self.patch
        target = torch.einsum("nchpwq->nhwpqc", images.reshape(len(images), 3, h, p, w, p)).reshape(len(images), h * w, p * p * 3)
        if normalized:
            target = (target - target.mean(-1, keepdim=True)) / (target.var(-1, keepdim=True) + 1e-6) ** 0.5
        mask = (restore >= seen).float()
        loss = ((predicted - target) ** 2).mean(-1)
        return latent, predicted, target, (loss * mask).sum() / mask.sum()


if __name__ == "__main__":
    golden = {}
    images = values(2 * 3 * 16 * 24).view(2, 3, 16, 24)
    channels, map_size, latents, deviation = [4, 8, 16], (2, 3), 5, 0.2
    noise = values(2 * latents).view(2, latents) * 2
    net = Autoencoder(channels, map_size, latents, 2 * latents)
    fill(net)
    mean, log_variance = net.encoder(images).chunk(2, 1)
    posterior = Normal(mean, (log_variance / 2).exp())
    decoded = net.decoder(mean + posterior.scale * noise)
    # Pixels from -1..1 to 0..1, where the deviation is stated.
    log_likelihood = Normal((decoded + 1) / 2, deviation).log_prob((images + 1) / 2).sum((1, 2, 3))
    kl = kl_divergence(posterior, Normal(torch.zeros(1), torch.ones(1)))
    values_per_image = images[0].numel()
    beta = 4.0
    loss = ((beta * kl.sum(1) - log_likelihood).mean() * 2 * deviation**2 / values_per_image)
    loss.backward()
    golden["variational"] = {
        "mean": sampled(mean, 1), "divergence": sampled(kl, 1), "negative elbo": sampled(kl.sum(1) - log_likelihood, 1),
        "decoded mean, every 17th": sampled(net.decoder(mean), 17),
        "gradient of first convolution": sampled(net.encoder.convolutions[0].weight.grad, 5), "gradient of encoder's output": sampled(net.encoder.output.weight.grad, 7),
    }
    plain = Autoencoder(channels, map_size, latents, latents)
    fill(plain)
    golden["autoencoder"] = {"loss": [(((plain.decoder(plain.encoder(images)) - images) / 2) ** 2).mean().item()], "latents": sampled(plain.encoder(images), 1)}

    images = values(2 * 3 * 12 * 16).view(2, 3, 12, 16)
    order = torch.tensor([[4, 1, 11, 0, 2, 3, 5, 6, 7, 8, 9, 10], [7, 0, 5, 11, 10, 9, 8, 6, 4, 3, 2, 1]])
    for normalized in (True, False):
        net = MaskedAutoencoder((3, 4), 4)
        fill(net)
        latent, predicted, target, loss = net(images, order, 3, normalized)
        loss.backward()
        masked = torch.stack([p[o[3:]] for p, o in zip(predicted, order)])
        golden["masked, normalized" if normalized else "masked, raw"] = {
            "tokens": sampled(latent, 3), "predicted, every 11th": sampled(masked, 11), "target, every 11th": sampled(torch.stack([t[o[3:]] for t, o in zip(target, order)]), 11),
            "loss": [loss.item()], "gradient of stem, every 5th": sampled(net.encoder.stem.weight.grad, 5), "gradient of mask token": sampled(net.decoder.maskToken.grad, 1),
        }
    with open("learned.json", "w") as file:
        json.dump(golden, file)
