"""Encoders of images in PyTorch, written as PyTorch users write them: frames [B, 96, 96, 3] of bytes to one vector each."""
import torch
from torch import nn
from torch.nn import functional as F

EXTENT, BATCH = 96, 16


class Block(nn.Module):
    def __init__(self, a, b, stride, norm):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), norm(b)
        self.conv2, self.norm2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), norm(b)
        self.shortcut = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), norm(b)) if stride > 1 else nn.Identity()

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


class FrozenBatchNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        for name in ("weight", "var"):
            self.register_buffer(name, torch.ones(channels))
        for name in ("bias", "mean"):
            self.register_buffer(name, torch.zeros(channels))

    def forward(self, x):
        scale = self.weight * (self.var + 1e-5).rsqrt()
        return x * scale.view(-1, 1, 1) + (self.bias - self.mean * scale).view(-1, 1, 1)


class ResNet18(nn.Module):
    def __init__(self, frozen):
        super().__init__()
        norm = FrozenBatchNorm if frozen else lambda channels: nn.GroupNorm(channels // 16, channels)
        layers, a = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), norm(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
        for stage in range(4):
            for block in range(2):
                layers.append(Block(a, 64 << stage, 2 if stage and not block else 1, norm))
                a = 64 << stage
        self.trunk = nn.Sequential(*layers)
        self.keypoints, self.output = (None, None) if frozen else (nn.Conv2d(512, 32, 1), nn.Linear(64, 64))
        grid = torch.linspace(-1, 1, 3)
        self.register_buffer("grid", torch.stack([grid.repeat(3), grid.repeat_interleave(3)], 1))

    def forward(self, images):
        x = self.trunk(images)
        return x.mean((2, 3)) if self.keypoints is None else self.output((self.keypoints(x).flatten(2).softmax(-1) @ self.grid).flatten(1))


class VisionTransformer(nn.Module):
    def __init__(self, patch, width, depth, heads, early):
        super().__init__()
        if early:
            sizes, layers = [3, width // 4, width // 2, width], []
            for a, b in zip(sizes, sizes[1:]):
                layers += [nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.GroupNorm(max(1, b // 16), b), nn.ReLU()]
            self.stem = nn.Sequential(*layers, nn.Conv2d(width, width, 1))
        else:
            self.stem = nn.Conv2d(3, width, patch, patch)
        self.token, self.positions = nn.Parameter(0.02 * torch.randn(1, 1, width)), nn.Parameter(0.02 * torch.randn(1, 1 + (EXTENT // patch) ** 2, width))
        self.blocks = nn.ModuleList(nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, F.gelu, batch_first=True, norm_first=True) for _ in range(depth))
        self.norm = nn.LayerNorm(width)

    def forward(self, images):
        x = self.stem(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 0]


class Work:
    def __init__(self, network, shift, scale):
        self.network, self.shift, self.scale = network, torch.tensor(shift).view(3, 1, 1), torch.tensor(scale).view(3, 1, 1)
        self.one, self.many = (torch.randint(256, (count, EXTENT, EXTENT, 3), dtype=torch.uint8) for count in (1, BATCH))
        self.optimizer = torch.optim.AdamW(network.parameters(), 1e-4)

    def tokens(self, frames):
        return self.network((frames.permute(0, 3, 1, 2).contiguous().float() / 255 - self.shift) / self.scale)

    def encode(self):
        self.network.eval()
        with torch.inference_mode():
            self.tokens(self.one)

    def learn(self):
        self.network.train()
        self.optimizer.zero_grad()
        self.tokens(self.many).square().mean().backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()


IMAGENET, SYMMETRIC = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]), ([0.5] * 3, [0.5] * 3)
ENCODERS = {
    "resnet18": lambda: Work(ResNet18(False), *IMAGENET),
    "resnet18-frozen-batch-norm": lambda: Work(ResNet18(True), *IMAGENET),
    "vit-mini": lambda: Work(VisionTransformer(8, 128, 4, 4, True), *SYMMETRIC),
    "vit-tiny": lambda: Work(VisionTransformer(16, 192, 12, 3, False), *SYMMETRIC),
}
