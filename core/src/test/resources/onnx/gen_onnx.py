"""Golden graphs of ONNX and hostile ones. Made with onnx 1.23.1, numpy 2.4.6, safetensors by hand.

usage: python gen_onnx.py   (in this folder; writes ok/, hostile/, cases.tsv)

A line of cases.tsv: id, verdict (accept or refuse), file, what it holds (safetensors, or -), and for refusals a piece of the message.
"""

import json
import pathlib
import shutil
import struct

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
CASES = []
CODES = {
    "float32": "F32", "float64": "F64", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32", "int16": "I16",
    "int8": "I8", "uint8": "U8", "uint16": "U16", "uint32": "U32", "uint64": "U64", "bool": "BOOL", "complex64": "C64",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
}


def safetensors(path, arrays):
    header, data = {}, b""
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": CODES[array.dtype.name], "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]
        }
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def model(initialisers):
    node = helper.make_node("MatMul", ["x", "w"], ["y"], name="only")
    graph = helper.make_graph(
        [node], "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])],
        initialisers,
    )
    return helper.make_model(graph, producer_name="lines", opset_imports=[helper.make_opsetid("", 18)])


def accept(name, initialisers, proto=None, **external):
    proto = proto or model(initialisers)
    arrays = {t.name: numpy_helper.to_array(t) for t in proto.graph.initializer}
    safetensors(HERE / "ok" / f"{name}.safetensors", arrays)
    onnx.save_model(proto, HERE / "ok" / f"{name}.onnx", **external)
    CASES.append((name, "accept", f"ok/{name}.onnx", f"ok/{name}.safetensors", ""))


def branch(name, weight):
    node = helper.make_node("MatMul", ["x", weight], [name])
    return helper.make_graph([node], name, [], [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2])], [raw(weight, numbers((3, 2)))])


def nodes():
    """One initialiser; a matrix in a Constant, two in the graphs of an If, one in a function; and numbers that are none."""
    made = [
        helper.make_node("Constant", [], ["folded"], value=raw("", numbers((3, 3)))),
        helper.make_node("Constant", [], ["axes"], value=raw("", np.array([0, 1], np.int64))),
        helper.make_node("Constant", [], ["row"], value=raw("", numbers((1, 3)))),
        helper.make_node("If", ["c"], ["y"], then_branch=branch("yes", "then.w"), else_branch=branch("no", "else.w")),
    ]
    inside = helper.make_node("Constant", [], ["k"], value=raw("k", numbers((3, 3))))
    function = helper.make_function("own", "F", [], ["k"], [inside], [helper.make_opsetid("", 18)])
    proto = model([raw("w", numbers((3, 2)))])
    proto.graph.node.extend(made)
    proto.functions.append(function)
    return proto


def refuse(name, content, message):
    if not isinstance(content, bytes):
        content = content.SerializeToString()
    (HERE / "hostile" / f"{name}.onnx").write_bytes(content)
    CASES.append((name, "refuse", f"hostile/{name}.onnx", "-", message))


def raw(name, array):
    return numpy_helper.from_array(array, name)


def listed(name, kind, dims, values):
    return helper.make_tensor(name, kind, dims, values)


def numbers(shape, dtype=np.float32):
    return (np.arange(np.prod(shape)).reshape(shape) - 2.5).astype(dtype)


def varint(n):
    out = b""
    while True:
        out += bytes([n & 0x7F | (0x80 if n > 0x7F else 0)])
        n >>= 7
        if not n:
            return out


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def by_hand(tensor):
    """A model whose graph holds the bytes of one TensorProto."""
    return b"\x08\x0a" + field(7, field(5, tensor))


