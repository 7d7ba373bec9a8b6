"""Small files of random weights in the published layouts, and what PyTorch 1.13 makes of them: python3 make_pretrained.py

Neither torchvision nor transformers is used: the networks are written here from their papers and from the names and shapes of the published
files, straight on the tensors by their published names, so that a wrong reading of a name changes a number. The layouts are those of
torchvision's resnet18, akamaster/pytorch_resnet_cifar10 (names with "module."), timm's vision transformer, and Hugging Face's CLIPModel, SiglipVisionModel, Dinov2Model and
Dinov2WithRegistersModel. Sizes are far below the published ones; everything else is as there.
"""
import json
import math
import os
import struct
import sys
from collections import OrderedDict

import torch
from torch.nn import functional as F

sys.path.append(os.path.join(os.path.dirname(__file__), "../../Networks/golden"))
from make_resnet import values  # numbers by a rule that the tests repeat

golden = {}
generator = torch.Generator().manual_seed(7)


def random(*shape, scale=None):
    x = torch.randn(*shape, generator=generator)
    return x * (scale if scale is not None else 1 / math.sqrt(max(1, x[0].numel())) if len(shape) > 1 else 0.1)


def save(path, tensors):
    kinds = {torch.float32: "F32", torch.float16: "F16", torch.int64: "I64"}
    header, data = {}, b""
    for name, t in sorted(tensors.items(), key=lambda pair: (-pair[1].element_size(), pair[0])):
        raw = t.contiguous().numpy().tobytes()
        header[name] = {"dtype": kinds[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def flat(t):
    return [float(v) for v in t.flatten()]


# ---- residual networks

def norm(w, name, x):
    return F.batch_norm(x, w[name + ".running_mean"], w[name + ".running_var"], w[name + ".weight"], w[name + ".bias"])


def add_norm(w, name, channels):
    w[name + ".weight"], w[name + ".bias"] = 1 + random(channels), random(channels)
    w[name + ".running_mean"], w[name + ".running_var"] = random(channels), 1 + random(channels).abs()
    w[name + ".num_batches_tracked"] = torch.tensor(3)


def add_conv(w, name, a, b, size):
    w[name + ".weight"] = random(b, a, size, size, scale=math.sqrt(2 / (a * size * size)))


def resnet18(width):
    w = OrderedDict()
    add_conv(w, "conv1", 3, width, 7), add_norm(w, "bn1", width)
    a = width
    for stage in range(4):
        b = width * 2**stage
        for block in range(2):
            p = f"layer{stage + 1}.{block}"
            add_conv(w, p + ".conv1", a, b, 3), add_norm(w, p + ".bn1", b)
            add_conv(w, p + ".conv2", b, b, 3), add_norm(w, p + ".bn2", b)
            if a != b:
                add_conv(w, p + ".downsample.0", a, b, 1), add_norm(w, p + ".downsample.1", b)
            a = b
    w["fc.weight"], w["fc.bias"] = random(10, a), random(10)
    return w


def run_resnet18(w, x):
    x = F.max_pool2d(norm(w, "bn1", F.conv2d(x, w["conv1.weight"], stride=2, padding=3)).relu(), 3, 2, 1)
    for stage in range(4):
        for block in range(2):
            p, stride = f"layer{stage + 1}.{block}", 2 if stage > 0 and block == 0 else 1
            y = norm(w, p + ".bn1", F.conv2d(x, w[p + ".conv1.weight"], stride=stride, padding=1)).relu()
            y = norm(w, p + ".bn2", F.conv2d(y, w[p + ".conv2.weight"], padding=1))
            if p + ".downsample.0.weight" in w:
                x = norm(w, p + ".downsample.1", F.conv2d(x, w[p + ".downsample.0.weight"], stride=stride))
            x = (x + y).relu()
    return x


def cifar(n, width):
    w = OrderedDict()
    add_conv(w, "module.conv1", 3, width, 3), add_norm(w, "module.bn1", width)
    a = width
    for stage in range(3):
        b = width * 2**stage
        for block in range(n):
            p = f"module.layer{stage + 1}.{block}"
            add_conv(w, p + ".conv1", a, b, 3), add_norm(w, p + ".bn1", b)
            add_conv(w, p + ".conv2", b, b, 3), add_norm(w, p + ".bn2", b)
            a = b
    w["module.linear.weight"], w["module.linear.bias"] = random(10, a), random(10)
    return w


def run_cifar(w, x, n):
    x = norm(w, "module.bn1", F.conv2d(x, w["module.conv1.weight"], padding=1)).relu()
    for stage in range(3):
        for block in range(n):
            p, stride = f"module.layer{stage + 1}.{block}", 2 if stage > 0 and block == 0 else 1
            y = norm(w, p + ".bn1", F.conv2d(x, w[p + ".conv1.weight"], stride=stride, padding=1)).relu()
            y = norm(w, p + ".bn2", F.conv2d(y, w[p + ".conv2.weight"], padding=1))
            if stride == 2:
                x = x[:, :, ::2, ::2]
                x = F.pad(x, (0, 0, 0, 0, x.shape[1] // 2, x.shape[1] // 2))
            x = (x + y).relu()
    return x


# ---- transformers

def linear(w, name, x):
    return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def layer_norm(w, name, x, eps):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)


def add_linear(w, name, a, b, bias=True):
    w[name + ".weight"] = random(b, a)
    if bias:
        w[name + ".bias"] = random(b)


def add_layer_norm(w, name, c):
    w[name + ".weight"], w[name + ".bias"] = 1 + random(c), random(c)


def attend(q, k, v, heads, causal=False):
    q, k, v = (t.unflatten(-1, (heads, -1)).transpose(1, 2) for t in (q, k, v))
    scores = q @ k.transpose(2, 3) * q.shape[-1] ** -0.5
    if causal:
        scores = scores + torch.full(scores.shape[2:], -math.inf).triu(1)
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def quick(x):
    return x * torch.sigmoid(1.702 * x)


def tanh(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def add_tower(w, prefix, width, depth, hidden):
    for i in range(depth):
        p = f"{prefix}.encoder.layers.{i}"
        for part in ["k_proj", "v_proj", "q_proj", "out_proj"]:
            add_linear(w, f"{p}.self_attn.{part}", width, width)
        add_layer_norm(w, p + ".layer_norm1", width), add_layer_norm(w, p + ".layer_norm2", width)
        add_linear(w, p + ".mlp.fc1", width, hidden), add_linear(w, p + ".mlp.fc2", hidden, width)


def run_tower(w, prefix, x, depth, heads, act, eps, causal=False):
    for i in range(depth):
        p = f"{prefix}.encoder.layers.{i}"
        y = layer_norm(w, p + ".layer_norm1", x, eps)
        y = attend(*(linear(w, f"{p}.self_attn.{part}_proj", y) for part in "qkv"), heads, causal)
        x = x + linear(w, p + ".self_attn.out_proj", y)
        y = act(linear(w, p + ".mlp.fc1", layer_norm(w, p + ".layer_norm2", x, eps)))
        x = x + linear(w, p + ".mlp.fc2", y)
    return x


def clip(width=16, depth=2, hidden=40, patch=4, grid=3, projection=6, words=0, length=12):
    w = {"logit_scale": torch.tensor(2.0)}
    v = "vision_model."
    w[v + "embeddings.class_embedding"], w[v + "embeddings.patch_embedding.weight"] = random(width, scale=0.3), random(width, 3, patch, patch)
    w[v + "embeddings.position_embedding.weight"] = random(grid * grid + 1, width, scale=0.3)
    w[v + "embeddings.position_ids"] = torch.arange(grid * grid + 1)[None]
    add_layer_norm(w, v + "pre_layrnorm", width), add_layer_norm(w, v + "post_layernorm", width)
    add_tower(w, "vision_model", width, depth, hidden), add_linear(w, "visual_projection", width, projection, False)
    t = "text_model."
    w[t + "embeddings.token_embedding.weight"], w[t + "embeddings.position_embedding.weight"] = random(words, width, scale=0.3), random(length, width, scale=0.3)
    w[t + "embeddings.position_ids"] = torch.arange(length)[None]
    add_tower(w, "text_model", width, depth, hidden), add_layer_norm(w, t + "final_layer_norm", width), add_linear(w, "text_projection", width, projection, False)
    return w


def run_clip_vision(w, x, depth=2, heads=2):
    v = "vision_model."
    x = F.conv2d(x, w[v + "embeddings.patch_embedding.weight"], stride=w[v + "embeddings.patch_embedding.weight"].shape[-1]).flatten(2).transpose(1, 2)
    x = torch.cat([w[v + "embeddings.class_embedding"].expand(len(x), 1, -1), x], 1) + w[v + "embeddings.position_embedding.weight"]
    x = run_tower(w, "vision_model", layer_norm(w, v + "pre_layrnorm", x, 1e-5), depth, heads, quick, 1e-5)
    pooled = layer_norm(w, v + "post_layernorm", x[:, 0], 1e-5)
    return x, pooled, linear(w, "visual_projection", pooled)


def run_clip_text(w, ids, depth=2, heads=2):
    t = "text_model."
    x = w[t + "embeddings.token_embedding.weight"][ids] + w[t + "embeddings.position_embedding.weight"][: ids.shape[1]]
    x = layer_norm(w, t + "final_layer_norm", run_tower(w, "text_model", x, depth, heads, quick, 1e-5, True), 1e-5)
    x = linear(w, "text_projection", x[torch.arange(len(x)), ids.argmax(-1)])
    return x / x.norm(dim=-1, keepdim=True)


def siglip(width=16, depth=2, hidden=40, patch=4, grid=3):
    w, v = {}, "vision_model."
    w[v + "embeddings.patch_embedding.weight"], w[v + "embeddings.patch_embedding.bias"] = random(width, 3, patch, patch), random(width)
    w[v + "embeddings.position_embedding.weight"] = random(grid * grid, width, scale=0.3)
    add_tower(w, "vision_model", width, depth, hidden), add_layer_norm(w, v + "post_layernorm", width)
    h = v + "head."
    w[h + "probe"], w[h + "attention.in_proj_weight"], w[h + "attention.in_proj_bias"] = random(1, 1, width, scale=1), random(3 * width, width), random(3 * width)
    add_linear(w, h + "attention.out_proj", width, width), add_layer_norm(w, h + "layernorm", width)
    add_linear(w, h + "mlp.fc1", width, hidden), add_linear(w, h + "mlp.fc2", hidden, width)
    return w


def run_siglip(w, x, depth=2, heads=2):
    v, h = "vision_model.", "vision_model.head."
    kernel = w[v + "embeddings.patch_embedding.weight"]
    x = F.conv2d(x, kernel, w[v + "embeddings.patch_embedding.bias"], stride=kernel.shape[-1]).flatten(2).transpose(1, 2) + w[v + "embeddings.position_embedding.weight"]
    x = layer_norm(w, v + "post_layernorm", run_tower(w, "vision_model", x, depth, heads, tanh, 1e-6), 1e-6)
    mha = torch.nn.MultiheadAttention(x.shape[-1], heads, batch_first=True)
    mha.load_state_dict({k[len(h + "attention."):]: t for k, t in w.items() if k.startswith(h + "attention.")})
    y = mha(w[h + "probe"].expand(len(x), -1, -1), x, x)[0]
    y = y + linear(w, h + "mlp.fc2", tanh(linear(w, h + "mlp.fc1", layer_norm(w, h + "layernorm", y, 1e-6))))
    return x, y[:, 0]


def dino(width=16, depth=2, hidden=40, patch=4, grid=4, registers=0):
    w, e = {}, "embeddings."
    w[e + "cls_token"], w[e + "mask_token"] = random(1, 1, width, scale=0.3), random(1, width)
    w[e + "position_embeddings"] = random(1, grid * grid + 1, width, scale=0.3)
    if registers:
        w[e + "register_tokens"] = random(1, registers, width, scale=0.3)
    w[e + "patch_embeddings.projection.weight"], w[e + "patch_embeddings.projection.bias"] = random(width, 3, patch, patch), random(width)
    for i in range(depth):
        p = f"encoder.layer.{i}"
        add_layer_norm(w, p + ".norm1", width), add_layer_norm(w, p + ".norm2", width)
        for part in ["query", "key", "value"]:
            add_linear(w, f"{p}.attention.attention.{part}", width, width)
        add_linear(w, p + ".attention.output.dense", width, width)
        w[p + ".layer_scale1.lambda1"], w[p + ".layer_scale2.lambda1"] = 0.5 + random(width), 0.5 + random(width)
        add_linear(w, p + ".mlp.fc1", width, hidden), add_linear(w, p + ".mlp.fc2", hidden, width)
    add_layer_norm(w, "layernorm", width)
    return w


def run_dino(w, x, depth=2, heads=2):
    e, kernel = "embeddings.", w["embeddings.patch_embeddings.projection.weight"]
    x = F.conv2d(x, kernel, w[e + "patch_embeddings.projection.bias"], stride=kernel.shape[-1])
    size, (first, rest) = x.shape[2:], w[e + "position_embeddings"].split([1, w[e + "position_embeddings"].shape[1] - 1], 1)
    grid = math.isqrt(rest.shape[1])
    if tuple(size) != (grid, grid):
        # The version with registers smooths.
        rest = F.interpolate(rest.view(1, grid, grid, -1).permute(0, 3, 1, 2), size, mode="bicubic", align_corners=False, antialias=e + "register_tokens" in w).permute(0, 2, 3, 1).flatten(1, 2)
    x = x.flatten(2).transpose(1, 2) + rest
    prefix = [(w[e + "cls_token"] + first).expand(len(x), -1, -1)]
    if e + "register_tokens" in w:
        prefix.append(w[e + "register_tokens"].expand(len(x), -1, -1))
    x = torch.cat(prefix + [x], 1)
    for i in range(depth):
        p = f"encoder.layer.{i}"
        y = layer_norm(w, p + ".norm1", x, 1e-6)
        y = attend(*(linear(w, f"{p}.attention.attention.{part}", y) for part in ["query", "key", "value"]), heads)
        x = x + linear(w, p + ".attention.output.dense", y) * w[p + ".layer_scale1.lambda1"]
        y = F.gelu(linear(w, p + ".mlp.fc1", layer_norm(w, p + ".norm2", x, 1e-6)))
        x = x + linear(w, p + ".mlp.fc2", y) * w[p + ".layer_scale2.lambda1"]
    x = layer_norm(w, "layernorm", x, 1e-6)
    return x[:, -size[0] * size[1]:], x[:, 0]


def vit(width=16, depth=2, hidden=40, patch=4, grid=3):
    w = {"cls_token": random(1, 1, width, scale=0.3), "pos_embed": random(1, grid * grid + 1, width, scale=0.3)}
    w["patch_embed.proj.weight"], w["patch_embed.proj.bias"] = random(width, 3, patch, patch), random(width)
    for i in range(depth):
        p = f"blocks.{i}"
        add_layer_norm(w, p + ".norm1", width), add_layer_norm(w, p + ".norm2", width)
        add_linear(w, p + ".attn.qkv", width, 3 * width), add_linear(w, p + ".attn.proj", width, width)
        add_linear(w, p + ".mlp.fc1", width, hidden), add_linear(w, p + ".mlp.fc2", hidden, width)
    add_layer_norm(w, "norm", width), add_linear(w, "head", width, 5)
    return w


def run_vit(w, x, depth=2, heads=2):
    x = F.conv2d(x, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=w["patch_embed.proj.weight"].shape[-1]).flatten(2).transpose(1, 2)
    x = torch.cat([w["cls_token"].expand(len(x), -1, -1), x], 1) + w["pos_embed"]
    for i in range(depth):
        p = f"blocks.{i}"
        x = x + linear(w, p + ".attn.proj", attend(*linear(w, p + ".attn.qkv", layer_norm(w, p + ".norm1", x, 1e-6)).chunk(3, -1), heads))
        x = x + linear(w, p + ".mlp.fc2", F.gelu(linear(w, p + ".mlp.fc1", layer_norm(w, p + ".norm2", x, 1e-6))))
    x = layer_norm(w, "norm", x, 1e-6)
    return x[:, 1:], x[:, 0]


# ---- text

def make_vocabulary():
    chars = [chr(b) for b in list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))]
    chars += [chr(256 + i) for i in range(256 - len(chars))]
    merges = [("t", "h"), ("th", "e</w>"), ("b", "l"), ("bl", "o"), ("c", "k</w>"), ("blo", "ck</w>"), ("p", "u"), ("pu", "s"), ("pus", "h</w>"), ("l", "l</w>"), ("a", "a"), ("aa", "aa</w>")]
    tokens = chars + [c + "</w>" for c in chars] + [a + b for a, b in merges] + ["<|startoftext|>", "<|endoftext|>"]
    return {t: i for i, t in enumerate(tokens)}, merges


def tokenize(text, vocabulary, merges):
    # Hugging Face's slow tokenizer in short: words by the published pattern, then pairs by rank.
    import re
    byte_chars, order = {}, list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    for b in order:
        byte_chars[b] = chr(b)
    for i, b in enumerate(b for b in range(256) if b not in byte_chars.copy()):
        byte_chars[b] = chr(256 + i)
    ids = [vocabulary["<|startoftext|>"]]
    # \p{L} and \p{N} as Python's re can say them, for the texts used here.
    for word in re.findall(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+", text.lower()):
        parts = [byte_chars[b] for b in word.encode()]
        parts[-1] += "</w>"
        while True:
            pairs = [(merges.index(p), p) for p in zip(parts, parts[1:]) if p in merges]
            if not pairs:
                break
            first, second = min(pairs)[1]
            joined, i = [], 0
            while i < len(parts):
                if i + 1 < len(parts) and (parts[i], parts[i + 1]) == (first, second):
                    joined.append(first + second)
                    i += 2
                else:
                    joined.append(parts[i])
                    i += 1
            parts = joined
        ids += [vocabulary[p] for p in parts]
    return ids + [vocabulary["<|endoftext|>"]]


if __name__ == "__main__":
    images = values(6 * 40 * 33).view(2, 3, 40, 33)
    w = resnet18(2)
    golden["resnet18"] = {"map": flat(run_resnet18(w, images))}
    torch.save(w, "resnet18.pth")

    images = values(6 * 10 * 11).view(2, 3, 10, 11)
    w = cifar(1, 4)
    golden["cifar"] = {"map": flat(run_cifar(w, images, 1))}
    torch.save({"epoch": 3, "state_dict": w, "best_prec1": 50.0}, "cifar_resnet8.th", _use_new_zipfile_serialization=False)

    vocabulary, merges = make_vocabulary()
    with open("vocab.json", "w") as file:
        json.dump(vocabulary, file)
    with open("merges.txt", "w") as file:
        file.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    texts = ["push the block", "The  BLOCK's 42 ll!? \u00e9\u00fc", "", "aaaa aaaaa_b's'll", "push the block push the block push the block"]
    w = clip(words=len(vocabulary))
    images = values(6 * 12 * 12).view(2, 3, 12, 12)
    hidden, pooled, projected = run_clip_vision(w, images)
    tokens = [tokenize(t, vocabulary, merges) for t in texts]
    cut = [t if len(t) <= 12 else t[:11] + t[-1:] for t in tokens]
    golden["clip"] = {
        "summary": flat(pooled),
        "patches": flat(layer_norm(w, "vision_model.post_layernorm", hidden[:, 1:], 1e-5)),
        "texts": texts, "tokens": tokens, "embedded": [flat(run_clip_text(w, torch.tensor([t]))) for t in cut],
    }
    save("clip.safetensors", {k: t.half() if k == "visual_projection.weight" else t for k, t in w.items()})
    golden["clip"]["projected"] = flat(F.linear(pooled, w["visual_projection.weight"].half().float()))

    w = siglip()
    images = values(6 * 12 * 12).view(2, 3, 12, 12)
    hidden, pooled = run_siglip(w, images)
    golden["siglip"] = {"summary": flat(pooled), "patches": flat(hidden)}
    save("siglip.safetensors", w)

    for name, registers in [("dino", 0), ("dino_registers", 3)]:
        w = dino(registers=registers)
        images = values(6 * 12 * 20).view(2, 3, 12, 20)
        patches, cls = run_dino(w, images)
        golden[name] = {"summary": flat(cls), "patches": flat(patches)}
        save(name + ".safetensors", w)

    w = vit()
    patches, cls = run_vit(w, values(6 * 12 * 12).view(2, 3, 12, 12))
    golden["vit"] = {"summary": flat(cls), "patches": flat(patches)}
    torch.save({"model": w, "epoch": 300}, "vit.pth")

    for group in golden.values():
        for key, value in group.items():
            if key not in ("texts", "tokens"):
                group[key] = [[round(v, 8) for v in row] for row in value] if value and isinstance(value[0], list) else [round(v, 8) for v in value]
    with open("pretrained.json", "w") as file:
        json.dump(golden, file)
