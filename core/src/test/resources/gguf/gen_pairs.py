"""Makes pairs/FAMILY/{hf,model.gguf}: the same small model as transformers saves it and as llama.cpp's converter would write it.

The converter's own code is not used: names are those of gguf-py's tensor map, and what it does with q, k and norms is written here once more.
transformers' reader of GGUF is the judge: each file must load as the model that it was made of.

    python gen_pairs.py OUT        transformers 5.18.0, gguf 0.19.0, torch 2.13.0
"""

import sys
from pathlib import Path

import gguf
import torch
from transformers import AutoConfig, AutoModelForCausalLM

SIZES = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=20,
             max_position_embeddings=64)
FAMILIES = {
    "llama": dict(tie_word_embeddings=False, attention_bias=True),
    "mistral": dict(tie_word_embeddings=False, head_dim=4),
    "qwen2": dict(tie_word_embeddings=True),
    "qwen3": dict(tie_word_embeddings=False, head_dim=4),
    "gemma": dict(head_dim=4, tie_word_embeddings=True),
    "gemma2": dict(head_dim=4, tie_word_embeddings=True),
    "gemma3_text": dict(head_dim=4, tie_word_embeddings=True),
}
ARCH = {"mistral": "llama", "gemma3_text": "gemma3"}


def pairs(w, heads):
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def make(family, seed):
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(family, **SIZES, **FAMILIES[family]))
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn_like(p) * 0.1)
    return model


def save(model, folder):
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def write_gguf(model, family, path):
    arch = ARCH.get(family, family)
    names = gguf.get_tensor_name_map(next(a for a in gguf.MODEL_ARCH if gguf.MODEL_ARCH_NAMES[a] == arch), SIZES["num_hidden_layers"])
    writer = gguf.GGUFWriter(path, arch)
    writer.add_block_count(SIZES["num_hidden_layers"])
    writer.add_context_length(SIZES["max_position_embeddings"])
    writer.add_embedding_length(SIZES["hidden_size"])
    writer.add_feed_forward_length(SIZES["intermediate_size"])
    writer.add_head_count(SIZES["num_attention_heads"])
    writer.add_head_count_kv(SIZES["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(model.config.rms_norm_eps)
    writer.add_vocab_size(SIZES["vocab_size"])
    writer.add_key_length(4)
    writer.add_value_length(4)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and FAMILIES[family]["tie_word_embeddings"]:
            continue
        if arch == "llama" and ".q_proj." in name:
            tensor = pairs(tensor, SIZES["num_attention_heads"])
        if arch == "llama" and ".k_proj." in name:
            tensor = pairs(tensor, SIZES["num_key_value_heads"])
        if arch.startswith("gemma") and name.endswith("norm.weight"):
            tensor = tensor + 1
        stem, part = name.rsplit(".", 1)
        writer.add_tensor(names.get_name(stem) + "." + part, tensor.numpy())
    if family == "llama":
        writer.add_tensor("rope_freqs.weight", torch.ones(2).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def loaded(folder, file):
    return AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32).state_dict()


def main():
    out = Path(sys.argv[1])
    for family in FAMILIES:
        folder = out / family
        model = make(family, len(family))
        save(model, folder / "hf")
        write_gguf(model, family, folder / "model.gguf")
        state = model.state_dict()
        try:
            own = loaded(folder, "model.gguf")
        except ValueError as e:
            print(family, "transformers does not read it:", e)
            continue
        worst = max(float((own[k] - v).abs().max()) for k, v in state.items() if k in own)
        print(family, "transformers reads the same to", worst, "and lacks", sorted(set(state) - set(own)))


if __name__ == "__main__":
    main()
