"""Makes the golden files of core/src/test/resources/org/lines4j/numbers with PyTorch.

    pip install torch==2.13.0 safetensors==0.8.0 numpy
    python core/src/test/python/number_goldens.py

conversions.safetensors.gz  what PyTorch's .to(dtype) makes of every bit pattern, every halfway point, and a sample
edit/CASE/{base,tuned}.safetensors  a small model and its fine-tuned sister
edit/CASE/expected.safetensors      RUN/TENSOR for every run; line RUN of the metadata says what it asks for

NaN: arithmetic leaves the payload to the processor, so every computed NaN is stored as the type's canonical one.
Copies (lambda 0 and 1 without a change of type) keep theirs.
"""

import gzip
import io
import itertools
from pathlib import Path

import numpy as np
import safetensors
import safetensors.torch
import torch

OUT = Path(__file__).resolve().parents[1] / "resources/org/lines4j/numbers"
# One key only: safetensors writes several in an order of chance.
MADE_BY = {
    "about": "number_goldens.py, torch %s, safetensors %s, numpy %s"
    % (torch.__version__, safetensors.__version__, np.__version__)
}
F8 = [torch.float8_e4m3fn, torch.float8_e5m2]
NAN = {
    torch.float64: 0x7FF8000000000000,
    torch.float32: 0x7FC00000,
    torch.float16: 0x7E00,
    torch.bfloat16: 0x7FC0,
    torch.float8_e4m3fn: 0x7F,
    torch.float8_e5m2: 0x7F,
}
BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


def bits(tensor):
    return tensor.view(BITS[tensor.element_size()])


def from_bits(values, dtype):
    width = torch.empty(0, dtype=dtype).element_size()
    unsigned = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}[width]
    signed = {1: np.uint8, 2: np.int16, 4: np.int32, 8: np.int64}[width]
    return torch.from_numpy(np.array(values, dtype=unsigned).view(signed)).view(dtype)


def canonical(tensor):
    nan = tensor.to(torch.float64).isnan()
    return torch.where(nan, from_bits([NAN[tensor.dtype]], tensor.dtype).view(bits(tensor).dtype), bits(tensor)).view(
        tensor.dtype
    )


# ---------------------------------------------------------------- conversions


def largest_finite(dtype):
    return {torch.float16: 0x7BFF, torch.bfloat16: 0x7F7F, torch.float8_e4m3fn: 0x7E, torch.float8_e5m2: 0x7B}[dtype]


def halfway_inputs(dtype):
    """For every finite pattern p >= 0: the middle between it and the next, one float32 below, it, one above; +, -."""
    last = largest_finite(dtype)
    values = from_bits(range(last + 1), dtype).to(torch.float64).numpy()
    following = np.append(values[1:], 2 * values[-1] - values[-2])
    middle = ((values + following) / 2).astype(np.float32)
    assert np.array_equal(middle.astype(np.float64), (values + following) / 2), "halfway points are exact"
    patterns = middle.view(np.uint32)
    rows = np.stack([(patterns + np.uint32(i) - np.uint32(1)) | np.uint32(s << 31) for i in range(3) for s in range(2)], axis=1)
    return torch.from_numpy(rows.reshape(-1).view(np.float32))


def float_sample():
    i = np.arange(1 << 15, dtype=np.uint64)
    return torch.from_numpy((i * np.uint64(0x9E3779B1)).astype(np.uint32).view(np.float32))


