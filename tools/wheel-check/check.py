"""Installs the wheel in a virtual environment of its own, without network, and uses it as Python's users do.

usage: python check.py WHEEL        with a Python that has torch and transformers; not part of ./mvnw verify
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

USES = Path(__file__).with_name("uses.py")


def models(folder: Path) -> None:
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4)
    model = LlamaForCausalLM(config)
    for name in ("base", "tuned", "other"):
        model.save_pretrained(folder / name)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.01 * torch.randn_like(weight)


def environment(folder: Path, wheel: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-index", "--disable-pip-version-check", wheel], check=True)
    return python


def main() -> None:
    wheel = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models(folder)
        python = environment(folder / "venv", wheel)
        without_java = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
        print(subprocess.run([python.with_name("lines"), "--version"], env=without_java, check=True, capture_output=True, text=True).stdout.strip())
        used = subprocess.run([python, USES, folder], env=without_java, text=True, capture_output=True)
        print(used.stdout, used.stderr, sep="")
        if used.returncode:
            sys.exit("uses.py failed")
        for output in ("edited", "merged"):
            model, loading = AutoModelForCausalLM.from_pretrained(folder / output, output_loading_info=True)
            assert not any(loading[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")), loading
            assert torch.isfinite(model(torch.arange(8)[None]).logits).all()
            print(f"transformers loads {output}: {sum(p.numel() for p in model.parameters())} weights")
    print("all well")


main()
