"""Writes the golden values of TorchSharp.SystemLibTorch.Tests beside itself.

Made with Debian's python3-torch 1.13.1 (the same libtorch as libtorch-dev 1.13.1), on x86-64, one thread, seed in golden.py:

    /usr/bin/python3 make_golden.py

A new operator needs one line here and one in OperatorTable*.cs, under the same name; CompletenessTests says what is missing.
"""
import os

import torch

import functional
import further
import modules
import operators
import training
from golden import write

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
here = os.path.dirname(os.path.abspath(__file__))
for part in (operators.arithmetic, operators.reductions, operators.elementwise, operators.comparison, operators.shape, operators.indexing,
             operators.conversion, functional.layers, functional.losses, functional.creation, functional.seeded,
             further.elementwise, further.reductions, further.matrices, further.distributions, further.shape):
    part()
write(os.path.join(here, "operators.safetensors"), operators.TENSORS)
modules.record_all()
write(os.path.join(here, "modules.safetensors"), modules.TENSORS)
training.record_all()
write(os.path.join(here, "training.safetensors"), training.TENSORS)
