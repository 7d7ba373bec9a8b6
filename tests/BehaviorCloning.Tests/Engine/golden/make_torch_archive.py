"""Small files of torch.save, made with PyTorch 1.13: python3 make_torch_archive.py

tensors.pt (zip) and tensors_legacy.pt hold the same dictionary; hostile.pt asks Python to call print when it is loaded.
"""
from collections import OrderedDict

import torch
from torch import nn


class Hostile:
    def __reduce__(self):
        return print, ("this file ran code",)


torch.manual_seed(0)
grid = torch.arange(12, dtype=torch.float32).view(3, 4)
linear = nn.Linear(2, 3)
with torch.no_grad():
    linear.weight.copy_(torch.arange(6.0).view(3, 2))
    linear.bias.fill_(0.5)
state = {
    "epoch": 3, "best": 0.25, "name": "a file", "flags": [True, None, (1, 2)],
    "state_dict": linear.state_dict(),
    "more": OrderedDict(
        transposed=grid.t(), column=grid[:, 1], whole=grid, half=torch.tensor([1.5, -2.0]).half(), wide=torch.tensor([2**40, -1]),
        scalar=torch.tensor(7.0), empty=torch.zeros(0, 3), parameter=nn.Parameter(torch.tensor([1.0, 2.0])), flag=torch.tensor([True, False]), bytes=torch.tensor([1, 255], dtype=torch.uint8),
    ),
}
torch.save(state, "tensors.pt")
torch.save(state, "tensors_legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"weight": torch.ones(2), "hook": Hostile()}, "hostile.pt")
