"""The other heads in PyTorch, written as PyTorch users write them. Contexts are [B, N, 8]: two observed steps, or ten for the LSTM."""
import torch
from torch import nn
from torch.nn import functional as F

PREDICTION, ACTION, STEP = 16, 2, 8
CHUNK = PREDICTION * ACTION


def masked_mean(error, inside):
    mask = inside.unsqueeze(-1).to(error.dtype)
    return (error * mask).sum() / (mask.sum() * error.shape[-1])


class ResidualMlp(nn.Module):
    def __init__(self, inputs, outputs, width=256, blocks=6):
        super().__init__()
        self.input, self.output = nn.Linear(inputs, width), nn.Linear(width, outputs)
        self.blocks = nn.ModuleList(nn.Sequential(nn.LayerNorm(width, elementwise_affine=False), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width)) for _ in range(blocks))
        self.norm = nn.LayerNorm(width, elementwise_affine=False)

    def forward(self, x):
        h = self.input(x)
        for block in self.blocks:
            h = h + block(h)
        return self.output(self.norm(h))


class Binned(nn.Module):
    """256 bins for every coordinate, each by itself."""
    tokens = 2

    def __init__(self):
        super().__init__()
        self.network = ResidualMlp(2 * STEP, CHUNK * 256)

    def loss(self, context, actions, inside):
        logits = self.network(context.flatten(1)).view(-1, PREDICTION, ACTION, 256)
        bins = ((actions + 2.3) / 4.6 * 256).long().clamp(0, 255)
        return masked_mean(F.cross_entropy(logits.flatten(0, 2), bins.flatten(), reduction="none").view_as(actions), inside)

    def sample(self, context):
        logits = self.network(context.flatten(1)).view(-1, 256)
        return torch.multinomial(logits.softmax(-1), 1).view(-1, PREDICTION, ACTION).float() / 256 * 4.6 - 2.3


