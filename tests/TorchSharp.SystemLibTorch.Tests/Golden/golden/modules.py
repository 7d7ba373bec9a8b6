"""Modules: initial weights of a seed, then forward, gradients and buffers with weights moved off their degenerate start."""
from collections import OrderedDict

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence

from golden import C, Constant, P, S, SEED, U, outputs_of, restart, weighted_sum

TENSORS = {}


def module(name, make, *inputs, call=None, train=True):
    """`name:init.KEY`, `name:state.KEY`, `name:inN`, `name:outN`, `name:gradN`, `name:grad.KEY`, `name:after.KEY`."""
    assert not any(key.startswith(f"{name}:") for key in TENSORS), name
    torch.manual_seed(SEED)
    made = make()
    made.train(train)
    for key, value in made.state_dict().items():
        TENSORS[f"{name}:init.{key}"] = value.clone()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(S(*parameter.shape) * 0.25)
        for key, buffer in made.named_buffers():
            if buffer.is_floating_point():
                buffer.copy_(P(*buffer.shape))
    for key, value in made.state_dict().items():
        TENSORS[f"{name}:state.{key}"] = value.clone()
    values = [i.tensor if isinstance(i, Constant) else i.clone().requires_grad_() for i in inputs]
    torch.manual_seed(SEED)
    outputs = outputs_of((call or (lambda m, *x: m(*x)))(made, *values))
    for number, value in enumerate(values):
        TENSORS[f"{name}:in{number}"] = value
    for number, output in enumerate(outputs):
        TENSORS[f"{name}:out{number}"] = output
    weighted_sum(outputs).backward()
    for number, value in enumerate(values):
        if value.requires_grad:
            TENSORS[f"{name}:grad{number}"] = torch.zeros_like(value) if value.grad is None else value.grad
    for key, parameter in made.named_parameters():
        TENSORS[f"{name}:grad.{key}"] = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
    for key, buffer in made.named_buffers():
        TENSORS[f"{name}:after.{key}"] = buffer.clone()


def from_parameters():
    weight, bias = torch.randn(3, 4), torch.randn(3)
    made = nn.Linear(4, 3)
    made.weight, made.bias = nn.Parameter(weight), nn.Parameter(bias)
    return made


def parametrized():
    module("Linear.parameters", from_parameters, S(2, 4))
    module("Linear", lambda: nn.Linear(4, 3), S(2, 4))
    module("Linear.no_bias", lambda: nn.Linear(4, 3, bias=False), S(2, 4))
    module("Bilinear", lambda: nn.Bilinear(2, 3, 4), S(3, 2), S(3, 3))
    module("Conv1d", lambda: nn.Conv1d(3, 4, 3, stride=2, padding=1), S(2, 3, 7))
    module("Conv1d.groups", lambda: nn.Conv1d(4, 4, 3, groups=2, dilation=2, bias=False), S(2, 4, 7))
    module("Conv1d.circular", lambda: nn.Conv1d(2, 3, 3, padding=1, padding_mode="circular"), S(2, 2, 5))
    module("Conv1d.reflect", lambda: nn.Conv1d(2, 3, 3, padding=1, padding_mode="reflect"), S(2, 2, 5))
    module("Conv1d.same", lambda: nn.Conv1d(2, 3, 3, padding="same"), S(2, 2, 5))
    module("Conv1d.repadded", lambda: nn.Conv1d(2, 3, 3, padding=2), S(2, 2, 5))
    module("Conv1d.repadded_same", lambda: nn.Conv1d(2, 3, 3, padding="same"), S(2, 2, 5))
    module("Conv2d", lambda: nn.Conv2d(3, 4, 3, padding=1), S(2, 3, 4, 5))
    module("Conv2d.pair", lambda: nn.Conv2d(2, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2), S(2, 2, 5, 6))
    module("Conv2d.same", lambda: nn.Conv2d(2, 3, 3, padding="same"), S(1, 2, 4, 5))
    module("Conv2d.pair_same", lambda: nn.Conv2d(2, 3, (3, 1), padding="same"), S(1, 2, 4, 5))
    module("Conv3d", lambda: nn.Conv3d(1, 2, 2), S(1, 1, 3, 3, 4))
    module("Conv3d.triple", lambda: nn.Conv3d(1, 2, (2, 1, 3), stride=(1, 2, 1), padding=(1, 0, 1)), S(1, 1, 3, 3, 4))
    module("Conv3d.same", lambda: nn.Conv3d(1, 2, 3, padding="same"), S(1, 1, 2, 3, 3))
    module("Conv3d.triple_same", lambda: nn.Conv3d(1, 2, (3, 1, 3), padding="same"), S(1, 1, 2, 3, 3))
    module("ConvTranspose1d", lambda: nn.ConvTranspose1d(3, 2, 3, stride=2, padding=1, output_padding=1), S(2, 3, 4))
    module("ConvTranspose1d.four", lambda: nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1), S(2, 3, 4))
    module("ConvTranspose2d", lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), S(1, 2, 3, 4))
    module("ConvTranspose2d.pair", lambda: nn.ConvTranspose2d(2, 3, (3, 2), stride=(2, 1)), S(1, 2, 3, 4))
    module("GroupNorm", lambda: nn.GroupNorm(2, 4), S(2, 4, 3))
    module("GroupNorm.plain", lambda: nn.GroupNorm(2, 4, eps=1e-3, affine=False), S(2, 4, 3))
    module("LayerNorm", lambda: nn.LayerNorm(4), S(2, 3, 4))
    module("LayerNorm.two", lambda: nn.LayerNorm([3, 4], eps=1e-3), S(2, 3, 4))
    module("LayerNorm.plain", lambda: nn.LayerNorm(4, elementwise_affine=False), S(2, 3, 4))
    for size, shape in (("1d", (4, 3)), ("1d.sequence", (4, 3, 2)), ("2d", (3, 3, 2, 2))):
        kind = getattr(nn, "BatchNorm" + size[:2])
        module(f"BatchNorm{size}", lambda k=kind: k(3), S(*shape))
        module(f"BatchNorm{size}.eval", lambda k=kind: k(3), S(*shape), train=False)
    module("BatchNorm1d.options", lambda: nn.BatchNorm1d(3, eps=1e-3, momentum=0.3, affine=False), S(4, 3))
    module("BatchNorm2d.untracked", lambda: nn.BatchNorm2d(3, track_running_stats=False), S(2, 3, 2, 2), train=False)
    module("InstanceNorm1d", lambda: nn.InstanceNorm1d(3, affine=True), S(2, 3, 5))
    module("InstanceNorm2d", lambda: nn.InstanceNorm2d(3), S(2, 3, 3, 2))
    module("Embedding", lambda: nn.Embedding(5, 3), C([[1, 4], [0, 1]]))
    module("Embedding.padding", lambda: nn.Embedding(5, 3, padding_idx=1), C([[1, 4], [0, 1]]))


