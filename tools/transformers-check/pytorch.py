"""Has PyTorch load what `lines` writes for it: `torch.load(weights_only=True)`, mapped and read, and compares bit for bit.

- every state dict of the tests' golden files (written by torch.save), converted to `.pt`;
- models with every element type, views, ties and odd shapes, converted;
- the authors' folders (`nonlinear_zeroshot.pt`, `nonlinear_finetuned.pt`), whole pickled modules and tied models, edited, against the same
  edit in PyTorch; a merge of two;
- files that hold more than a model (openai-whisper's, Lightning's, RVC's), which lies in the output where it did.

Python's zipfile checks each archive's checksums. Usage: python pytorch.py
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
LINES = ROOT / "lines"
GOLDENS = ROOT / "core/src/test/resources/torch"
ALPHA, BETA = 0.1, 0.9


def lines(*words):
    run = subprocess.run([str(LINES), *map(str, words)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run


def same_bits(a, b):
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype == torch.bool or a.is_complex() or a.dtype.itemsize == 1:
        a, b = (torch.view_as_real(t) if t.is_complex() else t.view(torch.uint8) for t in (a, b))
    return a.numel() == 0 or torch.equal(
        a.contiguous().reshape(-1).view(torch.uint8), b.contiguous().reshape(-1).view(torch.uint8)
    )


def load(file):
    """What torch reads, in each of its ways, once it is sure that they agree and the archive is sound."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None, archive.testzip()
    read = model(torch.load(file, weights_only=True))
    for other in (torch.load(file, weights_only=True, mmap=True), torch.load(file, weights_only=False)):
        assert read.keys() == model(other).keys()
        for name in read:
            assert same_bits(read[name], model(other)[name]), name
    for name, tensor in read.items():
        assert tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size(), name
        assert tensor.is_contiguous(), name
    return read


def model(content):
    """The tensors of the dictionary that holds some, wherever it lies."""
    if tensors(content):
        return tensors(content)
    return next((found for value in content.values() if isinstance(value, dict) and (found := model(value))), {})


def check_equal(expected, file):
    found = load(file)
    assert expected.keys() == found.keys(), expected.keys() ^ found.keys()
    for name, tensor in expected.items():
        assert same_bits(tensor.resolve_neg().resolve_conj(), found[name]), name
    return found


def tensors(value):
    return {k: v for k, v in value.items() if torch.is_tensor(v)}


def goldens(folder):
    """Every golden state dict that torch loads, converted and loaded again."""
    count = 0
    for line in (GOLDENS / "cases.tsv").read_text().splitlines():
        kind, name, inputs, verdict, key, expected = line.split("\t")[:6]
        file = GOLDENS / inputs
        if kind != "read" or verdict != "accept" or key or not expected or not file.is_file():
            continue
        try:
            original = torch.load(file, weights_only=True)
        except Exception:
            continue  # a whole module, whose classes are not here
        out = folder / f"{count}.pt"
        lines("convert", file, out)
        if isinstance(original, dict) and tensors(original):
            check_equal(tensors(original), out)
        else:
            load(out)
        count += 1
    assert count > 20, count
    return f"{count} files converted"


def frames(folder):
    """Files that hold more than a state dict: it lies where it did, with the plain values beside it."""
    whisper = lambda w: {"dims": {"n_mels": 80, "x": [1, 2.5, None, True], "y": (1, "z")}, "model_state_dict": w}
    rvc = lambda w: {"weight": w, "config": [1025, "0", [3, 7], {}], "info": "50epoch", "sr": "40k", "f0": 1}
    lightning = lambda w: {"state_dict": w, "epoch": 3, "global_step": 10**10, "hyper_parameters": {"lr": 1e-3, "shift": -7, "low": -(2**40)}}
    deep = lambda w: {"checkpoint": {"module": w, "step": 9}, "version": OrderedDict(a=1)}
    flat = lambda w: {**w, "step": 5}
    with_optimizer = lambda w: {"model": w, "epoch": 1, "optimizer": {"state": {0: {"step": torch.ones(1)}}}}
    for number, frame in enumerate((whisper, rvc, lightning, deep, flat, with_optimizer)):
        base, tuned = (OrderedDict((f"layers.{i}.w", torch.randn(4, 4)) for i in range(3)) for _ in range(2))
        for name, weights in ("base", base), ("tuned", tuned):
            torch.save(frame(weights), folder / f"{name}.pt")
        lines("edit", "--base", folder / "base.pt", "--tuned", folder / "tuned.pt", "--alpha", "1", "--beta", "0", "--out", folder / f"{number}.pt")
        found, wanted = torch.load(folder / f"{number}.pt", weights_only=True), frame(tuned)
        assert model(found).keys() == model(wanted).keys()
        assert all(same_bits(model(found)[key], model(wanted)[key]) for key in model(wanted))
        wanted.pop("optimizer", None)
        assert str(untensored(found)) == str(untensored(wanted)), (untensored(found), untensored(wanted))
    return "6 files with more than a model"


