"""The authors' equations in PyTorch, tensor by tensor as their code has them, and models to try them on.

python pytorch_subspace.py make FOLDER COUNT SHAPE:TIMES...    a base and COUNT tuned models of such matrices
python pytorch_subspace.py METHOD FOLDER OUT                   merges them in float32 (swudi: in double)
python pytorch_subspace.py gemm                                GFLOP/s that one thread reaches in double
python pytorch_subspace.py gflop METHOD FOLDER                 what a merge comes to by the cheapest way that is known
"""

import glob
import os
import sys
import time

import torch
from safetensors.torch import load_file, save_file


def make(folder, count, shapes):
    os.makedirs(folder, exist_ok=True)
    names = []
    for number, shape in enumerate(shapes):
        size, times = shape.split(":")
        names += [(f"blocks.{i}.m{number}.weight", tuple(map(int, size.split("x")))) for i in range(int(times))]
    torch.manual_seed(0)
    base = {name: 0.02 * torch.randn(size) for name, size in names}
    save_file(base, f"{folder}/base.safetensors")
    for model in range(1, count + 1):
        torch.manual_seed(model)
        tuned = {name: value + update(*value.shape) for name, value in base.items()}
        save_file(tuned, f"{folder}/tuned{model}.safetensors")


def update(m, n):
    """A decaying spectrum over noise, as what fine-tuning leaves."""
    rank = min(m, n) // 4
    strong = (torch.randn(m, rank) * torch.arange(1, rank + 1) ** -0.75) @ torch.randn(rank, n)
    return 1e-4 * (strong + 0.3 * torch.randn(m, n))


def polar(x):
    u, _, v = torch.linalg.svd(x, full_matrices=False)
    return u @ v


def iso_c(taus):
    u, s, v = torch.linalg.svd(sum(taus), full_matrices=False)
    return u @ torch.diag(torch.full_like(s, s.mean().item())) @ v


def stacked(taus):
    m, n = taus[0].shape
    r = min(m, n)
    k = r // len(taus)
    u, s, v = torch.zeros(m, r), torch.zeros(r), torch.zeros(r, n)
    for i, tau in enumerate(taus):
        own = torch.linalg.svd(tau, full_matrices=False)
        at = slice(i * k, (i + 1) * k)
        u[:, at], s[at], v[at] = own[0][:, :k], own[1][:k], own[2][:k]
    return u, s, v, k


def tsv_m(taus):
    u, s, v, _ = stacked(taus)
    return polar(u) @ torch.diag(s) @ polar(v)


def iso_cts(taus):
    m, n = taus[0].shape
    r = min(m, n)
    each = round((r - int(0.8 * r)) / len(taus))
    common = r - each * len(taus)
    u, s, v = torch.linalg.svd(sum(taus), full_matrices=False)
    left, right = [], []
    for tau in taus:
        own = torch.linalg.svd(tau - u[:, :common] @ (u[:, :common].T @ tau), full_matrices=False)
        left.append(own[0][:, :each])
        right.append(own[2][:each])
    left, right = torch.cat([*left, u[:, :common]], 1), torch.cat([*right, v[:common]])
    return s.mean() * polar(left) @ polar(right)


def dc_merge(taus):
    u, s, v, k = stacked(taus)
    r = min(taus[0].shape)
    shared_u, shared_v = polar(u), polar(v)
    inside = []
    for i in range(len(taus)):
        at = slice(i * k, (i + 1) * k)
        one = (shared_u.T @ u[:, at]) @ torch.diag(s[at]) @ (v[at] @ shared_v.T)
        least = one.abs().flatten().topk(max(1, int(0.001 * r * r))).values[-1]
        inside.append(one * (one.abs() >= least))
    inside = torch.stack(inside)
    agree = inside * torch.sign(inside.sum(0)) > 0
    merged = (inside * agree).sum(0) / agree.sum(0).clamp(min=1)
    mask = torch.block_diag(*[torch.ones(k, k) for _ in taus])
    return shared_u @ (merged * torch.nn.functional.pad(mask, (0, r - len(mask), 0, r - len(mask)))) @ shared_v