def recurrent():
    for kind, states in ((nn.LSTM, 2), (nn.GRU, 1), (nn.RNN, 1)):
        name = kind.__name__

        def call(m, x, *h, n=states):
            return m(x, tuple(h) if n == 2 else h[0]) if h else m(x)
        module(name, lambda k=kind: k(2, 3), S(4, 2, 2), call=call)
        module(f"{name}.states", lambda k=kind: k(2, 3), S(4, 2, 2), *[S(1, 2, 3) for _ in range(states)], call=call)
        module(f"{name}.layers", lambda k=kind: k(2, 3, 2, batch_first=True), S(2, 4, 2), *[S(2, 2, 3) for _ in range(states)], call=call)
        module(f"{name}.bidirectional", lambda k=kind: k(2, 3, bidirectional=True, bias=False), S(4, 2, 2), call=call)
        cell = getattr(nn, name + "Cell")
        module(f"{name}Cell", lambda k=cell: k(2, 3), S(2, 2), call=call)
        module(f"{name}Cell.states", lambda k=cell: k(2, 3), S(2, 2), *[S(2, 3) for _ in range(states)], call=call)
    lengths = C([4, 2, 3])
    module("LSTM.packed", lambda: nn.LSTM(2, 3), S(4, 3, 2), lengths, call=lambda m, x, n: packed(m, pack_padded_sequence(x, n, enforce_sorted=False)))
    module("GRU.packed", lambda: nn.GRU(2, 3), S(4, 3, 2), lengths, call=lambda m, x, n: packed(m, pack_padded_sequence(x, n, enforce_sorted=False)))
    module("GRU.sequences", lambda: nn.GRU(2, 3), S(4, 2), S(2, 2), call=lambda m, x, y: packed(m, pack_sequence([x, y])))
    module("RNN.packed", lambda: nn.RNN(2, 3), S(4, 3, 2), lengths, call=lambda m, x, n: packed(m, pack_padded_sequence(x, n, enforce_sorted=False)))
    module("RNN.relu", lambda: nn.RNN(2, 3, nonlinearity="relu"), S(4, 2, 2))


def packed(recurrent_module, sequence):
    output, state = recurrent_module(sequence)
    return [*pad_packed_sequence(output, padding_value=0.5), *outputs_of(state)]


