"""Edits small models that `transformers` saved, and compares with the same edit done in PyTorch.

For each case below: a base and a tuned model are made and saved, `./lines edit` makes OUT, the same edit in PyTorch makes
REF. OUT must hold the bytes of REF, `from_pretrained` must load it without a missing or unexpected weight, and its outputs
must be those of REF, bit for bit. Usage: python check.py [NAME ...]
"""

import copy
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import safetensors
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForImageClassification,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    BertConfig,
    CLIPConfig,
    GPT2Config,
    LlamaConfig,
    MixtralConfig,
    Qwen2MoeConfig,
    T5Config,
    ViTConfig,
)

LINES = Path(__file__).resolve().parents[2] / "lines"
ALPHA, BETA = 0.1, 0.9

TEXT = dict(vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=5, num_attention_heads=4)
LLAMA = LlamaConfig(**TEXT, num_key_value_heads=2)
MOE = dict(num_key_value_heads=2, num_experts_per_tok=2)
IMAGE = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=4, num_attention_heads=4, image_size=16, patch_size=8)


def tied(config, value):
    config = copy.deepcopy(config)
    config.tie_word_embeddings = value
    return config


@dataclass
class Case:
    """A model to edit. `stacks`: regex of a tensor's name → how many layers lie before the one whose 0-based number the
    first group holds, and how many layers the stack has; the first that is found counts."""

    auto: type
    config: object
    stacks: dict
    inputs: object
    dtype: torch.dtype = torch.float32
    shard: str = "5GB"
    options: list = field(default_factory=list)
    out_dtype: torch.dtype = None


def ids(seed=0):
    return dict(input_ids=torch.randint(3, 60, (2, 7), generator=torch.Generator().manual_seed(seed)))


def pixels():
    return dict(pixel_values=torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(2)))


def lm(config, layers=5, **more):
    return Case(AutoModelForCausalLM, config, {r"layers\.(\d+)\.": (0, layers)}, ids, **more)


T5 = Case(
    AutoModelForSeq2SeqLM,
    T5Config(vocab_size=64, d_model=32, d_kv=8, d_ff=48, num_layers=3, num_decoder_layers=4, num_heads=4),
    {r"encoder\.block\.(\d+)\.": (0, 7), r"decoder\.block\.(\d+)\.": (3, 7)},
    lambda: dict(**ids(), decoder_input_ids=ids(1)["input_ids"]),
)
CASES = {
    "llama-float32": lm(tied(LLAMA, False)),
    "llama-float32-tied": lm(tied(LLAMA, True)),
    "llama-float32-sharded": lm(tied(LLAMA, False), shard="20KB"),
    "llama-float16": lm(tied(LLAMA, False), dtype=torch.float16),
    "llama-bfloat16": lm(tied(LLAMA, False), dtype=torch.bfloat16),
    "llama-bfloat16-sharded-tied": lm(tied(LLAMA, True), dtype=torch.bfloat16, shard="20KB"),
    "llama-float32-to-bfloat16": lm(
        tied(LLAMA, False), shard="20KB", options=["--dtype", "bfloat16"], out_dtype=torch.bfloat16
    ),
    "llama-bfloat16-to-float32": lm(
        tied(LLAMA, True), dtype=torch.bfloat16, options=["--dtype", "float32"], out_dtype=torch.float32
    ),
    "llama-resharded": lm(tied(LLAMA, False), options=["--shard-size", "30KB"]),
    "mixtral": lm(MixtralConfig(**TEXT, **MOE, num_local_experts=4), dtype=torch.bfloat16),
    "qwen2-moe": lm(
        Qwen2MoeConfig(
            **TEXT, **MOE, num_experts=4, moe_intermediate_size=24, shared_expert_intermediate_size=24
        ),
        dtype=torch.bfloat16,
        shard="40KB",
    ),
    "gpt2": Case(
        AutoModelForCausalLM,
        GPT2Config(vocab_size=64, n_positions=16, n_embd=32, n_layer=4, n_head=4),
        {r"(?:^|\.)h\.(\d+)\.": (0, 4)},
        ids,
    ),
    "bert": Case(
        AutoModelForMaskedLM,
        BertConfig(**TEXT, max_position_embeddings=16),
        {r"encoder\.layer\.(\d+)\.": (0, 5)},
        ids,
    ),
    "t5": T5,
    "t5-bfloat16-sharded": Case(**{**vars(T5), "dtype": torch.bfloat16, "shard": "20KB"}),
    "vit": Case(
        AutoModelForImageClassification,
        ViTConfig(**IMAGE, num_labels=3),
        {r"(?:encoder\.layer|layers)\.(\d+)\.": (0, 4)},
        pixels,
    ),
    "clip": Case(
        AutoModel,
        CLIPConfig(
            text_config=dict(**TEXT, max_position_embeddings=16, eos_token_id=2),
            vision_config=IMAGE,
            projection_dim=16,
        ),
        {r"text_model\.encoder\.layers\.(\d+)\.": (0, 5), r"vision_model\.encoder\.layers\.(\d+)\.": (0, 4)},
        lambda: dict(**ids(), **pixels()),
    ),
}


