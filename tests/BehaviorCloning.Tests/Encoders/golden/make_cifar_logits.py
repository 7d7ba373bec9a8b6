"""Logits of the published CIFAR ResNets on photographs, computed with PyTorch 1.13: python3 make_cifar_logits.py DATA_FOLDER

DATA_FOLDER holds cifar_resnet/*.th (akamaster/pytorch_resnet_cifar10) and images/skimage/*. Photographs are decoded with Pillow, resized to 32 x 32 with
torch's bilinear filter with smoothing, and standardized as ImageNet. The network is make_pretrained.py's. Only the logits are kept.
"""
import glob
import json
import os
import sys

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from make_pretrained import run_cifar

data = sys.argv[1]
mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
golden = {}
for depth, n in [(20, 3), (56, 9)]:
    weights = torch.load(glob.glob(f"{data}/cifar_resnet/resnet{depth}-*.th")[0], map_location="cpu")["state_dict"]
    for path in sorted(glob.glob(f"{data}/images/skimage/*")):
        if path.endswith((".png", ".jpg")):
            image = torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1)[None].float()
            image = F.interpolate(image, (32, 32), mode="bilinear", align_corners=False, antialias=True)
            features = run_cifar(weights, (image / 255 - mean) / deviation, n).mean((2, 3))
            logits = F.linear(features, weights["module.linear.weight"], weights["module.linear.bias"])
            golden.setdefault(str(depth), {})[os.path.basename(path)] = [round(float(v), 6) for v in logits[0]]
with open("cifar_logits.json", "w") as file:
    json.dump(golden, file, indent=1)