def attention():
    causal = torch.ones(3, 3).triu(1).bool()
    module("MultiheadAttention", lambda: nn.MultiheadAttention(4, 2), S(3, 2, 4), S(5, 2, 4), S(5, 2, 4))
    module("MultiheadAttention.unweighted", lambda: nn.MultiheadAttention(4, 2), S(3, 2, 4), S(5, 2, 4), S(5, 2, 4),
           call=lambda m, q, k, v: m(q, k, v, need_weights=False)[0])
    module("MultiheadAttention.masks", lambda: nn.MultiheadAttention(4, 2), S(3, 2, 4), C(causal),
           C([[False, False, True], [False, False, False]]),
           call=lambda m, x, mask, padding: m(x, x, x, key_padding_mask=padding, attn_mask=mask))
    module("MultiheadAttention.bias_mask", lambda: nn.MultiheadAttention(4, 2, bias=False), S(3, 2, 4), C(S(3, 3)),
           call=lambda m, x, mask: m(x, x, x, attn_mask=mask))
    module("MultiheadAttention.dims", lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=2), S(3, 2, 4), S(5, 2, 3), S(5, 2, 2))
    module("MultiheadAttention.extra", lambda: nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True), S(3, 2, 4), S(5, 2, 4), S(5, 2, 4))
    layer = dict(d_model=4, nhead=2, dim_feedforward=6, dropout=0.0)
    module("TransformerEncoderLayer", lambda: nn.TransformerEncoderLayer(**layer), S(3, 2, 4))
    module("TransformerEncoderLayer.gelu", lambda: nn.TransformerEncoderLayer(**layer, activation="gelu"), S(3, 2, 4), C(causal),
           C([[False, False, True], [False, False, False]]))
    module("TransformerEncoderLayer.mask", lambda: nn.TransformerEncoderLayer(**layer), S(3, 2, 4), C(causal))
    module("TransformerDecoderLayer", lambda: nn.TransformerDecoderLayer(**layer), S(3, 2, 4), S(5, 2, 4))
    module("TransformerDecoderLayer.masks", lambda: nn.TransformerDecoderLayer(**layer, activation="gelu"), S(3, 2, 4), S(5, 2, 4), C(causal))
    module("TransformerEncoder", lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(**layer), 2), S(3, 2, 4))
    module("TransformerEncoder.mask", lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(**layer), 2), S(3, 2, 4), C(causal))
    module("TransformerDecoder", lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(**layer), 2), S(3, 2, 4), S(5, 2, 4))
    module("TransformerDecoder.mask", lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(**layer), 2), S(3, 2, 4), S(5, 2, 4), C(causal))
    module("Transformer", lambda: nn.Transformer(num_encoder_layers=1, num_decoder_layers=1, **layer), S(5, 2, 4), S(3, 2, 4))
    module("Transformer.mask", lambda: nn.Transformer(num_encoder_layers=1, num_decoder_layers=1, activation="gelu", **layer), S(5, 2, 4), S(3, 2, 4),
           C(causal), call=lambda m, s, t, mask: m(s, t, tgt_mask=mask))


