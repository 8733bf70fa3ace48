"""The same merges in PyTorch, for comparison: python pytorch_merge.py ta|ties BASE OUT MODELS...

ties is the authors': each task vector one flat vector, one threshold for it, signs that cancel resolved by the majority.
"""

import sys

import torch
from safetensors.torch import load_file, save_file

WEIGHT, DENSITY = 0.3, 0.2


def threshold(tau):
    """The least magnitude of the largest DENSITY of them."""
    d = tau.numel()
    return torch.kthvalue(tau.abs(), d - int(d * DENSITY)).values


def task_arithmetic(base, models):
    """Tensor by tensor, as merging scripts have it."""
    return {name: b + sum(WEIGHT * (model[name] - b) for model in models) for name, b in base.items()}


def flat(tensors, names):
    return torch.cat([tensors[name].reshape(-1) for name in names])


def ties(base, models):
    names = sorted(base)
    origin = flat(base, names)
    taus = torch.stack([flat(models.pop(0), names) - origin for _ in range(len(models))])
    for tau in taus:
        tau[tau.abs() < threshold(tau)] = 0
    taus *= WEIGHT
    signs = torch.sign(taus.sum(0))
    signs[signs == 0] = torch.sign(signs.sum())
    kept = torch.where(signs > 0, taus > 0, taus < 0)
    merged = origin + (taus * kept).sum(0) / kept.sum(0).clamp(min=1)
    parts = merged.split([base[name].numel() for name in names])
    return {name: part.reshape(base[name].shape).clone() for name, part in zip(names, parts)}


method, base, out, *models = sys.argv[1:]
base = load_file(base)
with torch.no_grad():
    merged = {"ta": task_arithmetic, "ties": ties}[method](base, [load_file(model) for model in models])
save_file(merged, out, metadata={"format": "pt"})
