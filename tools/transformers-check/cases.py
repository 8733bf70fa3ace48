"""Gives every case of a folder of golden formats to `./lines`, and holds its verdict and values against the reference's.

The folder holds `cases.json`: for each case its inputs, a verdict (accept, refuse, either) and the tensors that a reference
library reads from it, or makes of it. Usage: python cases.py FOLDER [ID-PREFIX ...]
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file

LINES = Path(__file__).resolve().parents[2] / "lines"
DEFECT = "defect of lines"


def run(*args, env=None):
    return subprocess.run(
        [str(LINES), *map(str, args), "--quiet"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **(env or {})},
    )


def wrong(expected, found, rule):
    """What differs, or nothing."""
    # a tied tensor is stored once
    tied = {name for name in expected.keys() - found.keys() if any(torch.equal(expected[name], each) for each in found.values())}
    if expected.keys() - tied != found.keys():
        return f"names differ: {sorted(set(expected) ^ set(found))[:3]}"
    for name, have in found.items():
        want = expected[name]
        if list(want.shape) != list(have.shape):
            return f"{name}: shape {list(have.shape)}, not {list(want.shape)}"
        if rule["compare"] == "bytes":
            if want.dtype != have.dtype:
                return f"{name}: {have.dtype}, not {want.dtype}"
            if rule.get("nan_equal"):
                same = torch.equal(want.isnan(), have.isnan()) and torch.equal(want.nan_to_num(), have.nan_to_num())
            else:
                same = want.reshape(-1).view(torch.uint8).equal(have.reshape(-1).view(torch.uint8)) if want.numel() else True
            if not same:
                return f"{name}: other bytes"
        else:
            if rule.get("roundings"):  # the reference rounds more often than once, we do not
                rule = {**rule, "abs": 2**-8 * want.abs().max().item()}
            far = (want.double() - have.double()).abs() - (rule["abs"] + rule["rel"] * want.double().abs())
            if far.numel() and far.max() > 0:
                return f"{name}: too far by {far.max().item():.2g}"
    return None


def command(case, folder, out):
    """The command line that a user would type for a case."""
    inputs = [folder / name for name in case["input"]]
    operation = case.get("operation")
    if case.get("repo"):
        name = case["repo"] + ("@" + case["revision"] if case.get("revision") else "")
        name += "/" + case["subfolder"] if case.get("subfolder") else ""
        return ["convert", "hf://" + name if case.get("subfolder") else name, out / "x.safetensors"]
    if operation is None and len(inputs) == 1:
        values = ["--dtype", "float32"] if case["id"].startswith(("quant/", "gguf/")) else []
        return ["convert", inputs[0], out / "x.safetensors", *values]
    operation = operation or {"merge": "peft"}
    scale = ["--alpha", 1, "--beta", 0]
    if "edit" in operation:
        scale = ["--alpha", operation.get("alpha", 0.1), "--beta", operation.get("beta", 0.9)]
    if case["id"].startswith("gguf/"):
        scale += ["--dtype", "float32"]
    if case["format"] == "hf+gguf":
        scale += ["--on-mismatch", "base"]  # names and order of the base
    if "outside" in operation:
        scale += ["--outside", operation["outside"]]
    if operation.get("output") == "adapter":
        base = ["--base", inputs[1], "--as", "adapter"] if len(inputs) > 1 else []
        return ["edit", *base, "--tuned", inputs[0], *scale, "--out", out / "x"]
    base = inputs[0]
    if len(inputs) > 2:
        recipe = {"merge_method": "task_arithmetic", "base_model": str(base), "parameters": {"weight": 1}}
        recipe["models"] = [{"model": str(tuned)} for tuned in inputs[1:]]
        (out / "recipe.yml").write_text(json.dumps(recipe))
        return ["merge", out / "recipe.yml", out / "x.safetensors"]
    if operation.get("base_dtype"):
        base = out / "base"
        converted = run("convert", inputs[0], base, "--dtype", operation["base_dtype"])
        assert converted.returncode == 0, converted.stderr
    return ["edit", "--base", base, "--tuned", inputs[1], *scale, "--out", out / "x.safetensors"]


def made(out):
    file = out / "x.safetensors"
    return load_file(file if file.is_file() else out / "x" / "adapter_model.safetensors")


def judge(case, folder):
    env = {name: str(folder / value) if "/" in value else value for name, value in case.get("env", {}).items()}
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        args = command(case, folder, out)
        keys = case.get("expected_by_key") or {}
        if len(keys) > 1:
            args += ["--key", next(iter(keys)), "--force"]
        result = run(*args, env=env)
        error = result.stderr.strip().replace("\n", " ")
        if case.get("canary") and Path(case["canary"]).exists():
            return "WRONG", "something was run: " + case["canary"]
        if result.returncode != 0:
            if result.returncode not in (1, 2, 3) or DEFECT in error or "Exception" in error:
                return "WRONG", f"exit {result.returncode}: {error}"
            return ("WRONG" if case["verdict"] == "accept" else "refused"), error
        if case["verdict"] == "refuse":
            return "WRONG", "accepted"
        wanted = [case[key] for key in ("expected", "expected_hf_names") if case.get(key)]
        wanted += [{**rule, "key": key} for key, rule in keys.items()]
        if not wanted:
            return "read", "nothing to compare with"
        differences = []
        for rule in wanted:
            if len(keys) > 1:
                again = run(*args[:-2], rule["key"], "--force", env=env)
                if again.returncode != 0:
                    differences.append(again.stderr.strip())
                    continue
            expected = load_file(folder / rule["file"])
            if "--dtype" in args:
                expected = {name: tensor.float() for name, tensor in expected.items()}
            rule = {"nan_equal": case.get("nan_equal"), "roundings": case.get("equals_one_rounding_of_float32_sum", True) is not True, **rule}
            differences.append(wrong(expected, made(out), rule))
        if (all if keys else any)(difference is None for difference in differences):
            return "equal", ""
        return "WRONG", "; ".join(filter(None, differences))


def main():
    folder = Path(sys.argv[1])
    cases = json.loads((folder / "cases.json").read_text())
    chosen = [case for case in cases if not sys.argv[2:] or case["id"].startswith(tuple(sys.argv[2:]))]
    counts = collections.Counter()
    for number, case in enumerate(chosen, 1):
        try:
            verdict, why = judge(case, folder)
        except subprocess.TimeoutExpired:
            verdict, why = "WRONG", "more than two minutes"
        counts[verdict] += 1
        if verdict == "WRONG":
            print(f"{case['id']} ({case['verdict']}): {why[:600]}", flush=True)
        if number % 50 == 0:
            print(number, dict(counts), file=sys.stderr, flush=True)
    print(f"{len(chosen)} cases:", dict(counts))
    sys.exit(1 if counts["WRONG"] else 0)


if __name__ == "__main__":
    main()