class GptLayer(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention, self.projection = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, h, mask, cache=None):
        batch, length, width = h.shape
        q, k, v = self.attention(self.first(h)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        scores = q @ k.transpose(2, 3) / (width // self.heads) ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask, float("-inf"))
        y = F.dropout(scores.softmax(-1), self.dropout, self.training) @ v
        h = h + F.dropout(self.projection(y.transpose(1, 2).reshape(batch, length, width)), self.dropout, self.training)
        return h + F.dropout(self.contract(F.gelu(self.expand(self.second(h)))), self.dropout, self.training)


class Gpt(nn.Module):
    def __init__(self, length, width, layers, heads, dropout=0.0):
        super().__init__()
        self.position = nn.Parameter(0.02 * torch.randn(length, width))
        self.layers = nn.ModuleList(GptLayer(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens, mask, caches=None, start=0):
        h = tokens + self.position[start:start + tokens.shape[1]]
        for i, layer in enumerate(self.layers):
            h = layer(h, mask, None if caches is None else caches[i])
        return self.norm(h)


class Autoregressive(nn.Module):
    """The same bins, one after the other, with a cache of keys and values when sampling."""
    tokens = 2

    def __init__(self):
        super().__init__()
        self.context, self.embedding = nn.Linear(STEP, 72), nn.Embedding(257, 72)
        self.gpt, self.output = Gpt(2 + CHUNK - 1, 72, 4, 4), nn.Linear(72, 256)
        mask = torch.ones(2 + CHUNK - 1, 2 + CHUNK - 1, dtype=torch.bool).triu(1)
        mask[:, :2] = False
        self.register_buffer("mask", mask)

    def loss(self, context, actions, inside):
        bins = ((actions + 2.3) / 4.6 * 256).long().clamp(0, 255)
        shown = bins.masked_fill(~inside.unsqueeze(-1), 256).flatten(1)
        h = self.gpt(torch.cat([self.context(context), self.embedding(shown[:, :-1])], 1), self.mask)
        logits = self.output(h[:, 1:])
        return masked_mean(F.cross_entropy(logits.flatten(0, 1), bins.flatten(), reduction="none").view_as(actions), inside)

    def sample(self, context):
        caches, tokens = [[] for _ in self.gpt.layers], []
        h = self.gpt(self.context(context), None, caches)
        for i in range(CHUNK):
            tokens.append(torch.multinomial(self.output(h[:, -1]).softmax(-1), 1))
            if i + 1 < CHUNK:
                h = self.gpt(self.embedding(tokens[-1]), None, caches, 2 + i)
        return torch.cat(tokens, 1).view(-1, PREDICTION, ACTION).float() / 256 * 4.6 - 2.3


class Mixture:
    """Reads a network's outputs as five Gaussians over chunks."""

    @staticmethod
    def width():
        return 5 * (1 + 2 * CHUNK)

    @staticmethod
    def of(outputs, minimum):
        logits, means, scales = outputs.split([5, 5 * CHUNK, 5 * CHUNK], 1)
        shape = (-1, 5, PREDICTION, ACTION)
        return logits, means.view(shape), F.softplus(scales.view(shape)) + minimum

    @staticmethod
    def loss(outputs, minimum, actions, inside):
        logits, means, scales = Mixture.of(outputs, minimum)
        terms = torch.distributions.Normal(means, scales).log_prob(actions.unsqueeze(1)) * inside.view(-1, 1, PREDICTION, 1)
        return -(logits.log_softmax(1) + terms.sum((2, 3))).logsumexp(1).mean()

    @staticmethod
    def sample(outputs, minimum):
        logits, means, _ = Mixture.of(outputs, minimum)
        chosen = torch.multinomial(logits.softmax(1), 1).squeeze(1)
        mean = means[torch.arange(len(means)), chosen]
        return mean + 1e-4 * torch.randn_like(mean)


class Gmm(nn.Module):
    tokens = 2

    def __init__(self):
        super().__init__()
        self.network = ResidualMlp(2 * STEP, Mixture.width())

    def loss(self, context, actions, inside):
        return Mixture.loss(self.network(context.flatten(1)), 1e-4, actions, inside)

    def sample(self, context):
        return Mixture.sample(self.network(context.flatten(1)), 1e-4)


class LstmGmm(nn.Module):
    tokens = 10

    def __init__(self):
        super().__init__()
        self.lstm, self.output = nn.LSTM(STEP, 128, 2, batch_first=True), nn.Linear(128, Mixture.width())

    def loss(self, context, actions, inside):
        return Mixture.loss(self.output(self.lstm(context)[0][:, -1]), 0.01, actions, inside)

    def sample(self, context):
        return Mixture.sample(self.output(self.lstm(context)[0][:, -1]), 0.01)


class Implicit(nn.Module):
    """An energy of observation and one action, joined as usual; 32 counter-examples; derivative-free search with 512 candidates."""
    tokens, prediction = 2, 1

    def __init__(self):
        super().__init__()
        self.input, self.output = nn.Linear(2 * STEP + ACTION, 128), nn.Linear(128, 1)
        self.blocks = nn.ModuleList(nn.Sequential(nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 128)) for _ in range(4))

    def score(self, context, candidates):
        h = self.input(torch.cat([context.flatten(1).unsqueeze(1).expand(-1, candidates.shape[1], -1), candidates], -1))
        for block in self.blocks:
            h = h + block(h)
        return self.output(h).squeeze(-1)

    def loss(self, context, actions, inside):
        candidates = torch.cat([actions[:, :1], torch.rand(len(actions), 32, ACTION) * 4 - 2], 1)
        return F.cross_entropy(self.score(context, candidates), torch.zeros(len(actions), dtype=torch.long))

    def sample(self, context):
        candidates, noise = torch.rand(len(context), 512, ACTION) * 2 - 1, 0.33
        for i in range(3):
            scores = self.score(context, candidates)
            if i < 2:
                index = torch.multinomial(scores.softmax(1), 512, replacement=True)
                candidates = candidates.gather(1, index.unsqueeze(-1).expand(-1, -1, ACTION))
                candidates = (candidates + noise * torch.randn_like(candidates)).clamp(-1, 1)
                noise *= 0.5
        return candidates[torch.arange(len(context)), scores.argmax(1)].view(-1, 1, ACTION)


class BehaviorTransformer(nn.Module):
    tokens = 2

    def __init__(self):
        super().__init__()
        self.embed, self.gpt = nn.Linear(STEP, 72), Gpt(2, 72, 4, 4, 0.1)
        self.output = nn.Linear(72, 64 * (1 + CHUNK), bias=False)
        self.register_buffer("centers", torch.randn(64, CHUNK))
        self.register_buffer("mask", torch.ones(2, 2, dtype=torch.bool).triu(1))

    def predict(self, context):
        h = self.gpt(self.embed(context), self.mask)[:, -1]
        logits, offsets = self.output(h).split([64, 64 * CHUNK], 1)
        return logits, offsets.view(-1, 64, CHUNK)

    def loss(self, context, actions, inside):
        logits, offsets = self.predict(context)
        known = inside.unsqueeze(-1).expand(-1, -1, ACTION).flatten(1).float()
        chunk = actions.flatten(1) * known
        nearest = ((chunk.unsqueeze(1) - self.centers).square() * known.unsqueeze(1)).sum(-1).argmin(1)
        log_p = logits.log_softmax(1).gather(1, nearest.unsqueeze(1)).squeeze(1)
        focal = (-((1 - log_p.exp()) ** 2) * log_p).mean()
        own = self.centers[nearest] + offsets[torch.arange(len(chunk)), nearest]
        return focal + 1000 * masked_mean((own - chunk).square().view(-1, PREDICTION, ACTION), inside)

    def sample(self, context):
        logits, offsets = self.predict(context)
        drawn = torch.multinomial(logits.softmax(1), 1).squeeze(1)
        return (self.centers[drawn] + offsets[torch.arange(len(drawn)), drawn]).view(-1, PREDICTION, ACTION)


class Cvae(nn.Module):
    tokens = 2

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = ResidualMlp(CHUNK + 2 * STEP, 16, blocks=3), ResidualMlp(8 + 2 * STEP, CHUNK, blocks=3)

    def loss(self, context, actions, inside):
        flat, actions = context.flatten(1), actions * inside.unsqueeze(-1)
        mean, log_variance = self.encoder(torch.cat([actions.flatten(1), flat], 1)).chunk(2, 1)
        z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        error = (self.decoder(torch.cat([z, flat], 1)).view_as(actions) - actions).abs()
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()
        return masked_mean(error, inside) + 0.1 * kl

    def sample(self, context):
        flat = context.flatten(1)
        return self.decoder(torch.cat([torch.randn(len(flat), 8), flat], 1)).view(-1, PREDICTION, ACTION)


class Act(nn.Module):
    """A small ACT for states: style encoder, encoder over latent and state, one decoder layer."""
    tokens = 2
    width = 128

    def __init__(self):
        super().__init__()
        layer = lambda: nn.TransformerEncoderLayer(self.width, 4, 512, 0.1, batch_first=True)
        self.style, self.encoder = nn.TransformerEncoder(layer(), 2), nn.TransformerEncoder(layer(), 2)
        self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(self.width, 4, 512, 0.1, batch_first=True), 1)
        self.cls, self.query = nn.Parameter(torch.randn(1, 1, self.width)), nn.Parameter(torch.randn(PREDICTION, self.width))
        self.position, self.style_position = nn.Parameter(torch.randn(2, self.width)), nn.Parameter(torch.randn(2 + PREDICTION, self.width))
        self.style_state, self.style_action, self.style_out = nn.Linear(2 * STEP, self.width), nn.Linear(ACTION, self.width), nn.Linear(self.width, 32)
        self.state, self.latent, self.output = nn.Linear(2 * STEP, self.width), nn.Linear(16, self.width), nn.Linear(self.width, ACTION)

    def decode(self, state, z):
        memory = self.encoder(torch.stack([self.latent(z), self.state(state)], 1) + self.position)
        return self.output(self.decoder(self.query.expand(len(state), -1, -1), memory))

    def loss(self, context, actions, inside):
        state = context.flatten(1)
        tokens = torch.cat([self.cls.expand(len(state), -1, -1), self.style_state(state).unsqueeze(1), self.style_action(actions)], 1)
        padding = torch.cat([torch.zeros(len(state), 2, dtype=torch.bool), ~inside], 1)
        mean, log_variance = self.style_out(self.style(tokens + self.style_position, src_key_padding_mask=padding)[:, 0]).chunk(2, 1)
        z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()
        return masked_mean((self.decode(state, z) - actions).abs(), inside) + 10 * kl

    def sample(self, context):
        return self.decode(context.flatten(1), torch.zeros(len(context), 16))


HEADS = {"binned": Binned, "autoregressive": Autoregressive, "gmm": Gmm, "lstm-gmm": LstmGmm, "ibc": Implicit, "bet": BehaviorTransformer, "cvae": Cvae, "act": Act}