def star(taus):
    total = torch.zeros_like(taus[0])
    for tau in taus:
        u, s, v = torch.linalg.svd(tau, full_matrices=False)
        k = int((s.cumsum(0) < 0.4 * s.sum()).sum()) + 1
        total += u[:, :k] @ torch.diag(s[:k] * s.sum() / s[:k].sum()) @ v[:k]
    return total / len(taus)


def swudi(taus):
    taus = [tau.double() for tau in taus]
    gram = sum(tau.T @ tau / (tau * tau).sum() for tau in taus)
    wanted = sum(tau @ (tau.T @ tau) / (tau * tau).sum() for tau in taus)
    values, vectors = torch.linalg.eigh(gram)
    values = values.clamp(min=1e-8)
    k = int(torch.ceil(values.sqrt().sum() ** 2 / values.sum()).clamp(1, len(values)))
    v, total = vectors[:, -k:], sum(taus)
    return total - total @ v @ v.T + wanted @ v @ torch.diag(1 / values[-k:]) @ v.T


def merge(method, folder, out):
    base = load_file(f"{folder}/base.safetensors")
    models = [load_file(path) for path in sorted(glob.glob(f"{folder}/tuned*.safetensors"))]
    with torch.no_grad():
        merged = {
            name: (value + globals()[method]([model[name] - value for model in models])).float().contiguous()
            for name, value in base.items()
        }
    save_file(merged, out, metadata={"format": "pt"})


def gemm():
    torch.set_num_threads(1)
    a, best = torch.randn(2048, 2048, dtype=torch.float64), 0
    for _ in range(5):
        begin = time.time()
        a @ a
        best = max(best, 2 * 2048**3 / (time.time() - begin) * 1e-9)
    print(f"{best:.1f}")


def gram(m, n):
    """The smaller Gram matrix, of which one half is computed."""
    return m * n * min(m, n)


def eigen(r, wanted):
    """Tridiagonal form (4/3 r³), its eigenvectors by halves (4/3 r³ where all are wanted), and back."""
    return 4 / 3 * r**3 + (4 / 3 * r**3 if wanted == r else 0) + 2 * r * r * wanted


def directions(m, n, wanted):
    """The strongest singular directions by the smaller Gram matrix."""
    return gram(m, n) + eigen(min(m, n), wanted) + 2 * m * n * wanted


def polar_factor(m, n):
    r = min(m, n)
    return gram(m, n) + eigen(r, r) + r**3 + 2 * m * n * r


def flop(method, m, n, taus):
    """Of one matrix; swudi and star as if they kept half of the directions."""
    r = min(m, n)
    k = r // len(taus)
    stack = len(taus) * directions(m, n, k) + polar_factor(m, k * len(taus)) + polar_factor(k * len(taus), n)
    if method == "iso_c":
        return polar_factor(m, n)
    if method == "tsv_m":
        return stack + 2 * m * n * r
    if method == "iso_cts":
        own = round((r - int(0.8 * r)) / len(taus))
        common = r - own * len(taus)
        each = 4 * m * n * common + directions(m, n, own)
        return directions(m, n, r) + len(taus) * each + polar_factor(m, r) + polar_factor(r, n) + 2 * m * n * r
    if method == "dc_merge":
        inside = 2 * r * k * (m + n) + 2 * r * r * k
        return stack + len(taus) * (inside + 2 * m * k * k + 2 * m * n * k)
    if method == "star":
        return len(taus) * (directions(m, n, r) + 2 * m * n * (r // 2))
    if method == "swudi":
        each = m * n * n + min(2 * m * n * n, 3 * m * m * n)
        return len(taus) * each + eigen(n, n) + 3 * 2 * m * n * (n // 2)
    raise ValueError(method)


def gflop(method, folder):
    taus = sorted(glob.glob(f"{folder}/tuned*.safetensors"))
    print(f"{sum(flop(method, *one.shape, taus) for one in load_file(taus[0]).values()) * 1e-9:.1f}")


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
elif sys.argv[1] == "gemm":
    gemm()
elif sys.argv[1] == "gflop":
    gflop(*sys.argv[2:])
else:
    merge(*sys.argv[1:])
