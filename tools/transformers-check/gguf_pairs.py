"""Edits models of transformers together with GGUF files, and compares with the same edit in PyTorch.

For each family a base and a tuned model are made, saved by transformers and written as GGUF (core/src/test/resources/gguf/gen_pairs.py).
`./lines` edits HF + GGUF to GGUF, and GGUF + HF to a folder; transformers loads both outputs (its reader of GGUF undoes names, order and
norms by itself; it does not know Gemma 1), and every tensor must be the one that PyTorch makes.
Usage: python gguf_pairs.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "core/src/test/resources/gguf"))
from gen_pairs import FAMILIES, loaded, make, save, write_gguf  # noqa: E402


def lines(*words):
    run = subprocess.run([ROOT / "lines", *words, "--quiet"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def factor(name):
    return 1.0 if ".layers.1." in name else 0.1  # two layers, alpha 0.1, beta 0.9, alpha outside


def check(what, found, base, tuned):
    worst = 0.0
    for name, own in found.items():
        wanted = base[name] + factor(name) * (tuned[name] - base[name])
        worst = max(worst, float((own - wanted).abs().max()))
    assert worst <= 3e-7, f"{what}: {worst}"
    print(f"{what}: equal, {len(found)} tensors, largest difference {worst:.1e}")


def main():
    for family in FAMILIES:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            base, tuned = make(family, 1), make(family, 2)
            for name, model in ("base", base), ("tuned", tuned):
                save(model, folder / name)
                write_gguf(model, family, folder / f"{name}.gguf")
            lines("edit", "--base", folder / "base", "--tuned", folder / "tuned.gguf", "--out", folder / "edited.gguf")
            lines("edit", "--base", folder / "base.gguf", "--tuned", folder / "tuned", "--out", folder / "edited")
            if family != "gemma":
                check(f"{family}, GGUF made", loaded(folder, "edited.gguf"), base.state_dict(), tuned.state_dict())
            own = AutoModelForCausalLM.from_pretrained(folder / "edited", dtype=torch.float32).state_dict()
            check(f"{family}, folder made", own, base.state_dict(), tuned.state_dict())


if __name__ == "__main__":
    main()
