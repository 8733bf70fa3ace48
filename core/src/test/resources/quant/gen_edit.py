"""Makes edit/: quantised pairs, and what their edit with λ = 0.5 in every layer must hold, codes and scales.

Block FP8 is quantised by transformers' own Fp8Quantize; ragged edges, rows, tensors and MXFP4 by the formulas below.
Usage: python gen_edit.py OUT    (torch 2.13.0, transformers 5.18.0, safetensors 0.8.0, OMP_NUM_THREADS=1)
"""

import json
import os
import sys
import types

import torch
from safetensors.torch import save_file
from transformers.integrations.finegrained_fp8 import Fp8Quantize
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

OUT = sys.argv[1]
E4, MOST, HALF = torch.float8_e4m3fn, 448.0, torch.tensor(0.5)
CONFIG = {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_hidden_layers": 2, "torch_dtype": "bfloat16"}
FP8 = {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}
GROUP = {"weights": {"num_bits": 8, "type": "float", "symmetric": True}}


def random(shape, seed, scale=0.05):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * scale


def folder(name, tensors, quantisation):
    path = os.path.join(OUT, name)
    os.makedirs(path, exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, path + "/model.safetensors", metadata={"format": "pt"})
    json.dump({**CONFIG, "quantization_config": quantisation}, open(path + "/config.json", "w"), indent=1)


def expand(scales, shape, size):
    return scales.float().repeat_interleave(size[0], -2)[..., : shape[-2], :].repeat_interleave(size[1], -1)[..., : shape[-1]]


def ue8m0(scales):
    return torch.pow(2.0, torch.ceil(torch.log2(scales)))


def block(name, w, size=(128, 128), type_=torch.float32, exponents=False, ending="_scale_inv"):
    """Fp8Quantize's steps, with scales for the ragged blocks; for scales that are not inverse, compressed-tensors'."""
    m, n = w.shape[-2:]
    most = torch.zeros(*w.shape[:-2], -(-m // size[0]), -(-n // size[1]))
    for i in range(most.shape[-2]):
        for j in range(most.shape[-1]):
            part = w[..., i * size[0] : (i + 1) * size[0], j * size[1] : (j + 1) * size[1]]
            most[..., i, j] = part.abs().amax((-2, -1))
    factor = MOST / most
    exact = 1.0 / factor if ending == "_scale_inv" else most / MOST
    stored = (ue8m0(exact) if exponents else exact).to(type_)
    if ending == "_scale_inv" and torch.equal(stored.float(), exact):
        scaled = w * expand(factor, w.shape, size)
    else:
        scaled = w / expand(stored, w.shape, size)
    codes = scaled.clamp(-MOST, MOST).to(E4)
    if ending == "_scale_inv" and type_ == torch.float32 and m % size[0] == 0 and n % size[1] == 0:
        config = types.SimpleNamespace(weight_block_size=size, scale_fmt="ue8m0" if exponents else None)
        own = Fp8Quantize(types.SimpleNamespace(quantization_config=config))._quantize_one(name, w)
        assert torch.equal(own[name].view(torch.uint8), codes.view(torch.uint8)), name
        (scale_name,) = [k for k in own if k != name]
        assert scale_name == name + ending and torch.equal(own[scale_name].float(), stored), name
    return codes, stored


def case(name, quantise, dequantise, shapes, quantisation, more=lambda _: {}):
    values = {}
    for which, seed in (("base", 1), ("tuned", 2)):
        tensors = {}
        for i, (key, shape) in enumerate(shapes.items()):
            w = random(shape, 10 + i, 0.02 * 10**i) + (random(shape, 100 + i, 0.01 * 10**i) if which == "tuned" else 0)
            tensors |= quantise(key, w)
            values[which, key] = dequantise(tensors, key)
        tensors["model.norm.weight"] = random((8,), seed).to(torch.bfloat16)
        values[which, "model.norm.weight"] = tensors["model.norm.weight"].float()
        folder(f"{name}/{which}", tensors | more(tensors), quantisation)
    result = {key: values["base", key] + (values["tuned", key] - values["base", key]) * HALF for key in [*shapes, "model.norm.weight"]}
    made = {"model.norm.weight": result["model.norm.weight"].to(torch.bfloat16)}
    for key in shapes:
        made |= quantise(key, result[key])
    folder(f"{name}/expected", made | more(made), quantisation)


def fp8(ending, size, type_=torch.float32, exponents=False, shape=lambda s: s):
    def quantise(key, w):
        codes, scales = block(key, w, size(w.shape), type_, exponents, ending)
        return {key: codes, key + ending: shape(scales)}

    def dequantise(tensors, key):
        scales = tensors[key + ending].float()
        grid = scales if scales.ndim >= 2 else scales.view(-1, 1)
        return tensors[key].float() * expand(grid, tensors[key].shape, size(tensors[key].shape))

    return quantise, dequantise


def mxfp4(key, w):
    """[experts, inputs, outputs] → blocks of 32 inputs; the least power of two whose 6-fold reaches all weights."""
    e, i, o = w.shape
    rows = w.transpose(1, 2).reshape(e, o, i // 32, 32)
    scales = torch.pow(2.0, torch.ceil(torch.log2(rows.abs().amax(-1) / 6.0)))
    values = torch.tensor([0, 0.5, 1, 1.5, 2, 3, 4, 6])
    x = (rows / scales[..., None]).double()
    distance = (x.abs()[..., None] - values.double()).abs()
    least = distance.amin(-1, keepdim=True)
    near = distance == least
    even = near & (torch.arange(8) % 2 == 0)
    codes = torch.where(even.any(-1), even.int().argmax(-1), near.int().argmax(-1)) + torch.where(torch.signbit(x), 8, 0)
    packed = (codes[..., 0::2] | codes[..., 1::2] << 4).to(torch.uint8)
    return {key + "_blocks": packed, key + "_scales": (torch.log2(scales) + 127).to(torch.uint8)}


def from_mxfp4(tensors, key):
    return convert_moe_packed_tensors(tensors[key + "_blocks"], tensors[key + "_scales"], dtype=torch.float32)


L = "model.layers.%d.%s.weight"
SHAPES = {L % (0, "self_attn.q_proj"): (256, 128), L % (1, "mlp.up_proj"): (200, 130), L % (1, "self_attn.o_proj"): (64, 100)}
SMALL = {L % (0, "q"): (48, 40), L % (1, "q"): (49, 33)}
EXPERTS = {"model.layers.0.mlp.experts.gate_up_proj": (2, 128, 256), "model.layers.1.mlp.experts.gate_up_proj": (3, 130, 40)}
whole = lambda _: (128, 128)
case("block", *fp8("_scale_inv", whole), SHAPES, FP8)
case("block_bf16", *fp8("_scale_inv", whole, torch.bfloat16), SHAPES, FP8)
case("block_ue8m0", *fp8("_scale_inv", whole, exponents=True), SHAPES, {**FP8, "scale_fmt": "ue8m0"})
case("experts", *fp8("_scale_inv", whole), EXPERTS, FP8)
row = fp8("_scale", lambda s: (1, s[-1]))
case("row", *row, SMALL, {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"group_0": {"weights": {**GROUP["weights"], "strategy": "channel"}}}})
tensor = fp8("_scale", lambda s: tuple(s[-2:]), shape=lambda s: s.view(1))
inputs = lambda tensors: {k.replace("weight_scale", "input_scale"): torch.tensor([0.25]) for k in tensors if k.endswith("weight_scale")}
case("tensor", *tensor, SMALL, {"quant_method": "fp8", "activation_scheme": "static"}, inputs)
E = "model.layers.%d.mlp.experts.down_proj"
case("mxfp4", mxfp4, from_mxfp4, {E % 0: (2, 64, 48), E % 1: (1, 96, 5)}, {"quant_method": "mxfp4"})
