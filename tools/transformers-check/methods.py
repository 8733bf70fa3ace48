"""Merges models that `transformers` saved by every method that `./lines methods` lists, with and without LiNeS.

A small Llama, a BERT and a CLIP are made, and three tuned models of each. Whatever a method makes, `from_pretrained` must find every
weight in it, and outputs must be finite. With `lines:` each update must be λ times what it is without (and with lambda 1), λ by
depth; with `alpha: auto` the output must load, too, and so must `calibrate: svc` behind every method that takes it.
Usage: python methods.py [METHOD ...]
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers

import check

MODELS = ("one", "two", "three")
CASES = ("llama-float32", "bert", "clip")
ONE_OTHER = ("slerp", "nearswap", "arcee_fusion")  # the base, and one model more
TWO = ("nuslerp",)
NEEDED = {"slerp": "t: 0.4", "nearswap": "t: 0.01", "nuslerp": "weight: 0.5"}
LINES = f"lines: {{alpha: {check.ALPHA}, beta: {check.BETA}}}"


def make(case, folder):
    torch.manual_seed(5)
    model = case.auto.from_config(case.config).to(case.dtype)
    model.save_pretrained(folder / "base")
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    for which in MODELS:
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(start[name] + 0.02 * torch.randn(parameter.shape))
        model.save_pretrained(folder / which)


def merge(method, based, extra, folder):
    """`lines:` stands in the place of lambda, whose default is not 1 for every method."""
    count = 1 if method in ONE_OTHER else 2 if method in TWO else 3
    text = f"merge_method: {method}\n" + ("base_model: base\n" if based else "")
    if method in NEEDED:
        text += f"parameters: {{{NEEDED[method]}}}\n"
    text += f"{extra}\nmodels: [{', '.join(f'{{model: {name}}}' for name in MODELS[:count])}]\n"
    (folder / "recipe.yml").write_text(text)
    words = [check.LINES, "merge", folder / "recipe.yml", folder / "out", "--force", "--quiet"]
    run = subprocess.run(words, capture_output=True, text=True)
    return run.returncode, run.stderr


def loaded(case, folder):
    values = check.outputs(case, check.load(case, folder / "out"))
    assert all(torch.isfinite(value).all() for value in values), "outputs are not finite"
    return check.stored(folder / "out")


def check_graded(case, base, plain, graded):
    for name, start in base.items():
        expected = (plain[name].double() - start.double()) * check.factor(case, name)
        found = graded[name].double() - start.double()
        least = 4e-7 * start.abs().max().item()
        assert torch.allclose(found, expected, rtol=1e-4, atol=least), f"{name}: λ times the update, but for {(found - expected).abs().max()}"


def check_method(method, case, folder):
    name, based = method["name"], method["base"] != "none"
    code, said = merge(name, based, "", folder)
    assert code == 0, said
    plain, ways = loaded(case, folder), ["plain"]
    if based:
        if any(one["name"] == "lambda" and one["default"] != 1 for one in method["parameters"]):
            code, said = merge(name, based, "parameters: {lambda: 1}", folder)
            assert code == 0, said
            plain = loaded(case, folder)
        code, said = merge(name, based, LINES, folder)
        assert code == 0, said
        check_graded(case, check.stored(folder / "base"), plain, loaded(case, folder))
        code, said = merge(name, based, "lines: {alpha: auto, beta: 0.5}", folder)
        assert code == 0, said
        loaded(case, folder)
        ways += ["lines", "alpha: auto"]
        code, said = merge(name, based, "calibrate: svc", folder)
        if code == 0:
            loaded(case, folder)
            ways.append("calibrated")
        else:
            ways.append("not calibrated: " + said.strip().splitlines()[0].split(": ", 2)[-1])
    return ", ".join(ways)


def main(names):
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    print(f"transformers {transformers.__version__}, torch {torch.__version__}")
    listed = subprocess.run([check.LINES, "methods", "--json"], capture_output=True, text=True, check=True).stdout
    methods = [one for one in json.loads(listed)["methods"] if one["name"] != "passthrough"]  # stacks: see merge.py
    failed = 0
    for chosen in CASES:
        case = check.CASES[chosen]
        with tempfile.TemporaryDirectory() as folder:
            make(case, Path(folder))
            for method in methods:
                if names and method["name"] not in names:
                    continue
                try:
                    print(f"ok    {chosen:14} {method['name']:16} {check_method(method, case, Path(folder))}", flush=True)
                except Exception as e:
                    failed += 1
                    print(f"FAILED {chosen} {method['name']}: {type(e).__name__}: {e}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
