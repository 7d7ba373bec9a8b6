"""Golden numbers of the noise schedules and samplers, written from the formulas in double precision (numpy only).

Run:  python3 make_golden.py    writes samplers.json beside itself. Made with numpy 1.24.
Sources: DDPM arXiv 2006.11239 (posterior of eq. 7), DDIM arXiv 2010.02502 (eq. 12, 16), DPM-Solver++ arXiv 2211.01095 (algorithm 2),
squared cosine arXiv 2102.09672 (eq. 17), velocity arXiv 2202.00512 (appendix D). Grids as in diffusers.
"""
import json
import math
import os

import numpy as np

T = 100


def betas(kind):
    if kind == "cosine":
        f = lambda u: math.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2
        return [min(1 - f((i + 1) / T) / f(i / T), 0.999) for i in range(T)]
    return list(np.linspace(0.001, 0.2, T))


def products(kind):
    return np.cumprod(1.0 - np.float32(betas(kind)).astype(np.float64))


def network(x, k):
    """Something smooth that stands for a network: depends on x and on k."""
    return 0.8 * np.sin(1.3 * x) + 0.2 * math.cos(0.07 * k) * x + 0.1


def split(prediction, x, m, abar):
    """The action and the noise that a prediction m at x stands for."""
    s, n = math.sqrt(abar), math.sqrt(1 - abar)
    if prediction == "Epsilon":
        return (x - n * m) / s, m
    if prediction == "Sample":
        return m, (x - s * m) / n
    return s * x - n * m, n * x + s * m


def ddpm(abar, prediction, clip, x, noise, steps):
    r = T // steps
    for i, k in enumerate(range((steps - 1) * r, -1, -r)):
        at = abar[k]
        ap = abar[k - r] if k - r >= 0 else 1.0
        bt = 1 - at / ap
        action, _ = split(prediction, x, network(x, k), at)
        if clip:
            action = np.clip(action, -clip, clip)
        x = math.sqrt(ap) * bt / (1 - at) * action + math.sqrt(1 - bt) * (1 - ap) / (1 - at) * x
        if k > 0:
            x = x + math.sqrt((1 - ap) / (1 - at) * bt) * noise[i]
    return x


def ddim(abar, prediction, clip, x, noise, steps, eta, spacing):
    if spacing == "Leading":
        r = T // steps
        ks = [(steps - 1 - i) * r for i in range(steps)]
        nexts = [k - r for k in ks]
    else:
        ks = [int(v) - 1 for v in np.round(np.arange(T, 0, -T / steps))][:steps]
        nexts = ks[1:] + [-1]
    for i, (k, kn) in enumerate(zip(ks, nexts)):
        at, ap = abar[k], (abar[kn] if kn >= 0 else 1.0)
        action, eps = split(prediction, x, network(x, k), at)
        if clip:
            action = np.clip(action, -clip, clip)
        sigma = eta * math.sqrt((1 - ap) / (1 - at)) * math.sqrt(1 - at / ap)
        x = math.sqrt(ap) * action + math.sqrt(max(0.0, 1 - ap - sigma ** 2)) * eps + sigma * noise[i]
    return x


def dpm(abar, prediction, clip, x, steps):
    ks = np.linspace(0, T - 1, steps + 1).round()[::-1][:-1].astype(int)
    alpha, sigma = np.sqrt(abar), np.sqrt(1 - abar)
    lam = np.log(alpha / sigma)
    last_action, last_h = None, None
    for i, k in enumerate(ks):
        action, _ = split(prediction, x, network(x, int(k)), abar[k])
        if clip:
            action = np.clip(action, -clip, clip)
        if i == len(ks) - 1:
            return action
        n = ks[i + 1]
        h = lam[n] - lam[k]
        d = action
        if last_action is not None:
            r0 = last_h / h
            d = action + 0.5 * (action - last_action) / r0
        x = sigma[n] / sigma[k] * x - alpha[n] * (math.exp(-h) - 1) * d
        last_action, last_h = action, h


def main():
    rng = np.random.default_rng(3)
    start = np.round(rng.standard_normal(6), 6)
    noise = np.round(rng.standard_normal((T, 6)), 6)
    cases = []
    for kind in ("cosine", "linear"):
        abar = products(kind)
        for prediction in ("Epsilon", "Sample", "Velocity"):
            for clip in (0, 1.0):
                for name, run in (
                    ("DDPM 100", lambda: ddpm(abar, prediction, clip, start, noise, 100)),
                    ("DDPM 10", lambda: ddpm(abar, prediction, clip, start, noise, 10)),
                    ("DDIM 1 Leading", lambda: ddim(abar, prediction, clip, start, noise, 1, 0, "Leading")),
                    ("DDIM 16 Leading", lambda: ddim(abar, prediction, clip, start, noise, 16, 0, "Leading")),
                    ("DDIM 8 Trailing", lambda: ddim(abar, prediction, clip, start, noise, 8, 0, "Trailing")),
                    ("DDIM 10 Trailing eta 0.5", lambda: ddim(abar, prediction, clip, start, noise, 10, 0.5, "Trailing")),
                    ("DPM 1", lambda: dpm(abar, prediction, clip, start, 1)),
                    ("DPM 2", lambda: dpm(abar, prediction, clip, start, 2)),
                    ("DPM 10", lambda: dpm(abar, prediction, clip, start, 10)),
                ):
                    cases.append({"schedule": kind, "prediction": prediction, "clip": clip, "sampler": name, "end": [float(v) for v in run()]})
    out = {
        "remaining": {kind: [float(v) for v in products(kind)] for kind in ("cosine", "linear")},
        "start": start.tolist(), "noise": noise.reshape(-1).tolist(), "cases": cases,
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "samplers.json"), "w") as file:
        json.dump(out, file)


main()