def untensored(value):
    if isinstance(value, dict):
        return {key: untensored(value[key]) for key in sorted(value)}
    return "tensor" if torch.is_tensor(value) else value


def every_type(folder):
    types = "float64 float32 float16 bfloat16 float8_e4m3fn float8_e5m2 float8_e8m0fnu int64 int32 int16 int8"
    types += " uint64 uint32 uint16 uint8 bool complex64"
    model = {f"{t}.{n}": torch.arange(n).to(getattr(torch, t)) for t in types.split() for n in (0, 1, 7, 5000)}
    model |= {f"{t}.scalar": torch.ones(()).to(getattr(torch, t)) for t in types.split()}
    whole = torch.randn(64, 48)
    model |= {"transposed": whole.t(), "row": whole[3], "steps": whole[::2, 1::3], "whole": whole, "tied": whole}
    model |= {"empty": torch.zeros(3, 0, 5), "ünïcödé 名前": torch.ones(2), "expanded": torch.ones(1).expand(3, 4)}
    torch.save(model, folder / "types.pt")
    lines("convert", folder / "types.pt", folder / "out.pt")
    found = check_equal(model, folder / "out.pt")
    assert found["tied"].data_ptr() == found["whole"].data_ptr()
    assert found["row"].data_ptr() != found["whole"].data_ptr()
    return f"{len(model)} tensors"


def edited(base, tuned, layers, pattern):
    result = {}
    for name, b in base.items():
        found = re.search(pattern, name)
        scale = ALPHA + BETA * (int(found.group(1)) / (layers - 1)) if found else ALPHA
        t = tuned[name]
        result[name] = t if scale == 1 or not b.is_floating_point() else b + (t - b) * scale
    return result


def authors(folder):
    """What the paper's authors publish, as it stands; their code reads the result by `torch.load`."""
    for task in ("MNISTVal", "DTDVal"):
        models = GOLDENS / "lines_layout/ViT-B-32" / task
        base, tuned = models / "nonlinear_zeroshot.pt", models / "nonlinear_finetuned.pt"
        out = folder / f"{task}.pt"
        report = json.loads(lines("edit", "--base", base, "--tuned", tuned, "--out", out, "--json").stdout)
        layers = {t["name"]: t["layer"] for t in report["tensors"] if t["layer"]}
        wanted = edited(torch.load(base), torch.load(tuned), max(layers.values()), r"resblocks\.(\d+)\.")
        check_equal(wanted, out)
    return "2 edits equal"


def merge(folder):
    models = GOLDENS / "lines_layout/ViT-B-32"
    recipe = folder / "recipe.yml"
    tuned = [models / task / "nonlinear_finetuned.pt" for task in ("MNISTVal", "DTDVal")]
    base = models / "MNISTVal/nonlinear_zeroshot.pt"
    listed = "\n".join(f"- model: {t}\n  parameters: {{weight: 0.3}}" for t in tuned)
    recipe.write_text(f"merge_method: task_arithmetic\nbase_model: {base}\nmodels:\n{listed}\ndtype: float32\n")
    lines("merge", recipe, folder / "merged.pt")
    lines("merge", recipe, folder / "merged.safetensors")
    from safetensors.torch import load_file

    check_equal(load_file(folder / "merged.safetensors"), folder / "merged.pt")
    return "as safetensors and as .pt equal"


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(50, 16)
        self.layers = torch.nn.ModuleList(torch.nn.Linear(16, 16) for _ in range(4))
        self.head = torch.nn.Linear(16, 50, bias=False)
        self.head.weight = self.embed.weight


def tied(folder):
    """A module with a tied head, saved whole and as its state dict; both give a state dict that it loads."""
    torch.manual_seed(0)
    model = Tied()
    torch.save(model.state_dict(), folder / "base.pt")
    torch.save(model, folder / "base-module.pt")
    base = {k: v.clone() for k, v in model.state_dict().items()}
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    torch.save(model.state_dict(), folder / "tuned.pt")
    torch.save(model, folder / "tuned-module.pt")
    wanted = edited(base, model.state_dict(), 4, r"layers\.(\d+)\.")
    for kind in ("", "-module"):
        out = folder / f"out{kind}.pt"
        run = lines("edit", "--base", folder / f"base{kind}.pt", "--tuned", folder / f"tuned{kind}.pt", "--out", out)
        assert ("a whole pickled module" in run.stderr) == bool(kind), run.stderr
        found = check_equal(wanted, out)
        if not kind:
            assert found["head.weight"].data_ptr() == found["embed.weight"].data_ptr(), "not tied any more"
        Tied().load_state_dict(found)
    return "2 edits equal, tied, loaded by the module"


def main():
    print(f"torch {torch.__version__}")
    failed = 0
    for check in (goldens, frames, every_type, authors, merge, tied):
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"ok    {check.__name__:12} {check(Path(folder))}")
            except Exception as e:
                failed += 1
                print(f"FAILED {check.__name__}: {type(e).__name__}: {e}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
