"""What every golden script shares: inputs away from kinks and ties, fixed output weights, and a safetensors writer."""
import json
import struct

import torch

SEED = 20240607
_DTYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}
_PHASES = (0.13, -0.21, 0.31, -0.37, 0.24, -0.09)
_inputs = torch.Generator().manual_seed(SEED)
_made = 0


def restart():
    """Inputs from the beginning again: one file's values do not move when a case joins another's."""
    global _made
    _made = 0
    _inputs.manual_seed(SEED)


class Constant:
    """An input without a gradient: an index, a mask, a target."""

    def __init__(self, tensor):
        self.tensor = tensor


def _spread(shape, low, high):
    """Distinct values in random order, evenly spaced: never a tie, never exactly a round number."""
    global _made
    phase = _PHASES[_made % len(_PHASES)]
    _made += 1
    count = 1
    for size in shape:
        count *= size
    order = torch.randperm(count, generator=_inputs).double()
    return ((order + 0.5 + phase) / count * (high - low) + low).float().reshape(shape)


def S(*shape):
    """Signed values."""
    return _spread(shape, -2.0, 2.0)


def P(*shape):
    """Positive values."""
    return _spread(shape, 0.3, 2.6)


def U(*shape):
    """Values inside the unit interval."""
    return _spread(shape, 0.05, 0.95)


def C(values, dtype=None):
    """A constant input."""
    return Constant(values if isinstance(values, torch.Tensor) else torch.tensor(values, dtype=dtype))


def outputs_of(result):
    """Whatever an operator returns, as a list of tensors."""
    if result is None:
        return []
    if isinstance(result, (tuple, list)):
        return [tensor for part in result for tensor in outputs_of(part)]
    return [result if isinstance(result, torch.Tensor) else torch.tensor(result, dtype=torch.float64 if isinstance(result, float) else None)]


def weighted_sum(outputs):
    """sum(output * fixed weights): the weights are exact in float32 and the same for every engine."""
    total = None
    for number, output in enumerate(outputs):
        if not output.requires_grad:
            continue
        index = torch.arange(output.numel(), dtype=torch.int64) + 7 * number
        weights = (((index * 37 + 11) % 64).double() - 31.5) / 32
        term = (output * weights.to(output.dtype).reshape(output.shape)).sum()
        total = term if total is None else total + term
    return total


def write(path, tensors):
    """One safetensors file (https://github.com/huggingface/safetensors): header length, JSON header, raw little-endian values."""
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        tensor = tensor.detach().contiguous()
        blob = bytes(tensor.reshape(-1).view(torch.int16).numpy()) if tensor.dtype == torch.bfloat16 else tensor.numpy().tobytes()
        header[name] = {"dtype": _DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    header["__metadata__"] = {"torch": torch.__version__, "seed": str(SEED)}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    print(f"{path}: {len(tensors)} tensors, {8 + len(text) + offset} bytes")
