"""Makes models shaped like Llama 3 70B (bfloat16): sparse files, so they take no room. To plan with, not to compute.

    python bench/sparse_llama.py OUT [COUNT]      makes OUT/base and OUT/tuned1 … (3), 141 GB each to look at
    ./lines merge OUT/ties.yml OUT/merged --dry-run --cluster-size 32 --bandwidth 1GB
"""

import json
import struct
import sys
from pathlib import Path

HIDDEN, INNER, KEYS, VOCABULARY, LAYERS, SHARD = 8192, 28672, 1024, 128256, 80, 5_000_000_000


def tensors():
    yield "model.embed_tokens.weight", [VOCABULARY, HIDDEN]
    for i in range(LAYERS):
        at = f"model.layers.{i}."
        for name, out in (("q", HIDDEN), ("k", KEYS), ("v", KEYS), ("o", HIDDEN)):
            yield f"{at}self_attn.{name}_proj.weight", [out, HIDDEN]
        yield at + "mlp.gate_proj.weight", [INNER, HIDDEN]
        yield at + "mlp.up_proj.weight", [INNER, HIDDEN]
        yield at + "mlp.down_proj.weight", [HIDDEN, INNER]
        yield at + "input_layernorm.weight", [HIDDEN]
        yield at + "post_attention_layernorm.weight", [HIDDEN]
    yield "model.norm.weight", [HIDDEN]
    yield "lm_head.weight", [VOCABULARY, HIDDEN]


def size(shape):
    total = 2
    for dim in shape:
        total *= dim
    return total


def shards():
    shard, room = [], SHARD
    for name, shape in tensors():
        if shard and size(shape) > room:
            yield shard
            shard, room = [], SHARD
        shard.append((name, shape))
        room -= size(shape)
    yield shard


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", "torch_dtype": "bfloat16", "num_hidden_layers": LAYERS}))
    index, all_shards = {}, list(shards())
    for number, shard in enumerate(all_shards, 1):
        file = f"model-{number:05d}-of-{len(all_shards):05d}.safetensors"
        header, at = {}, 0
        for name, shape in shard:
            header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size(shape)]}
            at += size(shape)
            index[name] = file
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(folder / file, "wb") as out:
            out.write(struct.pack("<Q", len(text)) + text)
            out.truncate(8 + len(text) + at)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


out, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
write(out / "base")
models = [f"tuned{i}" for i in range(1, count + 1)]
for model in models:
    write(out / model)
(out / "ties.yml").write_text(
    "merge_method: ties\nbase_model: base\nmodels:\n"
    + "".join(f"- model: {model}\n" for model in models)
    + "parameters: {density: 0.2, trim_scope: model}\nlines: {alpha: auto, beta: 0.5}\n"
)
