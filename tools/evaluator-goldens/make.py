#!/usr/bin/env python3
"""Makes the tiny models of evaluate's tests, and what transformers says of them.

    python3 -m venv .venv && .venv/bin/pip install torch==2.13.0+cpu transformers==5.18.0 tokenizers==0.23.2 safetensors==0.8.0
    .venv/bin/python tools/evaluator-goldens/make.py evaluate/src/test/resources/models

Each folder gets config.json, model.safetensors, tokenizer.json and expected.json. Weights are random
and large, so that every part of a model shows in its perplexity; they are computed with in float32.
"""
import json
import math
import pathlib
import shutil
import sys

import safetensors.torch
import tokenizers
import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = pathlib.Path(sys.argv[1])
WINDOW = 48
TEXT = (OUT / "text.txt").read_text(encoding="utf-8")
DOCUMENTS = [json.loads(line)["text"] for line in (OUT / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
SAVED = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def byte_level(special, split=None, prefix=None, size=300):
    tokenizer = Tokenizer(models.BPE())
    steps = [pre_tokenizers.Split(Regex(split), "isolated")] if split else []
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=split is None))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        [TEXT],
        trainers.BpeTrainer(
            vocab_size=size, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
        ),
    )
    if prefix:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{prefix} $A", pair=f"{prefix} $A {prefix} $B", special_tokens=[(prefix, tokenizer.token_to_id(prefix))]
        )
    return tokenizer


