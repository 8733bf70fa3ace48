"""SPEC §2 in PyTorch: task arithmetic, TIES (whole model) and consensus, with and without LiNeS.

Writes base, task0 … task7 and NAME.expected.safetensors beside this file, and expected.properties with
each α. Made with torch 2.13.0 (CPU), safetensors 0.8.0, Python 3.11: python make.py
Sums over tasks run task by task, so that a sign is not decided by the order of additions.
"""

import pathlib

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
BLOCKS, WIDTH, TASKS = 12, 8, 8
LAMBDA, BETA, TALL = 0.3, 0.3, 0.4
torch.manual_seed(2410)


def shapes():
    yield "visual.class_embedding", (WIDTH,)
    yield "visual.conv1.weight", (WIDTH, 3, 2, 2)
    for i in range(BLOCKS):
        block = f"visual.transformer.resblocks.{i}."
        yield block + "attn.in_proj_weight", (3 * WIDTH, WIDTH)
        yield block + "ln_1.weight", (WIDTH,)
        yield block + "mlp.c_fc.weight", (2 * WIDTH, WIDTH)
    yield "visual.ln_post.weight", (WIDTH,)
    yield "visual.proj", (WIDTH, 4)


def flat(model):
    return torch.cat([model[name].flatten() for name in names])


def unflat(vector):
    out, start = {}, 0
    for name in names:
        size = base[name].numel()
        out[name] = vector[start : start + size].reshape(base[name].shape)
        start += size
    return out


def sequential(vectors):
    total = torch.zeros_like(vectors[0])
    for vector in vectors:
        total = total + vector
    return total


def trimmed(vector, density):
    d = vector.numel()
    k = int(d * density)
    threshold = vector.abs().kthvalue(d - k).values
    return torch.where(vector.abs() >= threshold, vector, torch.zeros(()))


def ties(density, aggregate):
    kept = [trimmed(t, density) for t in taus]
    sign = torch.sign(sequential(kept))
    sign = torch.where(sign == 0, torch.sign(sign.sum()), sign)
    agreeing = [torch.where(torch.where(sign > 0, t > 0, t < 0), t, torch.zeros(())) for t in kept]
    total = sequential(agreeing)
    if aggregate == "sum":
        return total
    return total / sum((t != 0).float() for t in agreeing).clamp(min=1)


def consensus(tau):
    votes = sum(
        ((theta0 - t).abs() > TALL * (theta0 + tau - t).abs()).int() for t in thetas
    )
    return torch.where(votes >= 2, tau, torch.zeros(()))


def depth_of(name, alpha):
    if "resblocks." not in name:
        return alpha
    layer = int(name.split("resblocks.")[1].split(".")[0])
    return alpha + BETA * (layer / (BLOCKS - 1))


base = {name: torch.randn(shape) * 0.1 for name, shape in shapes()}
names = list(base)
tasks = [
    {name: base[name] + torch.randn(base[name].shape) * 0.01 for name in names}
    for _ in range(TASKS)
]
theta0, thetas = flat(base), [flat(task) for task in tasks]
taus = [t - theta0 for t in thetas]

save_file(base, HERE / "base.safetensors")
for i, task in enumerate(tasks):
    save_file(task, HERE / f"task{i}.safetensors")

alphas = {}
for name, tau in {
    "task_arithmetic": sequential(taus),
    "ties_mean": ties(0.2, "mean"),
    "ties_sum": ties(0.2, "sum"),
    "consensus": consensus(sequential(taus)),
    "consensus_ties": consensus(ties(0.2, "sum")),
}.items():
    plain = {k: base[k] + LAMBDA * v for k, v in unflat(tau).items()}
    alpha = (sequential(taus).double().abs().sum() / tau.double().abs().sum() / TASKS).item()
    scaled = {k: base[k] + v * depth_of(k, alpha) for k, v in unflat(tau).items()}
    alphas[name] = alpha
    save_file(plain, HERE / f"{name}.expected.safetensors")
    save_file(scaled, HERE / f"{name}_lines.expected.safetensors")
(HERE / "expected.properties").write_text("".join(f"{k}={v!r}\n" for k, v in alphas.items()))
