"""Makes models whose vocabularies differ, recipes that merge them, and what mergekit's documented rules give for these.

The rules are computed here with NumPy from the saved files alone, token by token, by nothing that lines4j or mergekit
consists of. Usage: python make.py FOLDER   (FOLDER = core/src/test/resources/vocabularies)
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import yaml
from safetensors.numpy import save_file
from safetensors.torch import load_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

OUT = Path(sys.argv[1])
PROSE = ["the cat sat on the mat", "the rat ate the oats", "a cat that ate a rat", "that hat on the cat"]
CODE = ["return total", "let total be state", "note the state", "return the rest", "rest on state"]
CHAT = [AddedToken("<|im_start|>", special=True), AddedToken("<|im_end|>", special=True, lstrip=True)]


def tokenizer(texts, size, more=()):
    """BPE over letters, as transformers saves it."""
    fast = Tokenizer(models.BPE(unk_token="<unk>"))
    fast.pre_tokenizer = pre_tokenizers.Metaspace()
    fast.decoder = decoders.Metaspace()
    fast.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"]))
    fast.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    fast.add_tokens(list(more))
    return PreTrainedTokenizerFast(tokenizer_object=fast, unk_token="<unk>", bos_token="<s>", eos_token="</s>")


def model(name, tok, seed, rows=None, dtype=torch.float32, tied=False):
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=rows or len(tok), hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, tie_word_embeddings=tied, bos_token_id=1,
        eos_token_id=tok.convert_tokens_to_ids("<|im_end|>") if "<|im_end|>" in tok.get_vocab() else 2,
    )
    LlamaForCausalLM(config).to(dtype).save_pretrained(OUT / name)
    tok.save_pretrained(OUT / name)


prose = tokenizer(PROSE, 40)
model("base", prose, 1)
model("chat", tokenizer(PROSE, 40, CHAT), 2, rows=len(prose) + 5)  # three rows behind the vocabulary
model("code", tokenizer(CODE, 36, [AddedToken("<|code|>", normalized=False), CHAT[1]]), 3, dtype=torch.bfloat16)
model("tied-base", prose, 4, tied=True)
model("tied-chat", tokenizer(PROSE, 40, CHAT), 5, tied=True)

RECIPES = {
    "union": dict(
        merge_method="task_arithmetic", base_model="base",
        models=[dict(model="chat", parameters=dict(weight=0.5)), dict(model="code", parameters=dict(weight=0.25))],
        dtype="float32", tokenizer_source="union"),
    "base": dict(
        merge_method="task_arithmetic", base_model="base",
        models=[dict(model="chat", parameters=dict(weight=0.5)), dict(model="code", parameters=dict(weight=0.25))],
        dtype="float32", tokenizer_source="base"),
    "model": dict(
        merge_method="linear",
        models=[dict(model="base", parameters=dict(weight=0.5)), dict(model="chat", parameters=dict(weight=0.5))],
        dtype="float32", tokenizer_source="code"),
    "mean": dict(
        merge_method="linear",
        models=[dict(model=m, parameters=dict(weight=w)) for m, w in (("base", 0.25), ("chat", 0.25), ("code", 0.5))],
        dtype="float32", tokenizer_source="union"),
    "tokens": dict(
        merge_method="linear", base_model="base",
        models=[dict(model=m, parameters=dict(weight=w)) for m, w in (("base", 0.25), ("chat", 0.25), ("code", 0.5))],
        dtype="float32",
        tokenizer=dict(source="base", pad_to_multiple_of=16, tokens={
            "<|im_end|>": dict(source="code"),
            "<|im_start|>": dict(source=dict(kind="model_token", model="code", token="<|code|>"), force=True),
            "<|none|>": dict(source=dict(kind="zero")),
            "<|two|>": dict(source=dict(kind="model_token", model="chat", token_id=2)),
            "<s>": dict(source="chat", force=True),
        })),
    "tied": dict(
        merge_method="linear",
        models=[dict(model="tied-base", parameters=dict(weight=0.5)), dict(model="tied-chat", parameters=dict(weight=0.5))],
        dtype="float32", tokenizer=dict(source="union", pad_to_multiple_of=8)),
}


def vocab(name):
    """Number by token, and which of them are added ones."""
    saved = json.loads((OUT / name / "tokenizer.json").read_text())
    numbers = dict(saved["model"]["vocab"])
    for token in saved["added_tokens"]:
        numbers.setdefault(token["content"], token["id"])
    return numbers, {token["content"] for token in saved["added_tokens"]}


def weights(name):
    return {key: value.float().numpy() for key, value in load_file(OUT / name / "model.safetensors").items()}


def output_vocab(source, names, tokens):
    first = source if source not in ("base", "union") else names[0]
    numbers, _ = vocab(first)
    numbers = dict(numbers)
    if source == "union":
        rows = {m: weights(m)["model.embed_tokens.weight"].shape[0] for m in names}
        added = set().union(*(vocab(m)[1] for m in names))
        for wanted in (False, True):
            for m in names:
                for token, number in sorted(vocab(m)[0].items(), key=lambda item: item[1]):
                    if (token in added) == wanted and token not in numbers and number < rows[m]:
                        numbers[token] = max(numbers.values()) + 1
    for token in tokens:
        if token not in numbers:
            numbers[token] = max(numbers.values()) + 1
    return numbers


def rows_of(recipe, numbers, name, names, base, tensors, rules, rows):
    """One model's embeddings by the output's numbers."""
    own, table = vocab(name)[0], tensors[name]
    result = np.zeros((rows, table.shape[1]), np.float32)
    for token, number in numbers.items():
        rule = rules.get(token, {})
        has = token in own and own[token] < table.shape[0]
        if has and not rule.get("force"):
            result[number] = table[own[token]]
            continue
        source = rule.get("source")
        holders = [m for m in names if token in vocab(m)[0] and vocab(m)[0][token] < tensors[m].shape[0]]
        if isinstance(source, str):
            result[number] = tensors[source][vocab(source)[0][token]]
        elif isinstance(source, dict) and source["kind"] == "model_token":
            row = source.get("token_id", vocab(source["model"])[0].get(source.get("token")))
            result[number] = tensors[source["model"]][row]
        elif isinstance(source, dict) or not holders:
            pass  # zeros
        elif base in holders:
            result[number] = tensors[base][vocab(base)[0][token]]
        else:
            result[number] = np.mean([tensors[m][vocab(m)[0][token]] for m in holders], axis=0, dtype=np.float32)
    if rows > len(numbers):
        result[len(numbers):] = result[: len(numbers)].mean(axis=0, dtype=np.float64)
    return result


for name, recipe in RECIPES.items():
    base = recipe.get("base_model")
    weight = {m["model"]: m["parameters"]["weight"] for m in recipe["models"]}
    names = ([base] if base else []) + [m for m in weight if m != base]
    config = recipe.get("tokenizer", dict(source=recipe.get("tokenizer_source")))
    rules, multiple = config.get("tokens", {}), config.get("pad_to_multiple_of", 1)
    numbers = output_vocab(config["source"], names, rules)
    size = -(-len(numbers) // multiple) * multiple
    assert sorted(numbers.values()) == list(range(len(numbers)))
    loaded = {m: weights(m) for m in names}
    expected = {}
    for key in loaded[names[0]]:
        tensors = {m: loaded[m][key] for m in names}
        if "embed_tokens" in key or "lm_head" in key:
            tensors = {m: rows_of(recipe, numbers, m, names, base, tensors, rules, size) for m in names}
        if recipe["merge_method"] == "linear":
            merged = sum(tensors[m] * np.float32(weight[m]) for m in weight)
        else:
            merged = tensors[base] + sum((tensors[m] - tensors[base]) * np.float32(weight[m]) for m in weight)
        expected[key] = merged.astype(np.float32)
    save_file(expected, OUT / f"{name}.expected.safetensors", metadata={"format": "pt"})
    (OUT / f"{name}.yml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    (OUT / f"{name}.vocab.json").write_text(json.dumps(numbers, ensure_ascii=False, indent=0) + "\n")
    print(name, len(numbers), "tokens", size, "rows")
