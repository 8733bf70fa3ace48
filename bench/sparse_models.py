"""Makes models that are large to look at and take next to no room: sparse files of zeros in the shapes of Llama, and a LoRA adapter.

    python bench/sparse_models.py OUT                  OUT/small (5 GB: a folder, and model-{1,2}.gguf in Q8_0), OUT/large (14 GB), OUT/adapter
    bench/memory.sh                                     edits them, and tells the memory that it took

The adapter's numbers are not zero: rank 16 on all linear modules of OUT/large.
"""

import json
import random
import struct
import sys
from pathlib import Path

GGUF_NAMES = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
              "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
              "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
RANK = 16


def linears(hidden, inner):
    for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
        yield "self_attn." + name, hidden, hidden
    yield "mlp.gate_proj", inner, hidden
    yield "mlp.up_proj", inner, hidden
    yield "mlp.down_proj", hidden, inner


def tensors(hidden, inner, layers, words):
    yield "model.embed_tokens.weight", [words, hidden]
    for i in range(layers):
        for name, out, inputs in linears(hidden, inner):
            yield f"model.layers.{i}.{name}.weight", [out, inputs]
        for name in ("input_layernorm", "post_attention_layernorm"):
            yield f"model.layers.{i}.{name}.weight", [hidden]
    yield "model.norm.weight", [hidden]
    yield "lm_head.weight", [words, hidden]


def count(shape):
    return shape[0] * (shape[1] if len(shape) > 1 else 1)


def safetensors(path, entries, dtype, width, content=None):
    header, at = {}, 0
    for name, shape in entries:
        end = at + count(shape) * width
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        if content is None:
            file.truncate(file.tell() + at)
        else:
            file.write(content(at))


def folder(path, shape):
    safetensors(path / "model.safetensors", list(tensors(*shape)), "BF16", 2)
    hidden, inner, layers, words = shape
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": hidden, "intermediate_size": inner,
              "num_hidden_layers": layers, "vocab_size": words, "num_attention_heads": hidden // 128, "tie_word_embeddings": False}
    (path / "config.json").write_text(json.dumps(config, indent=1))


def text(value):
    return struct.pack("<Q", len(value)) + value.encode()


def gguf(path, shape):
    hidden, inner, layers, words = shape
    entries = [("general.architecture", 8, text("llama")), ("llama.block_count", 4, struct.pack("<I", layers)),
               ("llama.attention.head_count", 4, struct.pack("<I", hidden // 128))]
    infos, at = b"", 0
    named = list(tensors(*shape))
    for name, dims in named:
        stem, layer = name.removesuffix(".weight"), ""
        if stem.startswith("model.layers."):
            layer, stem = stem.removeprefix("model.layers.").split(".", 1)
            own = f"blk.{layer}.{GGUF_NAMES[stem]}.weight"
        else:
            own = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}[stem] + ".weight"
        vector = len(dims) == 1
        infos += text(own) + struct.pack("<I", len(dims)) + b"".join(struct.pack("<Q", d) for d in reversed(dims))
        infos += struct.pack("<IQ", 0 if vector else 8, at)
        at += count(dims) * 4 if vector else count(dims) // 32 * 34
        at += -at % 32
    header = b"GGUF" + struct.pack("<IQQ", 3, len(named), len(entries))
    header += b"".join(text(key) + struct.pack("<I", kind) + value for key, kind, value in entries) + infos
    header += b"\0" * (-len(header) % 32)
    with open(path, "wb") as file:
        file.write(header)
        file.truncate(len(header) + at)


def adapter(path, shape):
    hidden, inner, layers, _ = shape
    entries = []
    for i in range(layers):
        for name, out, inputs in linears(hidden, inner):
            module = f"base_model.model.model.layers.{i}.{name}"
            entries += [(module + ".lora_A.weight", [RANK, inputs]), (module + ".lora_B.weight", [out, RANK])]
    numbers = random.Random(1)
    some = struct.pack("<4096f", *(numbers.gauss(0, 0.02) for _ in range(4096)))
    safetensors(path / "adapter_model.safetensors", entries, "F32", 4, lambda size: (some * (size // len(some) + 1))[:size])
    config = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": 2 * RANK, "bias": "none", "fan_in_fan_out": False,
              "target_modules": sorted(name.split(".")[1] for name, _, _ in linears(hidden, inner))}
    (path / "adapter_config.json").write_text(json.dumps(config, indent=1))


def main():
    out = Path(sys.argv[1])
    small, large = (4096, 11008, 11, 32000), (4096, 11008, 33, 32000)
    folder(out / "small", small)
    for number in (1, 2):
        gguf(out / f"model-{number}.gguf", (4096, 11008, 22, 32000))
    folder(out / "large", large)
    adapter(out / "adapter", large)
    for file in sorted(out.rglob("*")):
        if file.stat().st_size > 1 << 20:
            print(f"{file.relative_to(out)}: {file.stat().st_size / 1e9:.1f} GB")


if __name__ == "__main__":
    main()
