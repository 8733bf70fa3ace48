"""Edits small GGUF models and has gguf-py read what came out.

For each pair of types: a base and a tuned model are written by gguf-py, `./lines edit` makes OUT.gguf, and the same edit is done in
NumPy. OUT must have the metadata of the tuned model, the types that were to be written, and the very bytes that gguf-py quantises the
edited values to; `transformers` must load it. Usage: python gguf_output.py
"""

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import GGUFReader, GGUFWriter
from gguf.quants import dequantize, quantize

LINES = Path(__file__).resolve().parents[2] / "lines"
ALPHA, BETA, LAYERS, WIDTH = 0.1, 0.9, 3, 64
NAMES = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
FILE_TYPES = {T.F32: 0, T.F16: 1, T.Q4_0: 2, T.Q4_1: 3, T.Q8_0: 7, T.Q5_0: 8, T.Q5_1: 9, T.BF16: 32}
WRITTEN = {T.Q4_0: T.Q8_0, T.Q4_1: T.Q8_0, T.Q5_0: T.Q8_0, T.Q5_1: T.Q8_0}


def tensors(seed, like=None):
    random = np.random.default_rng(seed)
    shapes = {"token_embd.weight": (40, WIDTH), "output_norm.weight": (WIDTH,), "output.weight": (40, WIDTH)}
    for i in range(LAYERS):
        shapes |= {f"blk.{i}.{name}.weight": (WIDTH, WIDTH) for name in NAMES}
        shapes |= {f"blk.{i}.{name}.weight": (WIDTH,) for name in ("attn_norm", "ffn_norm")}
    made = {name: random.normal(size=shape).astype(np.float32) * 0.2 for name, shape in shapes.items()}
    return {n: v if like is None else like[n] + v * np.float32(0.1) for n, v in made.items()}


def write(path, values, kind):
    w = GGUFWriter(path, "llama")
    w.add_name(path.stem)
    w.add_file_type(FILE_TYPES[kind])
    w.add_context_length(64)
    w.add_embedding_length(WIDTH)
    w.add_block_count(LAYERS)
    w.add_feed_forward_length(WIDTH)
    w.add_head_count(4)
    w.add_head_count_kv(4)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_tokenizer_model("llama")
    w.add_token_list(["<unk>", "<s>", "</s>"] + [f"größe{i}" for i in range(37)])
    w.add_token_scores([-float(i) for i in range(40)])
    w.add_token_types([2, 3, 3] + [1] * 37)
    for name, value in values.items():
        own = T.F32 if value.ndim == 1 else kind
        w.add_tensor(name, quantize(value, own), raw_dtype=own)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def read(path):
    return {t.name: t for t in GGUFReader(path).tensors}


def values(tensor):
    shape = [int(n) for n in reversed(tensor.shape)]
    return dequantize(tensor.data, tensor.tensor_type).reshape(shape).astype(np.float32)


def metadata(path):
    reader = GGUFReader(path)
    return {k: (f.types, [bytes(p) for p in f.parts]) for k, f in reader.fields.items() if not k.startswith("GGUF.")}


def edited(base, tuned, name):
    """base + (tuned - base) * λ, each operation in float32."""
    layer = re.match(r"blk\.(\d+)\.", name)
    factor = np.float32(ALPHA + BETA * (int(layer[1]) / (LAYERS - 1)) if layer else ALPHA)
    return tuned if factor == 1 else base + (tuned - base) * factor


def check(folder, base_type, tuned_type):
    base, tuned, out = (folder / f"{n}-{base_type.name}-{tuned_type.name}.gguf" for n in ("base", "tuned", "out"))
    first = tensors(1)
    write(base, first, base_type)
    write(tuned, tensors(2, first), tuned_type)
    command = [LINES, "edit", "--base", base, "--tuned", tuned, "--out", out, "--alpha", str(ALPHA), "--beta", str(BETA), "--quiet"]
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
    from_base, from_tuned, found = read(base), read(tuned), read(out)
    assert list(found) == list(from_base)
    for name, tensor in found.items():
        own = from_base[name].tensor_type
        copied = f"blk.{LAYERS - 1}." in name and from_tuned[name].tensor_type not in (T.F32, T.F16, T.BF16)
        copied &= own not in (T.F32, T.F16, T.BF16)
        kind = from_tuned[name].tensor_type if copied else WRITTEN.get(own, own)
        assert tensor.tensor_type == kind, (name, tensor.tensor_type, kind)
        result = from_tuned[name].data if copied else quantize(edited(values(from_base[name]), values(from_tuned[name]), name), kind)
        assert bytes(np.ascontiguousarray(result).view(np.uint8)) == bytes(tensor.data.view(np.uint8)), name
    changed = {"general.file_type", "general.quantization_version"}
    before, after = metadata(tuned), metadata(out)
    assert {k: v for k, v in before.items() if k not in changed} == {k: v for k, v in after.items() if k not in changed}
    from transformers import LlamaForCausalLM

    LlamaForCausalLM.from_pretrained(folder, gguf_file=out.name)


def main():
    types = list(FILE_TYPES)
    with tempfile.TemporaryDirectory() as temporary:
        for base_type in types:
            for tuned_type in types if base_type in (T.F16, T.Q8_0) else [base_type]:
                check(Path(temporary), base_type, tuned_type)
                print(base_type.name, "+", tuned_type.name, "equal")


if __name__ == "__main__":
    main()