def make(case, folder, seed):
    """Saves a base and a tuned model; in `transformers` the tuned one is the base plus noise."""
    torch.manual_seed(seed)
    model = case.auto.from_config(case.config).to(case.dtype)
    model.save_pretrained(folder / "base", max_shard_size=case.shard)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape).mul(0.02).to(case.dtype))
    model.save_pretrained(folder / "tuned", max_shard_size=case.shard)


def stored(folder):
    tensors = {}
    for file in sorted(folder.glob("*.safetensors")):
        tensors.update(load_file(file))
    return tensors


def factor(case, name):
    for pattern, (before, layers) in case.stacks.items():
        found = re.search(pattern, name)
        if found:
            return ALPHA + BETA * ((before + int(found.group(1))) / (layers - 1))
    return ALPHA


def edited(case, folder):
    """The same edit in PyTorch, on what is stored."""
    base, tuned = stored(folder / "base"), stored(folder / "tuned")
    assert base.keys() == tuned.keys()
    result = {}
    for name, start in base.items():
        b, t = start.float(), tuned[name].float()
        scale = factor(case, name)
        value = t if scale == 1 else b + (t - b) * scale
        result[name] = value.to(case.out_dtype or start.dtype)
    return result


def load(case, folder):
    model, info = case.auto.from_pretrained(folder, dtype="auto", output_loading_info=True)
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not info[kind], f"{folder.name}: {kind}: {info[kind]}"
    return model.eval()


@torch.no_grad()
def outputs(case, model):
    inputs = {k: v.to(model.dtype) if v.is_floating_point() else v for k, v in case.inputs().items()}
    result = model(**inputs, output_hidden_states=True)
    return flat(result.to_tuple())


def flat(value):
    if torch.is_tensor(value):
        return [value]
    if isinstance(value, (tuple, list)):
        return [leaf for part in value for leaf in flat(part)]
    return flat(value.to_tuple()) if hasattr(value, "to_tuple") else []


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(
        a.reshape(-1).contiguous().view(torch.uint8), b.reshape(-1).contiguous().view(torch.uint8)
    )


def check(name, case, folder):
    make(case, folder, seed=len(name))
    command = [LINES, "edit", "--base", folder / "base", "--tuned", folder / "tuned", "--out", folder / "out", "--json"]
    run = subprocess.run([*map(str, command), *case.options], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)

    expected, found = edited(case, folder), stored(folder / "out")
    assert expected.keys() == found.keys(), expected.keys() ^ found.keys()
    for key in expected:
        assert same_bits(expected[key], found[key]), f"{key}: differs from PyTorch"
    for tensor in report["tensors"]:
        assert tensor["lambda"] == factor(case, tensor["name"]), tensor
    inside = [t for t in report["tensors"] if t["layer"] is not None]
    assert inside, "no tensor was found in a layer"

    (folder / "ref").mkdir()
    for file in (folder / "tuned").glob("*.json"):
        if not file.name.endswith(".index.json"):
            shutil.copy(file, folder / "ref")
    if case.out_dtype:
        config = json.loads((folder / "ref/config.json").read_text())
        config["dtype"] = str(case.out_dtype).removeprefix("torch.")
        (folder / "ref/config.json").write_text(json.dumps(config))
    save_file(expected, folder / "ref/model.safetensors", {"format": "pt"})

    model, reference, tuned = (load(case, folder / which) for which in ("out", "ref", "tuned"))
    assert model.dtype == (case.out_dtype or case.dtype), model.dtype
    ours, theirs = outputs(case, model), outputs(case, reference)
    assert ours and len(ours) == len(theirs)
    assert all(same_bits(a, b) for a, b in zip(ours, theirs)), "outputs differ"
    moved = [b for a, b in zip(outputs(case, tuned), ours) if a.shape == b.shape]
    assert moved and not all(torch.equal(a.float(), b.float()) for a, b in zip(outputs(case, tuned), ours)), "no change"
    files = len(list((folder / "out").glob("*.safetensors")))
    print(f"ok    {name:28} {len(found):4} tensors in {files} file(s), {len(inside)} in layers, {len(ours)} outputs equal")


def main(names):
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    print(f"transformers {transformers.__version__}, torch {torch.__version__}, safetensors {safetensors.__version__}")
    failed = 0
    for name in names or CASES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(name, CASES[name], Path(folder))
            except Exception as e:
                failed += 1
                print(f"FAILED {name}: {type(e).__name__}: {e}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