def plain():
    image, sequence = (1, 2, 5, 4), (2, 2, 8)
    module("Identity", nn.Identity, S(2, 3))
    module("MaxPool1d", lambda: nn.MaxPool1d(3, 2, 1), S(*sequence))
    module("MaxPool2d", lambda: nn.MaxPool2d(2), S(*image))
    module("MaxPool2d.pair", lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0), ceil_mode=True), S(*image))
    module("MaxPool1d.indices", lambda: nn.MaxPool1d(3, 2, 1, return_indices=True), S(*sequence))
    module("MaxPool2d.indices", lambda: nn.MaxPool2d(2, return_indices=True), S(*image))
    module("AdaptiveMaxPool2d.indices", lambda: nn.AdaptiveMaxPool2d((2, 3), return_indices=True), S(*image))
    module("MaxPool2d.arrays", lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0), ceil_mode=True), S(*image))
    module("AvgPool1d", lambda: nn.AvgPool1d(3, 2, 1), S(*sequence))
    module("AvgPool2d", lambda: nn.AvgPool2d(2), S(*image))
    module("AvgPool2d.pair", lambda: nn.AvgPool2d((3, 2), (2, 1), (1, 0), count_include_pad=False), S(*image))
    module("AvgPool2d.arrays", lambda: nn.AvgPool2d((3, 2), (2, 1), (1, 0), count_include_pad=False), S(*image))
    module("AdaptiveAvgPool1d", lambda: nn.AdaptiveAvgPool1d(3), S(*sequence))
    module("AdaptiveAvgPool2d", lambda: nn.AdaptiveAvgPool2d((2, 3)), S(*image))
    module("AdaptiveAvgPool2d.array", lambda: nn.AdaptiveAvgPool2d((2, 3)), S(*image))
    module("AdaptiveAvgPool2d.square", lambda: nn.AdaptiveAvgPool2d(2), S(*image))
    module("AdaptiveMaxPool2d", lambda: nn.AdaptiveMaxPool2d((2, 3)), S(*image))
    module("Upsample", lambda: nn.Upsample(scale_factor=2.0), S(*image))
    module("Upsample.bilinear", lambda: nn.Upsample(size=(7, 6), mode="bilinear", align_corners=False), S(*image))
    module("PixelShuffle", lambda: nn.PixelShuffle(2), S(1, 4, 2, 3))
    module("Flatten", nn.Flatten, S(2, 3, 2))
    module("Unflatten", lambda: nn.Unflatten(1, (3, 2)), S(2, 6))
    for kind in (nn.ReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Mish, nn.Tanh, nn.Sigmoid, nn.Softplus):
        module(kind.__name__, kind, S(2, 5))
    module("ReLU6", nn.ReLU6, S(2, 5) * 4)
    module("LeakyReLU", lambda: nn.LeakyReLU(0.2), S(2, 5))
    module("ELU.alpha", lambda: nn.ELU(0.7), S(2, 5))
    module("Softplus.beta", lambda: nn.Softplus(2.0, 3.0), S(2, 5))
    module("Softmax", lambda: nn.Softmax(1), S(2, 5))
    module("LogSoftmax", lambda: nn.LogSoftmax(1), S(2, 5))
    module("Dropout", lambda: nn.Dropout(0.3), S(4, 5))
    module("Dropout.eval", lambda: nn.Dropout(0.3), S(4, 5), train=False)
    module("Dropout1d", lambda: nn.Dropout1d(0.3), S(4, 5, 2))
    module("Dropout2d", lambda: nn.Dropout2d(0.3), S(4, 5, 2, 2))
    module("Sequential", lambda: nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), S(2, 4))
    for spelling in ("array", "enumerable", "append"):
        module(f"Sequential.{spelling}", lambda: nn.Sequential(nn.Linear(4, 3), nn.Tanh()), S(2, 4))
    for spelling in ("pairs", "tuples", "enumerable_pairs", "enumerable_tuples", "append"):
        module(f"Sequential.named_{spelling}", lambda: nn.Sequential(OrderedDict([("first", nn.Linear(4, 3)), ("second", nn.Tanh())])), S(2, 4))
    for kind in (nn.GELU, nn.SiLU, nn.Mish, nn.Tanh, nn.Sigmoid):
        module(f"{kind.__name__}.inplace", kind, S(2, 5))
    module("GELU.tanh", lambda: nn.GELU(approximate="tanh"), S(2, 5))
    module("CosineSimilarity", lambda: nn.CosineSimilarity(1), S(3, 4), S(3, 4))


def losses():
    for reduction in ("mean", "sum", "none"):
        r = dict(reduction=reduction)
        module(f"MSELoss.{reduction}", lambda r=r: nn.MSELoss(**r), S(2, 3), S(2, 3))
        module(f"L1Loss.{reduction}", lambda r=r: nn.L1Loss(**r), S(2, 3), S(2, 3))
        module(f"SmoothL1Loss.{reduction}", lambda r=r: nn.SmoothL1Loss(beta=0.7, **r), S(2, 3), S(2, 3))
        module(f"HuberLoss.{reduction}", lambda r=r: nn.HuberLoss(delta=0.7, **r), S(2, 3), S(2, 3))
        module(f"CrossEntropyLoss.{reduction}", lambda r=r: nn.CrossEntropyLoss(**r), S(4, 3), C([2, 0, 1, 2]))
        module(f"NLLLoss.{reduction}", lambda r=r: nn.NLLLoss(**r), S(4, 3), C([2, 0, 1, 2]))
        module(f"BCELoss.{reduction}", lambda r=r: nn.BCELoss(**r), U(2, 3), C(U(2, 3)))
        module(f"BCEWithLogitsLoss.{reduction}", lambda r=r: nn.BCEWithLogitsLoss(**r), S(2, 3), C(U(2, 3)))
        module(f"KLDivLoss.{reduction}", lambda r=r: nn.KLDivLoss(log_target=True, **r), S(2, 3), S(2, 3))
    module("CrossEntropyLoss.ignore", lambda: nn.CrossEntropyLoss(ignore_index=1), S(4, 3), C([2, 0, 1, 2]))


def record_all():
    restart()
    parametrized()
    recurrent()
    attention()
    plain()
    losses()