def main():
    for folder in ("ok", "hostile"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
        (HERE / folder).mkdir()
    w = raw("w", numbers((3, 2)))
    accept("raw", [w, raw("b", numbers((2,)))])
    accept("listed", [
        listed("w", TensorProto.FLOAT, [3, 2], numbers((3, 2)).ravel().tolist()),
        listed("d", TensorProto.DOUBLE, [2], [0.1, -1e300]),
        listed("i64", TensorProto.INT64, [3], [-1, 2**62, 0]),
        listed("i32", TensorProto.INT32, [2], [-(2**31), 7]),
        listed("i8", TensorProto.INT8, [2], [-128, 127]),
        listed("u8", TensorProto.UINT8, [2], [255, 1]),
        listed("u16", TensorProto.UINT16, [1], [65535]),
        listed("u32", TensorProto.UINT32, [1], [2**32 - 1]),
        listed("u64", TensorProto.UINT64, [1], [2**64 - 1]),
        listed("flag", TensorProto.BOOL, [2], [True, False]),
        listed("half", TensorProto.FLOAT16, [2], [1.5, -0.25]),
        listed("brain", TensorProto.BFLOAT16, [2], [1.5, -3.0]),
        listed("complex", TensorProto.COMPLEX64, [1], [1 + 2j]),
    ])
    accept("types", [
        raw(np.dtype(t).name, numbers((2, 3), t))
        for t in (np.float32, np.float64, np.float16, ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2, np.int8, np.int64)
    ])
    accept("shapes", [raw("scalar", np.float32(3)), raw("empty", np.zeros((0, 4), np.float32)), raw("five", numbers((1, 2, 1, 2, 1)))])
    accept("names", [raw("onnx::MatMul_1234", numbers((3, 2))), raw("encoder.layer.0.bias/é", numbers((2,)))])
    accept("external", [raw("w", numbers((32, 16))), raw("small", numbers((2,)))], save_as_external_data=True, location="external.onnx_data", size_threshold=64)
    accept("external-each", [raw("v", numbers((32, 16))), raw("w", numbers((16, 16)))], save_as_external_data=True, all_tensors_to_one_file=False, size_threshold=0)
    unpacked = b"\x08\x02\x08\x01" + b"\x10\x07" + b"\x38\x05\x38" + varint(2**64 - 3) + field(8, b"i")
    (HERE / "ok" / "unpacked.onnx").write_bytes(by_hand(unpacked))
    assert numpy_helper.to_array(onnx.load(HERE / "ok" / "unpacked.onnx").graph.initializer[0]).tolist() == [[5], [-3]]
    safetensors(HERE / "ok" / "unpacked.safetensors", {"i": np.array([[5], [-3]], np.int64)})
    CASES.append(("unpacked", "accept", "ok/unpacked.onnx", "ok/unpacked.safetensors", ""))

    whole = model([w]).SerializeToString()
    accept("nodes", [], nodes())
    refuse("cut", whole[:-30], "truncated")
    refuse("no_graph", b"\x08\x0a" + field(7, b""), "no initialisers")
    refuse("no_initialisers", model([]), "no initialisers")
    refuse("two_graphs", whole + field(7, b"\x0a\x00"), "two graphs")
    refuse("twice", model([w, w]), "tensor w is also in")
    refuse("text", model([listed("s", TensorProto.STRING, [1], [b"x"])]), "stored as STRING, which is not read")
    refuse("int4", model([w, helper.make_tensor("q", TensorProto.INT4, [2], [1, 2])]), "tensor q: stored as INT4, which is not read")
    sparse = model([w])
    sparse.graph.sparse_initializer.add().dims.append(4)
    refuse("sparse", sparse, "a sparse initialiser")

    good = {"dims": b"\x08\x03\x08\x02", "type": b"\x10\x01", "name": field(8, b"w"), "raw": field(9, numbers((3, 2)).tobytes())}

    def tensor(**changed):
        return by_hand(b"".join({**good, **changed}.values()))

    assert numpy_helper.to_array(onnx.load_model_from_string(tensor()).graph.initializer[0]).shape == (3, 2)
    refuse("nameless", tensor(name=b""), "it has no name")
    refuse("control", tensor(name=field(8, b"a\nb")), "control character U+000A")
    refuse("not_utf8", tensor(name=field(8, b"\xff\xfe")), "not UTF-8")
    refuse("long_name", tensor(name=field(8, b"w" * 70000)), "at most 65536")
    refuse("type_99", tensor(type=b"\x10\x63"), "unknown data_type 99")
    refuse("type_none", tensor(type=b""), "unknown data_type 0")
    refuse("short", tensor(raw=field(9, b"\0" * 20)), "should take 24 bytes, found raw_data of 20")
    refuse("no_data", tensor(raw=b""), "should take 24 bytes, found no data of 0")
    refuse("dims_negative", tensor(dims=b"\x08" + varint(2**64 - 1)), "a dimension of 18446744073709551615")
    refuse("dims_huge", tensor(dims=b"\x08" + varint(2**62) + b"\x08" + varint(2**62)), "more bytes than can be")
    refuse("dims_many", tensor(dims=b"\x08\x01" * 100), "more than 64 dimensions")
    refuse("dims_text", tensor(dims=b"\x09" + b"\0" * 8), "dims should be written as BYTES, found FIXED64")
    refuse("both", tensor(raw=field(9, b"\0" * 24) + field(4, b"\0" * 24)), "elements in raw_data and in float_data")
    refuse("pieces", tensor(raw=field(4, b"\0" * 12) + field(4, b"\0" * 12)), "float_data in more than one piece")
    refuse("wrong_field", tensor(raw=field(10, b"\0" * 48)), "elements of F32 in double_data")
    refuse("floats_as_numbers", tensor(raw=field(7, b"\x01" * 6)), "elements of F32 in int64_data")
    refuse("too_few", tensor(type=b"\x10\x07", raw=field(7, b"\x01" * 5)), "int64_data should have 6 elements, found 5")
    refuse("too_many", tensor(type=b"\x10\x07", raw=field(7, b"\x01" * 7)), "int64_data has more elements than [3, 2]")
    refuse("decoded_huge", tensor(dims=b"\x08" + varint(2**30), type=b"\x10\x07", raw=field(7, b"\x01")), "8589934592 bytes in int64_data, at most 67108864 are read")
    refuse("number_endless", tensor(type=b"\x10\x07", raw=field(7, b"\xff" * 20)), "a number of more than 10 bytes")
    refuse("segment", tensor(raw=field(3, b"") + good["raw"]), "a segment of a tensor")
    refuse("length_huge", b"\x08\x0a\x3a" + varint(2**63 + 5) + b"\0" * 8, "truncated")
    refuse("length_inside", b"\x08\x0a" + field(7, b"\x2a\x7f" + b"\0" * 8), "truncated")
    refuse("group", b"\x08\x0a" + field(7, b"\x2b\x08\x01\x2c"), "field 5 has the wire type 3")
    refuse("tag_zero", b"\x08\x0a" + field(7, b"\x00\x00"), "no field has the tag 0")

    def external(**entries):
        text = b"".join(field(13, field(1, k.encode()) + field(2, v.encode())) for k, v in entries.items())
        return tensor(raw=text + b"\x70\x01")

    (HERE / "hostile" / "data.bin").write_bytes(b"\0" * 30)
    refuse("place_missing", external(location="nowhere.bin"), "in nowhere.bin beside the graph, where no such file is")
    refuse("place_none", external(offset="0"), "found the location ''")
    refuse("place_path", external(location="../ok/raw.onnx"), "found the location '../ok/raw.onnx'")
    refuse("place_root", external(location="/etc/passwd"), "found the location '/etc/passwd'")
    refuse("place_self", external(location="place_self.onnx"), "in place_self.onnx beside the graph, where no such file is")
    refuse("offset_text", external(location="data.bin", offset="-1"), "offset should be a number of bytes, found '-1'")
    refuse("offset_behind", external(location="data.bin", offset="10"), "truncated: its 24 bytes at offset 10 end behind the file's 30")
    refuse("offset_huge", external(location="data.bin", offset="999999999999999999"), "truncated: its 24 bytes at offset 999999999999999999")
    refuse("length_other", external(location="data.bin", length="23"), "should take 24 bytes, its graph says 23")
    refuse("location_7", tensor(raw=good["raw"] + b"\x70\x07"), "data_location should be 0 or 1, found 7")
    refuse("external_and_raw", tensor(raw=good["raw"] + b"\x70\x01"), "its data are elsewhere, and in raw_data")
    deep = b""
    for _ in range(66):
        deep = field(1, field(5, field(6, deep)))
    refuse("nested", b"\x08\x0a" + field(7, deep), "graphs in graphs, more than 64 deep")
    (HERE / "cases.tsv").write_text("".join("\t".join(c) + "\n" for c in [("id", "verdict", "input", "expected", "message"), *CASES]))


if __name__ == "__main__":
    main()
