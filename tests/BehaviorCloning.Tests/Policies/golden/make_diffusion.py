"""A small diffusion policy in LeRobot's file layout (up to 0.5), with random weights, and what it computes: python3 make_diffusion.py (PyTorch 1.13)

The networks are written here from their description (names and shapes of LeRobot's state dict): a position of 2, a camera of 64 x 64, two
observed steps, chunks of 8 actions of 1; a ResNet-18 with group norm whose first stage has 2 channels, 4 keypoints read to 6 numbers with ReLU; a
U-Net of widths 8, 8, 16.
    diffusion.safetensors   its weights
    diffusion.json          inputs, and the chunk after two DDIM steps (50 and 0 of 100) from half the noise
"""
import base64
import json
import math
import struct

import torch
from torch import nn

STATE, DA, TP, E, BASE, WIDTHS = 2, 1, 8, 8, 2, [8, 8, 16]
COND = E + 2 * (STATE + 6)


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.GroupNorm(max(1, b // 16), b)
        self.conv2, self.bn2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.GroupNorm(max(1, b // 16), b)
        if stride != 1:
            self.downsample = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.GroupNorm(max(1, b // 16), b))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class Pool(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.nets = nn.Conv2d(channels, 4, 1)
        y, x = torch.meshgrid(torch.linspace(-1, 1, 2), torch.linspace(-1, 1, 2), indexing="ij")
        self.register_buffer("pos_grid", torch.stack([x.flatten(), y.flatten()], 1))

    def forward(self, x):
        return torch.softmax(self.nets(x).flatten(2), -1) @ self.pos_grid


class Rgb(nn.Module):
    def __init__(self):
        super().__init__()
        stages = [nn.Sequential(Block(BASE * 2 ** max(0, i - 1), BASE * 2**i, 1 if i == 0 else 2), Block(BASE * 2**i, BASE * 2**i, 1)) for i in range(4)]
        self.backbone = nn.Sequential(nn.Conv2d(3, BASE, 7, 2, 3, bias=False), nn.GroupNorm(1, BASE), nn.ReLU(), nn.MaxPool2d(3, 2, 1), *stages)
        self.pool, self.out = Pool(8 * BASE), nn.Linear(8, 6)

    def forward(self, x):
        return torch.relu(self.out(self.pool(self.backbone(x)).flatten(1)))


class Conv(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.block = nn.Sequential(nn.Conv1d(a, b, 5, padding=2), nn.GroupNorm(8, b), nn.Mish())

    def forward(self, x):
        return self.block(x)


class Residual(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv1, self.conv2, self.out = Conv(a, b), Conv(b, b), b
        self.cond_encoder = nn.Sequential(nn.Mish(), nn.Linear(COND, 2 * b))
        self.residual_conv = nn.Conv1d(a, b, 1) if a != b else nn.Identity()

    def forward(self, x, c):
        scale, bias = self.cond_encoder(c)[..., None].chunk(2, 1)
        return self.conv2(scale * self.conv1(x) + bias) + self.residual_conv(x)


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.diffusion_step_encoder = nn.Sequential(nn.Identity(), nn.Linear(E, 4 * E), nn.Mish(), nn.Linear(4 * E, E))
        sizes = list(zip([DA] + WIDTHS[:-1], WIDTHS))
        last = len(sizes) - 1
        self.down_modules = nn.ModuleList([nn.ModuleList([Residual(a, b), Residual(b, b), nn.Conv1d(b, b, 3, 2, 1) if i < last else nn.Identity()]) for i, (a, b) in enumerate(sizes)])
        self.mid_modules = nn.ModuleList([Residual(WIDTHS[-1], WIDTHS[-1]), Residual(WIDTHS[-1], WIDTHS[-1])])
        self.up_modules = nn.ModuleList([nn.ModuleList([Residual(2 * b, a), Residual(a, a), nn.ConvTranspose1d(a, a, 4, 2, 1)]) for a, b in reversed(sizes[1:])])
        self.final_conv = nn.Sequential(Conv(WIDTHS[0], WIDTHS[0]), nn.Conv1d(WIDTHS[0], DA, 1))

    def forward(self, x, k, cond):
        half = E // 2
        angle = k * torch.exp(-math.log(10000) / (half - 1) * torch.arange(half))
        c = torch.cat([self.diffusion_step_encoder(torch.cat([angle.sin(), angle.cos()])[None]), cond], 1)
        x, skips = x.transpose(1, 2), []
        for a, b, down in self.down_modules:
            x = b(a(x, c), c)
            skips.append(x)
            x = down(x)
        for block in self.mid_modules:
            x = block(x, c)
        for a, b, up in self.up_modules:
            x = up(b(a(torch.cat([x, skips.pop()], 1), c), c))
        return self.final_conv(x).transpose(1, 2)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.rgb_encoder, self.unet = Rgb(), Unet()


def write(path, tensors):
    header, data = {}, b""
    for name in sorted(tensors):
        raw = tensors[name].detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


torch.manual_seed(4)
net = Policy().eval()
with torch.no_grad():
    for p in net.parameters():
        if p.dim() < 2:
            p.add_(0.1 * torch.randn(p.shape))
    net.unet.final_conv[1].weight.mul_(0.3)
write("diffusion.safetensors", {"diffusion." + k: v for k, v in net.state_dict().items()})

state = torch.randn(2, STATE)
images = torch.randint(0, 256, (2, 64, 64, 3))
cond = torch.cat([state, net.rgb_encoder((images.float() / 127.5 - 1).permute(0, 3, 1, 2))], 1).flatten()[None]
f = [math.cos((i / 100 + 0.008) / 1.008 * math.pi / 2) ** 2 for i in range(101)]
remaining = torch.cumprod(torch.tensor([1 - min(1 - f[i + 1] / f[i], 0.999) for i in range(100)], dtype=torch.float64), 0)
# Fewer than 16 numbers: PyTorch draws them alike on every processor.
x = 0.5 * torch.randn(1, TP, DA, generator=torch.Generator().manual_seed(6))
for k, following in [(50, 0), (0, -1)]:
    now, then = float(remaining[k]), float(remaining[following]) if following >= 0 else 1.0
    noise = net.unet(x, k, cond)
    clean = ((x - math.sqrt(1 - now) * noise) / math.sqrt(now)).clamp(-1, 1)
    x = math.sqrt(then) * clean + math.sqrt(1 - then) * noise


def listed(t):
    return [float(v) for v in t.detach().flatten()]


with open("diffusion.json", "w") as file:
    json.dump({"state": listed(state), "images": base64.b64encode(images.to(torch.uint8).numpy().tobytes()).decode(), "context": listed(cond), "chunk": listed(x)}, file)
