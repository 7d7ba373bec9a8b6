"""Golden numbers of Gaussian mixtures and of an LSTM in front of one, computed by PyTorch (1.13): python3 mixtures.py"""
import json, os
import torch
from torch import nn
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

torch.manual_seed(0)
B, K, Tp, Da = 4, 3, 2, 2
values = {}


def keep(name, tensor):
    values[name] = {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


def mixture(outputs, minimum, bounded, steps=None):
    """robomimic's reading of a network's outputs; only the first steps of a chunk where steps are given."""
    logits, means, raw = outputs.split([K, K * Tp * Da, K * Tp * Da], 1)
    means, raw = means.view(-1, K, Tp, Da), raw.view(-1, K, Tp, Da)
    means = means.tanh() if bounded else means
    scales = nn.functional.softplus(raw) + minimum
    if steps is not None:
        means, scales = means[:, :, :steps], scales[:, :, :steps]
    return MixtureSameFamily(Categorical(logits=logits), Independent(Normal(means, scales), 2))


outputs, actions = torch.randn(B, K * (1 + 2 * Tp * Da)), torch.randn(B, Tp, Da)
keep("outputs", outputs)
keep("actions", actions)
keep("log_probability", mixture(outputs, 1e-4, False).log_prob(actions))
keep("log_probability_bounded", mixture(outputs, 0.01, True).log_prob(actions))
# The second step is padding: the density of the first alone.
keep("log_probability_first_step", mixture(outputs, 1e-4, False, 1).log_prob(actions[:, :1]))
variable = outputs.clone().requires_grad_()
loss = -mixture(variable, 1e-4, False).log_prob(actions).mean()
loss.backward()
keep("loss", loss)
keep("loss_gradient", variable.grad)

# LSTM-GMM: two layers, the last output through one linear layer.
N, C, H = 3, 2, 4
lstm, output = nn.LSTM(C, H, 2, batch_first=True), nn.Linear(H, K * (1 + 2 * Tp * Da))
for prefix, module in (("lstm", lstm), ("output", output)):
    for name, parameter in module.state_dict().items():
        keep(f"recurrent.{prefix}.{name}", parameter)
context = torch.randn(B, N, C)
keep("context", context)
read, _ = lstm(context)
keep("recurrent_log_probability", mixture(output(read[:, -1]), 1e-4, False).log_prob(actions))
keep("recurrent_loss", -mixture(output(read[:, -1]), 1e-4, False).log_prob(actions).mean())
# What the hidden and cell states are after the first two tokens, a row an episode.
_, (h, c) = lstm(context[:, :2])
keep("state_after_two", torch.stack([h, c]).permute(2, 0, 1, 3).reshape(B, -1))

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "mixtures.json"), "w") as file:
    json.dump(values, file)
    file.write("\n")
