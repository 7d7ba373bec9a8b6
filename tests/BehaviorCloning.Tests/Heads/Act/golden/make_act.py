"""A small ACT policy in LeRobot's file layout, with random weights, and what it computes: python3 make_act.py (PyTorch 1.13)

The network is written here from its description (names and shapes of LeRobot's state dict) with torch.nn layers: 4 joints, a camera of
64 x 96, chunks of 5 actions of 3, width 16, 2 heads, feed-forward 24, 2 + 2 + 1 layers, latent of 4, a ResNet-18 whose first stage has 2 channels.
    act.safetensors   its weights
    act.json          inputs, predictions, losses, gradients
"""
import base64
import json
import math
import struct

import torch
from torch import nn

B, STATE, DA, K, E, HEADS, FF, LATENT, BASE = 3, 4, 3, 5, 16, 2, 24, 4, 2


class FrozenNorm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("weight", 1 + 0.2 * torch.randn(n))
        self.register_buffer("bias", 0.1 * torch.randn(n))
        self.register_buffer("running_mean", 0.1 * torch.randn(n))
        self.register_buffer("running_var", 0.5 + torch.rand(n))

    def forward(self, x):
        s = self.weight / (self.running_var + 1e-5).sqrt()
        return x * s[:, None, None] + (self.bias - self.running_mean * s)[:, None, None]


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), FrozenNorm(b)
        self.conv2, self.bn2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), FrozenNorm(b)
        if stride != 1:
            self.downsample = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), FrozenNorm(b))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, BASE, 7, 2, 3, bias=False), FrozenNorm(BASE)
        a = BASE
        for i in range(4):
            b = BASE * 2**i
            setattr(self, f"layer{i + 1}", nn.Sequential(Block(a, b, 1 if i == 0 else 2), Block(b, b, 1)))
            a = b

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class EncoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(E, HEADS)
        self.linear1, self.linear2 = nn.Linear(E, FF), nn.Linear(FF, E)
        self.norm1, self.norm2 = nn.LayerNorm(E), nn.LayerNorm(E)

    def forward(self, x, pos, padding=None):  # tokens first
        q = x + pos
        x = self.norm1(x + self.self_attn(q, q, x, key_padding_mask=padding)[0])
        return self.norm2(x + self.linear2(torch.relu(self.linear1(x))))


class DecoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn, self.multihead_attn = nn.MultiheadAttention(E, HEADS), nn.MultiheadAttention(E, HEADS)
        self.linear1, self.linear2 = nn.Linear(E, FF), nn.Linear(FF, E)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(E), nn.LayerNorm(E), nn.LayerNorm(E)

    def forward(self, x, memory, memory_pos, pos):
        q = x + pos
        x = self.norm1(x + self.self_attn(q, q, x)[0])
        x = self.norm2(x + self.multihead_attn(x + pos, memory + memory_pos, memory)[0])
        return self.norm3(x + self.linear2(torch.relu(self.linear1(x))))


class Layers(nn.Module):
    def __init__(self, layers, norm=False):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        if norm:
            self.norm = nn.LayerNorm(E)


