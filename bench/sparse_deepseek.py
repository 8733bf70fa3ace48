"""Makes a pair of folders shaped like DeepSeek-V3 (block FP8, 671 B parameters): sparse files, so they take little room.

    python bench/sparse_deepseek.py OUT      makes OUT/base and OUT/tuned, 158 shards and 90,000 tensors each, 673 GB to look at
    ./lines edit --base OUT/base --tuned OUT/tuned --out OUT/edited --dry-run

Shapes, names and the order of tensors are the published model's; all numbers are zero. `--layers N` makes a smaller one, and
`--filled K` fills shard K with random codes and the scales that go with them, to edit it for real.
"""

import argparse
import json
import struct
from pathlib import Path
from random import Random

HIDDEN, VOCABULARY, HEADS, LAYERS, DENSE, EXPERTS = 7168, 129280, 128, 61, 3, 256
Q_RANK, KV_RANK, NOPE, ROPE, V, WIDE, NARROW = 1536, 512, 128, 64, 128, 18432, 2048
WIDTHS = {"F8_E4M3": 1, "BF16": 2, "F32": 4}


def linear(name, out, inputs):
    yield name + ".weight", "F8_E4M3", [out, inputs]
    yield name + ".weight_scale_inv", "F32", [-(-out // 128), -(-inputs // 128)]


def mlp(name, width):
    for part, out, inputs in (("gate_proj", width, HIDDEN), ("up_proj", width, HIDDEN), ("down_proj", HIDDEN, width)):
        yield from linear(f"{name}.{part}", out, inputs)


def layer(i):
    at = f"model.layers.{i}."
    yield from linear(at + "self_attn.q_a_proj", Q_RANK, HIDDEN)
    yield at + "self_attn.q_a_layernorm.weight", "BF16", [Q_RANK]
    yield from linear(at + "self_attn.q_b_proj", HEADS * (NOPE + ROPE), Q_RANK)
    yield from linear(at + "self_attn.kv_a_proj_with_mqa", KV_RANK + ROPE, HIDDEN)
    yield at + "self_attn.kv_a_layernorm.weight", "BF16", [KV_RANK]
    yield from linear(at + "self_attn.kv_b_proj", HEADS * (NOPE + V), KV_RANK)
    yield from linear(at + "self_attn.o_proj", HIDDEN, HEADS * V)
    if i < DENSE:
        yield from mlp(at + "mlp", WIDE)
    else:
        for expert in range(EXPERTS):
            yield from mlp(f"{at}mlp.experts.{expert}", NARROW)
        yield at + "mlp.gate.weight", "BF16", [EXPERTS, HIDDEN]
        yield at + "mlp.gate.e_score_correction_bias", "F32", [EXPERTS]
        yield from mlp(at + "mlp.shared_experts", NARROW)
    yield at + "input_layernorm.weight", "BF16", [HIDDEN]
    yield at + "post_attention_layernorm.weight", "BF16", [HIDDEN]


def tensors(layers):
    yield "model.embed_tokens.weight", "BF16", [VOCABULARY, HIDDEN]
    for i in range(layers):
        yield from layer(i)
    yield "model.norm.weight", "BF16", [HIDDEN]
    yield "lm_head.weight", "BF16", [VOCABULARY, HIDDEN]


def size(tensor):
    count = WIDTHS[tensor[1]]
    for extent in tensor[2]:
        count *= extent
    return count


def shards(layers, most=4_300_000_000):
    groups, room = [[]], most
    for tensor in tensors(layers):
        if size(tensor) > room and groups[-1]:
            groups.append([])
            room = most
        groups[-1].append(tensor)
        room -= size(tensor)
    return groups


def write(path, group, random):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, dtype, shape in group:
        end = at + size((name, dtype, shape))
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        start = file.tell()
        file.truncate(start + at)
        if random is None:
            return
        for name, dtype, shape in group:
            file.seek(start + header[name]["data_offsets"][0])
            left = size((name, dtype, shape))
            some = random.randbytes(1 << 20)
            if dtype == "F8_E4M3":
                some = bytes(b & 0xBF for b in some)  # no NaN
            elif dtype == "BF16":
                some = struct.pack("<H", 0x3C12) * (1 << 19)
            else:
                some = struct.pack("<f", 0.0002) * (1 << 18)
            while left > 0:
                left -= file.write(some[: min(left, len(some))])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("out", type=Path)
    options.add_argument("--layers", type=int, default=LAYERS)
    options.add_argument("--filled", type=int, default=0, help="the number of a shard, from 1 on")
    asked = options.parse_args()
    groups = shards(asked.layers)
    for seed, name in enumerate(("base", "tuned")):
        folder = asked.out / name
        folder.mkdir(parents=True, exist_ok=True)
        index = {}
        for i, group in enumerate(groups, 1):
            file = f"model-{i:05d}-of-{len(groups):05d}.safetensors"
            write(folder / file, group, Random(seed) if i == asked.filled else None)
            index |= {tensor[0]: file for tensor in group}
        total = sum(size(tensor) for group in groups for tensor in group)
        text = {"metadata": {"total_size": total}, "weight_map": index}
        (folder / "model.safetensors.index.json").write_text(json.dumps(text, indent=2))
        quantised = {"activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8", "weight_block_size": [128, 128]}
        config = {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "num_hidden_layers": asked.layers}
        config |= {"hidden_size": HIDDEN, "torch_dtype": "bfloat16", "quantization_config": quantised}
        (folder / "config.json").write_text(json.dumps(config, indent=2))
        print(f"{folder}: {len(index)} tensors, {len(groups)} shards, {total / 1e9:.0f} GB")


if __name__ == "__main__":
    main()