def double_sample():
    """Exponents over float32's range and a bit beyond; every fourth is halfway between two float32."""
    i = np.arange(1 << 13, dtype=np.uint64)
    mantissa = (i * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(12)
    tie = (mantissa & ~np.uint64(0x1FFFFFFF)) | np.uint64(0x10000000)
    mantissa = np.where(i % np.uint64(4) == 0, tie, mantissa)
    exponent = np.uint64(870) + i % np.uint64(285)
    sign = (i & np.uint64(1)) << np.uint64(63)
    return torch.from_numpy((sign | (exponent << np.uint64(52)) | mantissa).view(np.float64))


def conversions():
    golden = {}
    for dtype in [torch.float16, torch.bfloat16, *F8]:
        name = str(dtype).removeprefix("torch.")
        patterns = 1 << (8 * torch.empty(0, dtype=dtype).element_size())
        golden[f"decode/{name}"] = canonical(from_bits(range(patterns), dtype).to(torch.float32))
        golden[f"halfway/{name}"] = canonical(halfway_inputs(dtype).to(dtype))
        golden[f"sample/{name}"] = canonical(float_sample().to(dtype))
        doubles = double_sample()
        assert torch.equal(bits(doubles.to(dtype)), bits(doubles.to(torch.float32).to(dtype))), "float64 goes by float32"
    golden["decode/float64"] = double_sample().to(torch.float32)
    data = safetensors.torch.save(golden, MADE_BY)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(data)
    (OUT / "conversions.safetensors.gz").write_bytes(packed.getvalue())


# ---------------------------------------------------------------- edits

LAYERS = 4
# The same meaning in every type: zeros, ones, neighbours, subnormals, largest, infinities, NaN with and without payload.
SPECIAL = {
    torch.float64: [0, 1 << 63, 0x3FF0 << 48, 0xBFF0 << 48, (0x3FF0 << 48) + 1, 1, 0x000F << 48, 0x3690 << 48,
                    0x380F << 48, 0x47EF << 48, 0x7FEF << 48, 0x7FF0 << 48, 0xFFF0 << 48, 0x7FF8 << 48,
                    (0xFFF8 << 48) + 77, (0x7FF0 << 48) + 5],
    torch.float32: [0, 0x80000000, 0x3F800000, 0xBF800000, 0x3F800001, 1, 0x80000003, 0x007FFFFF, 0x00800000,
                    0x7F7FFFFF, 0xFF7FFFFE, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC12345, 0x7F800005],
    torch.float16: [0, 0x8000, 0x3C00, 0xBC00, 0x3C01, 1, 0x8003, 0x03FF, 0x0400, 0x7BFF, 0xFBFE, 0x7C00, 0xFC00,
                    0x7E00, 0xFE12, 0x7C05],
    torch.bfloat16: [0, 0x8000, 0x3F80, 0xBF80, 0x3F81, 1, 0x8003, 0x007F, 0x0080, 0x7F7F, 0xFF7E, 0x7F80, 0xFF80,
                     0x7FC0, 0xFFC2, 0x7F85],
    torch.float8_e4m3fn: [0, 0x80, 0x38, 0xB8, 0x39, 1, 0x83, 0x07, 0x08, 0x7E, 0xFD, 0x78, 0xF8, 0x7F, 0xFF, 0x76],
    torch.float8_e5m2: [0, 0x80, 0x3C, 0xBC, 0x3D, 1, 0x83, 0x03, 0x04, 0x7B, 0xFA, 0x7C, 0xFC, 0x7F, 0xFE, 0x7D],
}


def model_pair(base_type, tuned_type):
    """`base_type` and `tuned_type` give a tensor's type by its name."""
    names = {"embed_tokens.weight": (11, 7), "head.weight": (11, 7)}
    for i in range(LAYERS):
        names[f"blocks.{i}.attn.weight"] = (7, 19)
        names[f"blocks.{i}.mlp.weight"] = (16, 16)
        names[f"blocks.{i}.norm.bias"] = (5,)
    base, tuned = {}, {}
    for name, shape in names.items():
        b = torch.randn(shape) * 0.05
        t = b + torch.randn(shape) * 0.004
        base[name], tuned[name] = b.to(base_type(name)), t.to(tuned_type(name))
        if ".mlp." in name:  # every special value against every other
            own, other = (torch.tensor(range(16)).repeat_interleave(16), torch.tensor(range(16)).repeat(16))
            base[name] = from_bits(SPECIAL[base_type(name)], base_type(name))[own].reshape(16, 16)
            tuned[name] = from_bits(SPECIAL[tuned_type(name)], tuned_type(name))[other].reshape(16, 16)
    return base, tuned


def scaling(name, alpha, beta, outside):
    if name.startswith("blocks."):
        layer = int(name.split(".")[1]) + 1
        return alpha + beta * ((layer - 1) / (LAYERS - 1))
    return alpha + beta if outside == "depth" and name == "head.weight" else alpha


def converted(tensor, dtype):
    return tensor if tensor.dtype == dtype else canonical(tensor.to(torch.float32).to(dtype))


def edited(name, b, t, coefficient, dtype):
    if coefficient in (0, 1):
        return converted(b if coefficient == 0 else t, dtype)
    b, t = b.to(torch.float32), t.to(torch.float32)
    result = b + (t - b) * coefficient
    # The authors' way (merging_utils and their TaskVector): a dict of differences, then pretrained + coef * vector.
    vector = {name: t - b}
    scaled = {key: value * coefficient for key, value in vector.items()}
    assert torch.equal(bits(canonical(result)), bits(canonical(b + scaled[name])))
    assert torch.equal(bits(canonical(result)), bits(canonical(b + coefficient * vector[name])))
    with np.errstate(all="ignore"):  # each operation rounded on its own
        d = (t.numpy() - b.numpy()).astype(np.float32)
        s = (d * np.float32(coefficient)).astype(np.float32)
        o = torch.from_numpy((b.numpy() + s).astype(np.float32))
    assert torch.equal(bits(canonical(result)), bits(canonical(o)))
    return canonical(result.to(dtype))


def case(name, base_type, tuned_type, runs):
    base, tuned = model_pair(base_type, tuned_type)
    expected, about = {}, [MADE_BY["about"]]
    for i, (alpha, beta, outside, dtype) in enumerate(runs, start=1):
        about.append(f"{alpha!r} {beta!r} {outside} {str(dtype).removeprefix('torch.')}")
        for key, b in base.items():
            out_type = b.dtype if dtype == "base" else dtype
            result = edited(key, b, tuned[key], scaling(key, alpha, beta, outside), out_type)
            assert result.dtype == out_type
            expected[f"{i}/{key}"] = result.clone()
    folder = OUT / "edit" / name
    folder.mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(base, folder / "base.safetensors", MADE_BY)
    safetensors.torch.save_file(tuned, folder / "tuned.safetensors", MADE_BY)
    safetensors.torch.save_file(expected, folder / "expected.safetensors", {"about": "\n".join(about)})


def edits():
    gammas = [(g / 10, 1 - g / 10, "alpha", "base") for g in range(11)]
    usual = [(0.1, 0.9, "alpha", "base"), (0.37, 1.21, "depth", "base"), (0.0, 0.0, "alpha", "base"),
             (1.0, 0.0, "alpha", "base")]
    more = [(0.5, 0.5, "depth", "base"), (0.37, 1.21, "alpha", "base"), (-0.2, 2.7, "depth", "base"),
            (1 / 3, 1e-9, "alpha", "base"), (1e-30, 1e-30, "alpha", "base"), (0.0, 0.0, "depth", "base"),
            (1.0, 0.0, "depth", "base")]
    case("float32", lambda _: torch.float32, lambda _: torch.float32, gammas + more)
    for dtype in [torch.float16, torch.bfloat16, torch.float64, *F8]:
        case(str(dtype).removeprefix("torch."), lambda _: dtype, lambda _: dtype, usual)
    types = itertools.cycle([torch.float32, torch.bfloat16, torch.float8_e5m2, torch.float64, torch.float16])
    mixed = {}
    pick = lambda name: mixed.setdefault(name, next(types))
    case("mixed", pick, pick, usual + [(a, b, "alpha", dtype) for a, b in [(0.1, 0.9), (0.0, 0.0), (1.0, 0.0)]
                                       for dtype in [torch.float32, torch.float16, torch.bfloat16, torch.float64]])
    case("float32-bfloat16", lambda _: torch.float32, lambda _: torch.bfloat16, usual)
    case("bfloat16-float32", lambda _: torch.bfloat16, lambda _: torch.float32, usual)
    case("float16-float64", lambda _: torch.float16, lambda _: torch.float64, usual)


torch.manual_seed(2410)
conversions()
edits()