def code(c, width):
    a = c[:, None] / 10000 ** (2 * (torch.arange(width) // 2) / width)
    return torch.stack([a[:, 0::2].sin(), a[:, 1::2].cos()], -1).flatten(1)


def map_positions(h, w):
    y = code(torch.arange(1, h + 1) / (h + 1e-6) * 2 * math.pi, E // 2)
    x = code(torch.arange(1, w + 1) / (w + 1e-6) * 2 * math.pi, E // 2)
    return torch.cat([y[:, None].expand(h, w, -1), x[None].expand(h, w, -1)], -1).reshape(h * w, E)


class Act(nn.Module):
    def __init__(self):
        super().__init__()
        self.vae_encoder = Layers([EncoderLayer(), EncoderLayer()])
        self.vae_encoder_cls_embed = nn.Embedding(1, E)
        self.vae_encoder_robot_state_input_proj = nn.Linear(STATE, E)
        self.vae_encoder_action_input_proj = nn.Linear(DA, E)
        self.vae_encoder_latent_output_proj = nn.Linear(E, 2 * LATENT)
        self.register_buffer("vae_encoder_pos_enc", code(torch.arange(K + 2).float(), E)[None])
        self.backbone = Backbone()
        self.encoder = Layers([EncoderLayer(), EncoderLayer()])
        self.decoder = Layers([DecoderLayer()], norm=True)
        self.encoder_robot_state_input_proj = nn.Linear(STATE, E)
        self.encoder_latent_input_proj = nn.Linear(LATENT, E)
        self.encoder_img_feat_input_proj = nn.Conv2d(8 * BASE, E, 1)
        self.encoder_1d_feature_pos_embed = nn.Embedding(2, E)
        self.decoder_pos_embed = nn.Embedding(K, E)
        self.action_head = nn.Linear(E, DA)

    def style(self, state, actions, is_pad):
        tokens = torch.cat([self.vae_encoder_cls_embed.weight.expand(len(state), 1, E), self.vae_encoder_robot_state_input_proj(state)[:, None],
                            self.vae_encoder_action_input_proj(actions)], 1).transpose(0, 1)
        padding = torch.cat([torch.zeros(len(state), 2, dtype=torch.bool), is_pad], 1)
        for layer in self.vae_encoder.layers:
            tokens = layer(tokens, self.vae_encoder_pos_enc.transpose(0, 1), padding)
        return self.vae_encoder_latent_output_proj(tokens[0]).chunk(2, -1)

    def decode(self, state, images, z):
        features = self.encoder_img_feat_input_proj(self.backbone(images))
        h, w = features.shape[2:]
        tokens = torch.cat([self.encoder_latent_input_proj(z)[None], self.encoder_robot_state_input_proj(state)[None], features.flatten(2).permute(2, 0, 1)])
        pos = torch.cat([self.encoder_1d_feature_pos_embed.weight, map_positions(h, w)])[:, None]
        for layer in self.encoder.layers:
            tokens = layer(tokens, pos)
        x = torch.zeros(K, len(state), E)
        for layer in self.decoder.layers:
            x = layer(x, tokens, pos, self.decoder_pos_embed.weight[:, None])
        return self.action_head(self.decoder.norm(x).transpose(0, 1))


def write(path, tensors):
    header, data = {}, b""
    for name in sorted(tensors):
        t = tensors[name].detach().contiguous()
        raw = t.numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


torch.manual_seed(3)
net = Act().eval()
with torch.no_grad():
    for name, p in net.named_parameters():
        if p.dim() < 2:
            p.add_(0.1 * torch.randn(p.shape))
write("act.safetensors", {"model." + k: v for k, v in net.state_dict().items()})

state, actions = torch.randn(B, STATE), torch.randn(B, K, DA)
images = torch.randint(0, 256, (B, 64, 96, 3))
is_pad = torch.tensor([[0, 0, 0, 0, 0], [0, 0, 1, 1, 1], [0, 0, 0, 0, 1]], dtype=torch.bool)
pixels = ((images.float() / 255 - torch.tensor([.485, .456, .406])) / torch.tensor([.229, .224, .225])).permute(0, 3, 1, 2)
# Fewer than 16 numbers: PyTorch draws them alike on every processor.
eps = torch.randn(B, LATENT, generator=torch.Generator().manual_seed(5))
mean, logvar = net.style(state, actions, is_pad)
chunk = net.decode(state, pixels, mean + (0.5 * logvar).exp() * eps)
error = (chunk - actions).abs() * ~is_pad[..., None]
kl = (-0.5 * (1 + logvar - mean**2 - logvar.exp())).sum(-1).mean()
diluted = error.mean() + 10 * kl
inside = error.sum() / (~is_pad).sum() / DA + 10 * kl
diluted.backward()


def listed(t):
    return [float(v) for v in t.detach().flatten()]


def gradient(name):
    return listed(dict(net.named_parameters())[name].grad)


with open("act.json", "w") as file:
    json.dump({
        "state": listed(state), "images": base64.b64encode(images.to(torch.uint8).numpy().tobytes()).decode(), "actions": listed(actions), "isPad": [bool(v) for v in is_pad.flatten()],
        "mean": listed(mean), "logVariance": listed(logvar), "sampled": listed(net.decode(state, pixels, torch.zeros(B, LATENT))),
        "kl": float(kl), "dilutedLoss": float(diluted), "insideLoss": float(inside),
        "gradients": {n: gradient(n) for n in ["backbone.conv1.weight", "vae_encoder_cls_embed.weight", "vae_encoder.layers.0.linear1.bias", "action_head.weight",
                                               "encoder_img_feat_input_proj.weight", "decoder_pos_embed.weight", "encoder.layers.1.self_attn.in_proj_weight"]},
    }, file)
