"""Golden numbers of the focal loss and of residual quantization in PyTorch 1.13. Run: python3 make_golden.py"""
import pathlib
import sys

import torch

sys.path.append(str(pathlib.Path(__file__).parents[2] / "Heads"))
from golden_tensors import focal, write

HERE = pathlib.Path(__file__).parent
generator = torch.Generator().manual_seed(5)

logits = (torch.randn(7, 5, generator=generator) * 3).requires_grad_()
target = torch.randint(5, (7,), generator=generator)
loss = focal(logits, target, 2)
loss.sum().backward()
write(HERE / "focal.safetensors", {"logits": logits, "target": target, "loss": loss, "grad": logits.grad})

LEVELS, CODES, WIDTH, BATCH, DECAY = 3, 5, 4, 20, 0.8


def nearest(x, book):
    return ((x[:, None] - book[None]) ** 2).sum(-1).argmin(1)


# Encode and decode with given codebooks.
books = torch.randn(LEVELS, CODES, WIDTH, generator=generator) / torch.tensor([1.0, 2.0, 4.0])[:, None, None]
vectors = torch.randn(BATCH, WIDTH, generator=generator)
rest, codes = vectors, []
for level in range(LEVELS):
    codes.append(nearest(rest, books[level]))
    rest = rest - books[level][codes[-1]]
out = {"codebooks": books, "vectors": vectors, "codes": torch.stack(codes, 1), "decoded": vectors - rest}

# Three steps of the running means. The first codebooks are rows drawn with the generator of seed 9; no code dies.
draws = torch.Generator().manual_seed(9)
books, counts, sums = [None] * LEVELS, torch.zeros(LEVELS, CODES), torch.zeros(LEVELS, CODES, WIDTH)
for step in range(3):
    batch = torch.randn(BATCH, WIDTH, generator=generator).requires_grad_()
    rest, quantized, commitment = batch, 0, 0
    for level in range(LEVELS):
        x = rest.detach()
        if step == 0:
            books[level] = x[torch.randint(BATCH, (CODES,), generator=draws)]
        code = nearest(x, books[level])
        chosen = books[level][code]
        hot = torch.nn.functional.one_hot(code, CODES).float()
        keep = 0 if step == 0 else DECAY
        counts[level] = keep * counts[level] + (1 - keep) * hot.sum(0)
        sums[level] = keep * sums[level] + (1 - keep) * hot.T @ x
        n = counts[level].sum()
        smoothed = (counts[level] + 1e-5) / (n + CODES * 1e-5) * n
        books[level] = sums[level] / smoothed[:, None]
        rest = rest - chosen
        commitment = commitment + (rest ** 2).mean()
        quantized = quantized + chosen
    through = batch + (quantized - batch).detach()
    (through.sum() + commitment).backward()
    out |= {f"batch{step}": batch, f"quantized{step}": through, f"commitment{step}": commitment, f"grad{step}": batch.grad}
out["trained"] = torch.stack(books)
write(HERE / "quantizer.safetensors", out)