def sentence_piece(bos):
    """As Llama 2 and Gemma: spaces are ▁, unknown characters are bytes."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    specials = ["<unk>", bos, "</s>"] + [f"<0x{i:02X}>" for i in range(256)]
    tokenizer.train_from_iterator([TEXT], trainers.BpeTrainer(vocab_size=340, special_tokens=specials, show_progress=False))
    state = json.loads(tokenizer.to_str())
    # bytes are tokens of the vocabulary, not special ones
    state["added_tokens"] = [token for token in state["added_tokens"] if not token["content"].startswith("<0x")]
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )
    return tokenizer


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        [TEXT],
        trainers.WordPieceTrainer(
            vocab_size=320, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False
        ),
    )
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", tokenizer.token_to_id("[SEP]")), ("[CLS]", tokenizer.token_to_id("[CLS]"))
    )
    return tokenizer


def roberta():
    tokenizer = byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def random_weights(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            # far from what is usual, or a part that is left out would not show
            if "norm" in name.lower() or "ln_" in name:
                offset = 0.0 if name.endswith("bias") or "gemma" in type(model).__name__.lower() else 1.0
                parameter.copy_(offset + 0.3 * noise)
            elif parameter.dim() == 1:
                parameter.copy_(0.3 * noise)
            elif "embed" in name or "wte" in name or "wpe" in name or "lm_head" in name:
                parameter.copy_((0.15 if "gemma" in type(model).__name__.lower() else 0.7) * noise)
            else:
                parameter.copy_(1.5 * noise / math.sqrt(parameter.shape[-1]))


def save(name, model, tokenizer, stored):
    """With the weights rounded to the type that they are stored in, computed with in float32."""
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    model.to(SAVED[stored]).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    return folder


def windows(tokenizer, documents, fraction=1.0):
    """As docs/evaluators.md says."""
    empty = tokenizer.encode("x").ids
    plain = tokenizer.encode("x", add_special_tokens=False).ids
    prefix = empty[: len(empty) - len(plain)] if empty[len(empty) - len(plain):] == plain else []
    found = []
    for document in documents:
        ids = tokenizer.encode(document, add_special_tokens=False).ids
        step = WINDOW - len(prefix)
        for start in range(0, len(ids), step):
            window = prefix + ids[start : start + step]
            if len(window) > max(1, len(prefix)):
                found.append((len(prefix), window))
    count = math.ceil(fraction * len(found))
    return [found[i * len(found) // count] for i in range(count)]


def mean_loss(model, found):
    total, tokens = 0.0, 0
    with torch.no_grad():
        for prefix, window in found:
            logits = model(input_ids=torch.tensor([window])).logits[0].double()
            losses = -torch.log_softmax(logits, -1)
            first = max(prefix, 1)
            for i in range(first, len(window)):
                total += losses[i - 1, window[i]].item()
                tokens += 1
    return total / tokens, tokens


def causal(name, config, tokenizer, stored="bfloat16", seed=0):
    config.vocab_size = tokenizer.get_vocab_size() + 3  # padded, as real ones are
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    random_weights(model, seed)
    folder = save(name, model, tokenizer, stored)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    expected = {"window": WINDOW}
    for what, documents, fraction in (("text", [TEXT], 1), ("documents", DOCUMENTS, 1), ("third", [TEXT], 0.3)):
        loss, tokens = mean_loss(model, windows(tokenizer, documents, fraction))
        expected[what] = {"tokens": tokens, "mean_loss": loss, "perplexity": math.exp(loss)}
    expected["ids"] = tokenizer.encode(TEXT[:80]).ids
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print(name, expected["text"])


def rows(name):
    lines = (OUT / name).read_text(encoding="utf-8").splitlines()
    return [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:]]


def encoder(name, config, tokenizer, most, stored="float32", seed=0, pooling=None):
    config.vocab_size = tokenizer.get_vocab_size()
    model = transformers.AutoModel.from_config(config, attn_implementation="eager")
    random_weights(model, seed)
    folder = save(name, model, tokenizer, stored)
    if pooling:
        (folder / "1_Pooling").mkdir()
        modules = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                   {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
        (folder / "modules.json").write_text(json.dumps(modules))
        modes = {f"pooling_mode_{mode}": mode == pooling for mode in ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")}
        (folder / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": model.config.hidden_size, **modes}))
    model = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer.enable_truncation(most)

    def embed(text):
        ids = tokenizer.encode(text).ids
        with torch.no_grad():
            states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        chosen = states[0] if pooling == "cls_token" else states.max(0).values if pooling == "max_tokens" else states.mean(0)
        return torch.nn.functional.normalize(chosen, dim=0)

    texts = rows("topics.tsv")
    labels = list(dict.fromkeys(row["label"] for row in texts))
    expected = {"embedding": embed(texts[0]["text"]).tolist()}
    for what, prompt in (("plain", "{label}"), ("template", "a text on {label}, or so")):
        prompts = torch.stack([embed(prompt.replace("{label}", label)) for label in labels])
        similarities = torch.stack([prompts @ embed(row["text"]) for row in texts])
        right = [labels[i] == row["label"] for i, row in zip(similarities.argmax(1).tolist(), texts)]
        expected[what] = {"accuracy": sum(right) / len(right), "similarities": similarities.tolist()}
        top = similarities.topk(2, dim=1).values
        print(name, what, expected[what]["accuracy"], "least margin", (top[:, 0] - top[:, 1]).min().item())
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SMALL = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64)


def main():
    t = transformers
    causal("llama", t.LlamaConfig(**SMALL, rope_parameters={"rope_type": "default", "rope_theta": 10000.0}),
           sentence_piece("<s>"), "float16", 1)
    causal("llama3", t.LlamaConfig(**SMALL, head_dim=12, attention_bias=True, mlp_bias=True, tie_word_embeddings=True,
           rope_parameters={"rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0,
                            "high_freq_factor": 4.0, "original_max_position_embeddings": 32}),
           byte_level(["<|begin_of_text|>"], LLAMA3, "<|begin_of_text|>"), "bfloat16", 2)
    causal("linear", t.LlamaConfig(**SMALL, rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.5}),
           byte_level(["<|end|>"]), "bfloat16", 3)
    causal("dynamic", t.LlamaConfig(**SMALL, rope_parameters={"rope_type": "dynamic", "rope_theta": 100.0, "factor": 2.0}),
           byte_level(["<|end|>"]), "bfloat16", 4)
    causal("mistral", t.MistralConfig(**SMALL, sliding_window=11), byte_level(["<s>"], None, "<s>"), "bfloat16", 5)
    causal("qwen2", t.Qwen2Config(**SMALL, use_sliding_window=True, sliding_window=9, max_window_layers=1,
           rope_parameters={"rope_type": "yarn", "rope_theta": 1000.0, "factor": 4.0, "original_max_position_embeddings": 16}),
           byte_level(["<|endoftext|>"], LLAMA3), "bfloat16", 6)
    causal("qwen3", t.Qwen3Config(**SMALL, head_dim=16, tie_word_embeddings=True), byte_level(["<|endoftext|>"], LLAMA3), "bfloat16", 7)
    causal("gemma", t.GemmaConfig(**SMALL, head_dim=16), sentence_piece("<bos>"), "bfloat16", 8)
    causal("gemma2", t.Gemma2Config(**SMALL, head_dim=10, query_pre_attn_scalar=7, sliding_window=8,
           attn_logit_softcapping=2.0, final_logit_softcapping=3.0), sentence_piece("<bos>"), "bfloat16", 9)
    causal("gemma3", t.Gemma3TextConfig(**SMALL, head_dim=16, query_pre_attn_scalar=20, sliding_window=8,
           layer_types=["sliding_attention", "sliding_attention", "full_attention"],
           rope_parameters={"sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
                            "full_attention": {"rope_type": "linear", "rope_theta": 1000.0, "factor": 4.0}}),
           sentence_piece("<bos>"), "bfloat16", 10)
    causal("gpt2", t.GPT2Config(n_embd=16, n_layer=3, n_head=4, n_positions=64, scale_attn_by_inverse_layer_idx=True),
           byte_level(["<|endoftext|>"]), "bfloat16", 11)
    encoders = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4)
    encoder("bert", t.BertConfig(**encoders, max_position_embeddings=24), word_piece(), 24, "bfloat16", 12)
    encoder("roberta", t.RobertaConfig(**encoders, max_position_embeddings=42, type_vocab_size=1), roberta(), 40, "bfloat16", 13,
            "cls_token")
    encoder("distilbert", t.DistilBertConfig(dim=16, hidden_dim=24, n_layers=2, n_heads=4, max_position_embeddings=30,
            activation="relu"), word_piece(), 30, "float32", 14, "max_tokens")
    versions = {"torch": torch.__version__, "transformers": t.__version__, "tokenizers": tokenizers.__version__,
                "safetensors": safetensors.__version__}
    (OUT / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")


main()
