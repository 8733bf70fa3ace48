"""Edits, merges and extracts small models of 142 kinds that transformers makes, and has transformers and PEFT load what comes out.

`families.json` says of what each is made. A base and a tuned model of each are saved: of all modules whose parameters are a
weight and a bias, these change. Then
- `lines edit` must give a model that loads without a missing or unexpected tensor, each tensor being base + λ·(tuned − base)
  with one λ between α and α + β;
- `lines merge` (linear) the weighted mean, which loads likewise;
- `lines extract` an adapter that PEFT loads, and merges into the tuned model. Where it does not, a note must say so.
What `lines` or PEFT refuse is printed and counted; what differs without a note, too, and makes the exit code 1.

Usage: python families.py [NAME ...]   (about 4 s each)
"""

import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch
import transformers
from peft import PeftModel

HERE = Path(__file__).resolve().parent
LINES = HERE.parents[1] / "lines"
FAMILIES = json.loads((HERE / "families.json").read_text())
ALPHA, BETA, SHARE = 0.1, 0.9, 0.25


class Differs(Exception):
    """Something is wrong, in words."""


class Refused(Exception):
    """A program says that it does not do that, and why."""


def lines(*words):
    run = subprocess.run([LINES, *map(str, words)], capture_output=True, text=True)
    if run.returncode:
        raise Refused(f"lines: {run.stderr.strip()}")
    return run.stderr


def changeable(model):
    """The parameters of modules that hold a weight and a bias, and nothing else."""
    for module in model.modules():
        if not list(module.children()) and set(module._parameters) <= {"weight", "bias"}:
            yield from (parameter for parameter in module._parameters.values() if parameter is not None)


def make(family, folder):
    """The class, what the base and the tuned model hold once loaded, and what the tuned one held before."""
    model_class = getattr(transformers, family["class"])
    torch.manual_seed(0)
    model = model_class(model_class.config_class(**family["config"]))
    model.save_pretrained(folder / "base")
    changed = {id(parameter): parameter for parameter in changeable(model)}
    with torch.no_grad():
        for parameter in changed.values():
            parameter.add_(torch.randn(parameter.shape) * 0.05)
    model.save_pretrained(folder / "tuned")
    return model_class, loaded(model_class, folder / "base"), loaded(model_class, folder / "tuned"), model.state_dict()


def loaded(model_class, folder):
    model, found = model_class.from_pretrained(folder, output_loading_info=True)
    wrong = {what: sorted(map(str, names))[:3] for what, names in found.items() if names}
    if wrong:
        raise Differs(f"{folder.name} does not load as it is: {wrong}")
    return model.state_dict()


def learned(values, *others):
    """The names of tensors of numbers that all have."""
    return [name for name, value in values.items()
            if value.is_floating_point() and value.numel() and all(name in other for other in others)]


def check_edit(model_class, folder, base, tuned):
    lines("edit", "--base", folder / "base", "--tuned", folder / "tuned", "--out", folder / "edited",
          "--alpha", ALPHA, "--beta", BETA)
    edited = loaded(model_class, folder / "edited")
    for name in learned(edited, base, tuned):
        update = (tuned[name] - base[name]).double().flatten()
        scaled = (edited[name] - base[name]).double().flatten()
        size = update.norm()
        factor = (update @ scaled / size**2).item() if size else 0
        if (scaled - factor * update).norm() > 1e-4 * size or size and not ALPHA - 1e-3 <= factor <= ALPHA + BETA + 1e-3:
            raise Differs(f"edited {name} is no scaled update (λ {factor:.3f})")


def check_merge(model_class, folder, base, tuned):
    recipe = folder / "recipe.yml"
    models = [{"model": str(folder / name), "parameters": {"weight": weight}}
              for name, weight in (("base", 1 - SHARE), ("tuned", SHARE))]
    recipe.write_text(json.dumps({"merge_method": "linear", "models": models, "dtype": "float32"}))
    lines("merge", recipe, folder / "merged")
    merged = loaded(model_class, folder / "merged")
    for name in learned(merged, base, tuned):
        distance = (merged[name] - (1 - SHARE) * base[name] - SHARE * tuned[name]).abs().max().item()
        if distance > 2e-5:
            raise Differs(f"merged {name} is {distance:.1e} off")


def is_off(name, merged, *tuned):
    """Whether a tensor is none of these: of padding, transformers makes zeros; biases of heads are there twice, and used once."""
    return not name.endswith("bias") and all((merged[name] - other[name]).abs().max() > 1e-4 for other in tuned)


def check_extract(model_class, folder, tuned, saved):
    said = lines("extract", "--base", folder / "base", "--tuned", folder / "tuned", "--rank", 128, "--out", folder / "adapter")
    is_noted = "peft" in said
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            model = PeftModel.from_pretrained(model_class.from_pretrained(folder / "base"), folder / "adapter").merge_and_unload()
    except Exception as error:
        raise (Refused if is_noted else Differs)(f"peft: {str(error)[:200]}") from error
    lost = [str(warning.message)[:200] for warning in heard if "adapter keys" in str(warning.message)]
    merged = model.state_dict()
    off = [name for name in learned(merged, tuned, saved) if is_off(name, merged, tuned, saved)]
    if (lost or off) and not is_noted:
        raise Differs(f"peft's model differs from the tuned one: {lost or off[:3]}")
    return "noted" if lost or off else "equal"


def check(name, folder):
    """How each of the three ends."""
    model_class, base, tuned, saved = make(FAMILIES[name], folder)
    for part, run in (("edit", lambda: check_edit(model_class, folder, base, tuned)),
                      ("merge", lambda: check_merge(model_class, folder, base, tuned)),
                      ("extract", lambda: check_extract(model_class, folder, tuned, saved))):
        try:
            yield part, run() or "equal", ""
        except Refused as why:
            yield part, "refused", str(why)
        except Differs as why:
            yield part, "DIFFERS", str(why)


def main():
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    counts = {}
    for name in sys.argv[1:] or FAMILIES:
        with tempfile.TemporaryDirectory() as place:
            try:
                for part, end, why in check(name, Path(place)):
                    counts[part, end] = counts.get((part, end), 0) + 1
                    print(f"{name}: {part} {end}{': ' if why else ''}{why}", flush=True)
            except Exception as error:
                counts["model", "not made"] = counts.get(("model", "not made"), 0) + 1
                print(f"{name}: not made: {type(error).__name__}: {str(error)[:200]}", flush=True)
    print(", ".join(f"{part} {end}: {count}" for (part, end), count in sorted(counts.items())))
    sys.exit(1 if any(end == "DIFFERS" for _, end in counts) else 0)


if __name__ == "__main__":
    main()
