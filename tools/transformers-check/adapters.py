"""Has PEFT load the adapters that `lines` makes, and compares what they compute with the whole models that `lines` makes.

A small Llama and a GPT-2 are made, with two LoRA adapters each that PEFT saves. `./lines` edits an adapter as an adapter,
merges two (all ranks, and fewer), and extracts one of a whole model; each is loaded with PeftModel.from_pretrained without a
missing or unexpected tensor, and its logits must be those of the whole model that `lines` makes of the same.
Usage: python adapters.py
"""

import json
import subprocess
import tempfile
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig

LINES = Path(__file__).resolve().parents[2] / "lines"
WORDS = torch.arange(24).reshape(2, 12) % 96


def lines(*words):
    run = subprocess.run([LINES, *words, "--quiet"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def make(name, config, targets, folder, extra):
    torch.manual_seed(1)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder / "base")
    for number, rank in (1, 4), (2, 6):
        model = AutoModelForCausalLM.from_pretrained(folder / "base")
        lora = LoraConfig(r=rank, lora_alpha=8, target_modules=targets, use_rslora=number == 2, task_type="CAUSAL_LM",
                          **(extra if number == 2 else {}))
        model = get_peft_model(model, lora)
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if parameter.requires_grad:
                    parameter.add_(torch.randn(parameter.shape) * 0.05)
        model.save_pretrained(folder / f"lora{number}")


def logits(folder, adapter=None):
    model = AutoModelForCausalLM.from_pretrained(folder)
    if adapter:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            model = PeftModel.from_pretrained(model, adapter)
        wrong = [str(w.message) for w in said if "adapter keys" in str(w.message)]
        assert not wrong, wrong
    with torch.no_grad():
        return model.eval()(WORDS).logits


def close(name, one, other, tolerance=2e-5):
    distance = (one - other).abs().max().item()
    assert distance <= tolerance, f"{name}: {distance}"
    print(f"{name}: equal, largest difference {distance:.1e}")


def check(name, config, targets, extra):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(name, config, targets, folder, extra)
        base, one, two = folder / "base", folder / "lora1", folder / "lora2"
        lines("edit", "--base", base, "--tuned", one, "--out", folder / "edited")
        lines("edit", "--tuned", one, "--out", folder / "edited-lora")
        close(f"{name}, edited", logits(folder / "edited"), logits(base, folder / "edited-lora"))
        recipe = folder / "recipe.yml"
        recipe.write_text(json.dumps({
            "merge_method": "task_arithmetic", "base_model": str(base), "lines": {"alpha": 0.2, "beta": 0.7},
            "models": [{"model": str(m), "parameters": {"weight": w}} for m, w in ((one, 0.8), (two, 0.5))]}))
        lines("merge", recipe, folder / "merged")
        lines("merge", recipe, folder / "merged-lora", "--as", "adapter")
        merged = logits(folder / "merged")
        close(f"{name}, merged", merged, logits(base, folder / "merged-lora"))
        lines("extract", "--base", base, "--tuned", folder / "merged", "--out", folder / "lora", "--rank", "16")
        close(f"{name}, extracted", merged, logits(base, folder / "lora"), 2e-4)
        lines("merge", recipe, folder / "cut-lora", "--as", "adapter", "--rank", "3")
        lines("convert", f"{base}+{folder / 'cut-lora'}", folder / "cut")
        close(f"{name}, rank 3", logits(folder / "cut"), logits(base, folder / "cut-lora"))


def main():
    llama = LlamaConfig(vocab_size=96, hidden_size=48, intermediate_size=80, num_hidden_layers=4, num_attention_heads=4,
                        num_key_value_heads=2, tie_word_embeddings=False)
    check("llama", llama, ["q_proj", "v_proj", "down_proj"], {"modules_to_save": ["lm_head"]})
    gpt2 = GPT2Config(vocab_size=96, n_embd=48, n_layer=3, n_head=4, n_positions=32)
    check("gpt2", gpt2, ["c_attn", "c_proj"], {"bias": "lora_only"})


if __name__ == "__main__":
    main()
