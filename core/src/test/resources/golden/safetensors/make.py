"""Writes the golden files of this folder with the reference library. Run: python make.py

`expected.tsv` says what the same library reads back: file, tensor, dtype, shape, bytes in hexadecimal.
`versions.txt` says which versions wrote them.
"""

import json
import pathlib
import platform

import safetensors
import safetensors.torch as st
import torch
import transformers
from safetensors import deserialize, safe_open

HERE = pathlib.Path(__file__).parent
DTYPES = [
    "F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "BOOL",
    "I8", "I16", "I32", "I64", "U8", "U16", "U32", "U64", "C64",
]


def torch_dtypes():
    """One tensor of every dtype that PyTorch has, in an order that safetensors will change."""
    generator = torch.Generator().manual_seed(1)
    tensors = {}
    for code in reversed(DTYPES):
        dtype = st._TYPES[code]
        values = torch.randint(0, 2, (2, 3), generator=generator)
        if dtype.is_floating_point or dtype.is_complex:
            values = torch.randn((2, 3), generator=generator)
        tensors["a." + code] = values.to(dtype)
    st.save_file(tensors, HERE / "dtypes.safetensors")


def narrow_dtypes():
    """The shared-scale and sub-byte floats, which PyTorch's saver does not write by name."""
    tensors = {}
    for code, shape, size in [
        ("F8_E8M0", [3], 3), ("F4", [2, 3], 3), ("F6_E2M3", [4], 3), ("F6_E3M2", [8], 6),
    ]:
        tensors[code] = {"dtype": code, "shape": shape, "data": bytes(range(1, size + 1))}
    write_raw("narrow-dtypes.safetensors", tensors)


def write_raw(name, tensors):
    """A file of dtypes that only go by their codes; the reference must read it."""
    header, data = {}, b""
    for tensor in tensors:
        entry = tensors[tensor]
        header[tensor] = {
            "dtype": entry["dtype"],
            "shape": entry["shape"],
            "data_offsets": [len(data), len(data) + len(entry["data"])],
        }
        data += entry["data"]
    text = json.dumps(header).encode()
    content = len(text).to_bytes(8, "little") + text + data
    deserialize(content)
    (HERE / name).write_bytes(content)


def shapes():
    st.save_file(
        {
            "scalar": torch.tensor(1.5),
            "one": torch.tensor([2.5]),
            "none": torch.zeros(0),
            "none.of.many": torch.zeros(4, 0, 3, dtype=torch.float16),
            "none.last": torch.zeros(0, 7, dtype=torch.uint8),
            "deep": torch.ones([1] * 12 + [2], dtype=torch.int8),
        },
        HERE / "shapes.safetensors",
    )


def metadata_and_names():
    st.save_file(
        {
            "": torch.tensor([1], dtype=torch.int8),
            "größe": torch.tensor([2], dtype=torch.int8),
            "層.0.重み": torch.tensor([3], dtype=torch.int8),
            "🦙.weight": torch.tensor([4], dtype=torch.int8),
            'quote".back\\slash/': torch.tensor([5], dtype=torch.int8),
            "a tensor with blanks": torch.tensor([6], dtype=torch.int8),
        },
        HERE / "names.safetensors",
        metadata={"format": "pt", "λ": "1/2 \n\t\"{}\"", "": ""},
    )


def no_tensors():
    st.save_file({}, HERE / "no-tensors.safetensors")
    st.save_file({}, HERE / "only-metadata.safetensors", metadata={"format": "pt"})


def transformers_folders():
    """A model with tied embeddings, as transformers saves it: one file, and sharded."""
    torch.manual_seed(2)
    config = transformers.LlamaConfig(
        vocab_size=16, hidden_size=8, intermediate_size=12, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, tie_word_embeddings=True,
    )
    model = transformers.LlamaForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(HERE / "single")
    model.save_pretrained(HERE / "sharded", max_shard_size="1KB")


def read_ours():
    """`written/ours.safetensors` is written by GoldenFilesTest, from the files above: same bytes, one file."""
    originals = {}
    for name in ["dtypes", "narrow-dtypes", "shapes", "names"]:
        originals.update(deserialize((HERE / (name + ".safetensors")).read_bytes()))
    content = (HERE / "written" / "ours.safetensors").read_bytes()
    found = dict(deserialize(content))
    assert found == originals and len(found) == 32, "the reference library reads something else"
    assert found.keys() == originals.keys()
    length = int.from_bytes(content[:8], "little")
    assert (8 + length) % 64 == 0
    assert json.loads(content[8 : 8 + length])["__metadata__"]["format"] == "pt"
    with safe_open(HERE / "written" / "ours.safetensors", framework="pt") as file:
        assert file.metadata()["λ"] == '1/2 \n\t"{}"'
        torch_names = [n for n in file.keys() if n not in ("F4", "F6_E2M3", "F6_E3M2", "F8_E8M0")]
        for name in torch_names:
            file.get_tensor(name)


def expect():
    lines = []
    for file in sorted(HERE.rglob("*.safetensors")):
        if file.parent.name == "written":
            continue
        for name, entry in sorted(deserialize(file.read_bytes())):
            shape = ",".join(str(extent) for extent in entry["shape"])
            row = [str(file.relative_to(HERE)), name, entry["dtype"], shape, bytes(entry["data"]).hex()]
            assert not any("\t" in cell or "\n" in cell for cell in row)
            lines.append("\t".join(row))
    (HERE / "expected.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    torch_dtypes()
    narrow_dtypes()
    shapes()
    metadata_and_names()
    no_tensors()
    transformers_folders()
    read_ours()
    expect()
    (HERE / "versions.txt").write_text(
        f"python {platform.python_version()}\nsafetensors {safetensors.__version__}\n"
        f"torch {torch.__version__}\ntransformers {transformers.__version__}\n"
    )
