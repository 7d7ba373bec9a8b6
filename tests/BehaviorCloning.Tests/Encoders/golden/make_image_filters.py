"""What color changes and blur make of small images, by the formulas of torchvision's functional transforms, written out here pixel by
pixel: Python's colorsys turns hues, torch's convolution blurs. Run: /usr/bin/python3 make_image_filters.py"""
import colorsys
import json

import numpy as np
import torch

rng = np.random.default_rng(7)
N, H, W = 3, 7, 9
x = rng.random((N, 3, H, W)).astype(np.float32)
x[0, :, 0, 0] = 0.5          # a gray
x[0, :, 0, 1] = 0            # black
x[0, :, 0, 2] = [1, 0, 0]
x[0, :, 0, 3] = [0.2, 0.9, 0.9]  # two largest


def clip(v):
    return np.clip(v, 0, 1)


def gray(v):
    return (0.2989 * v[:, 0] + 0.587 * v[:, 1] + 0.114 * v[:, 2])[:, None]


def per(f):
    return np.asarray(f, np.float32).reshape(-1, 1, 1, 1)


def hue(v, turns):
    out = np.empty_like(v)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                h, s, value = colorsys.rgb_to_hsv(*[float(c) for c in v[n, :, i, j]])
                out[n, :, i, j] = colorsys.hsv_to_rgb((h + turns[n]) % 1, s, value)
    return out


def blur(v, sigmas, k):
    out = []
    for image, sigma in zip(torch.from_numpy(v), sigmas):
        t = torch.linspace(-(k - 1) / 2, (k - 1) / 2, k)
        g = torch.exp(-0.5 * (t / sigma) ** 2)
        g = g / g.sum()
        kernel = torch.outer(g, g).expand(3, 1, k, k)
        padded = torch.nn.functional.pad(image[None], [k // 2] * 4, mode="reflect")
        out.append(torch.nn.functional.conv2d(padded, kernel, groups=3)[0])
    return torch.stack(out).numpy()


f = [0.6, 1.0, 1.4]
turns = [-0.5, 0.07, 0.3]
sigmas = [0.3, 1.0, 2.0]
cases = {
    "brightness": clip(per(f) * x),
    "contrast": clip(per(f) * x + (1 - per(f)) * gray(x).mean((1, 2, 3), keepdims=True)),
    "saturation": clip(per(f) * x + (1 - per(f)) * gray(x)),
    "hue": hue(x, turns),
    "blur": blur(x, sigmas, 5),
}
flat = lambda a: [round(float(v), 6) for v in np.asarray(a).reshape(-1)]
json.dump({"shape": [N, 3, H, W], "images": flat(x), "factors": f, "turns": turns, "sigmas": sigmas, **{k: flat(v) for k, v in cases.items()}}, open("image_filters.json", "w"))
