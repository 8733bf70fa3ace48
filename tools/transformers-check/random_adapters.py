"""Makes LoRA adapters at random, and compares what `lines` reads in them with what PEFT computes while it applies them.

Each case has a number, which decides everything: one of twenty kinds of models, target modules, rank, alpha, their
patterns, DoRA, biases, replaced modules, new rows of the embedding. The adapter's parameters are all changed by noise and PEFT saves it. Then
- `lines convert BASE+ADAPTER` must give a model whose output is that of PEFT's, unmerged;
- an edit of the adapter as an adapter must give what the edit as a whole model gives.
What `lines` refuses is printed and counted; what differs, too, and makes the exit code 1.

Usage: python random_adapters.py FIRST LAST [KIND]   (about 3 s a case, LAST is not one)
"""

import json
import random
import sys
import tempfile
import warnings
from pathlib import Path
from subprocess import run

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model

from adapters import BART, DECODER, GPT2, GROUPED, IMAGES, LINES, SPEECH, T5, answer

VISION_TEXT = dict(text_config=GROUPED | dict(model_type="llama"),
                   vision_config=IMAGES | dict(model_type="clip_vision_model", projection_dim=8))
OPT = dict(vocab_size=96, hidden_size=16, ffn_dim=24, num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=32,
           word_embed_proj_dim=16)
ATTENTION = ["q_proj", "k_proj", "v_proj"]
ENDS = ["lm_head", "embed_tokens", "norm"]

# kind: class, configuration, linear targets, other targets, what may be replaced
KINDS = {
    "llama": ("LlamaForCausalLM", GROUPED | dict(tie_word_embeddings=False),
              ATTENTION + ["o_proj", "up_proj", "gate_proj", "down_proj"], ["embed_tokens", "lm_head"],
              ENDS + ["input_layernorm", "o_proj"]),
    "llama-tied": ("LlamaForCausalLM", GROUPED | dict(tie_word_embeddings=True), ATTENTION + ["up_proj", "down_proj"], [],
                   ENDS + ["input_layernorm"]),
    "qwen2": ("Qwen2ForCausalLM", GROUPED | dict(tie_word_embeddings=True), ATTENTION + ["o_proj", "up_proj"], [], ENDS),
    "gemma2": ("Gemma2ForCausalLM", GROUPED | dict(head_dim=4), ["q_proj", "o_proj", "up_proj"], [], ENDS),
    "gpt2": ("GPT2LMHeadModel", GPT2, ["c_attn", "c_proj", "c_fc"], ["wpe"], ["lm_head", "wte", "ln_f", "wpe"]),
    "gpt_neox": ("GPTNeoXForCausalLM", DECODER, ["query_key_value", "dense", "dense_h_to_4h"], ["embed_in", "lm_head"],
                 ["lm_head", "embed_in", "final_layer_norm"]),
    "bert": ("BertForMaskedLM", DECODER, ["query", "key", "value", "dense"], [], ["decoder", "word_embeddings", "LayerNorm"]),
    "bert-cls": ("BertForSequenceClassification", DECODER, ["query", "key", "value", "dense"],
                 ["word_embeddings", "position_embeddings"], ["classifier", "pooler", "word_embeddings"]),
    "roberta": ("RobertaForMaskedLM", DECODER | dict(pad_token_id=1), ["query", "key", "value"], [],
                ["lm_head", "word_embeddings", "LayerNorm"]),
    "distilbert": ("DistilBertForMaskedLM", dict(vocab_size=96, dim=16, n_layers=3, n_heads=4, hidden_dim=24),
                   ["q_lin", "k_lin", "v_lin", "lin1"], [], ["vocab_projector", "word_embeddings", "vocab_layer_norm"]),
    "t5": ("T5ForConditionalGeneration", T5, ["q", "k", "v", "o", "wi", "wo"], [], ["lm_head", "shared", "final_layer_norm"]),
    "mt5": ("MT5ForConditionalGeneration", T5 | dict(tie_word_embeddings=False), ["q", "k", "v", "o", "wi_0", "wo"], ["lm_head"],
            ["lm_head", "final_layer_norm"]),
    "bart": ("BartForConditionalGeneration", BART, ATTENTION + ["out_proj", "fc1"], [], ["lm_head", "shared", "layernorm_embedding"]),
    "whisper": ("WhisperForConditionalGeneration", BART | SPEECH, ATTENTION + ["fc1"], ["conv1"],
                ["proj_out", "embed_tokens", "layer_norm"]),
    "opt": ("OPTForCausalLM", OPT, ATTENTION + ["out_proj", "fc1"], ["embed_positions"], ["lm_head", "embed_tokens", "final_layer_norm"]),
    "mamba": ("MambaForCausalLM", dict(vocab_size=96, hidden_size=16, num_hidden_layers=3, state_size=4),
              ["in_proj", "x_proj"], [], ["norm_f", "lm_head"]),
    "mixtral": ("MixtralForCausalLM", GROUPED | dict(num_local_experts=4, num_experts_per_tok=2), ["q_proj", "v_proj"], [],
                ["norm", "lm_head"]),
    "vit": ("ViTForImageClassification", IMAGES, ATTENTION + ["fc1"], ["projection"], ["classifier", "layernorm", "layernorm_before"]),
    "swin": ("SwinForImageClassification",
             dict(image_size=8, patch_size=2, embed_dim=8, depths=[1, 2], num_heads=[1, 2], window_size=2),
             ATTENTION + ["fc1", "reduction"], ["projection"], ["classifier", "layernorm"]),
    "resnet": ("ResNetForImageClassification", dict(embedding_size=8, hidden_sizes=[8, 16], depths=[2, 2], layer_type="basic"),
               ["convolution"], [], ["classifier", "normalization"]),
    "llava": ("LlavaForConditionalGeneration", VISION_TEXT, ["q_proj", "v_proj", "up_proj", "linear_1"], [],
              ["lm_head", "embed_tokens", "multi_modal_projector", "norm"]),
}
NO_DORA = "mamba", "mixtral"


def settings(chance, kind):
    """The arguments of a LoraConfig."""
    _, _, linear, others, replaceable = KINDS[kind]
    often = lambda share: chance.random() < share
    targets = chance.sample(linear, chance.randint(1, len(linear)))
    if others and often(0.3):
        targets.append(chance.choice(others))
    words = dict(r=chance.choice([1, 2, 4, 8]), lora_alpha=chance.choice([1, 3, 4, 8, 16]), target_modules=targets)
    if often(0.25):
        words["use_rslora"] = True
    if often(0.2) and kind not in NO_DORA:
        words["use_dora"] = True
    if often(0.5):
        words["modules_to_save"] = chance.sample(replaceable, chance.randint(1, min(2, len(replaceable))))
    if often(0.2):
        words["bias"] = chance.choice(["all", "lora_only"])
    if often(0.2):
        words["rank_pattern"] = {targets[0]: chance.choice([1, 3, 6])}
    if often(0.2):
        words["alpha_pattern"] = {targets[-1]: chance.choice([2, 5])}
    if often(0.15):
        words["layers_to_transform"] = [0, 2]
    if often(0.15):
        words["ensure_weight_tying"] = True
    if often(0.1) and "embed_tokens" in replaceable:
        words["trainable_token_indices"] = {"embed_tokens": [1, 5]}
        words.pop("modules_to_save", None)
    if often(0.1) and "use_dora" not in words:
        words["lora_bias"] = True
    return words


def lines(*words):
    return run([LINES, *map(str, words), "--quiet"], capture_output=True, text=True)


def make(number, kind, words, folder):
    """A base and an adapter of it."""
    model_class = getattr(transformers, KINDS[kind][0])
    torch.manual_seed(number)
    model_class(model_class.config_class(**KINDS[kind][1])).save_pretrained(folder / "base")
    model = get_peft_model(model_class.from_pretrained(folder / "base"), LoraConfig(**words))
    with torch.no_grad():
        for _, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn(parameter.shape) * 0.05)
    model.save_pretrained(folder / "lora")
    return model_class


def differs(one, other):
    return (one - other).abs().max().item() > 5e-5 * max(1, one.abs().max().item())


def check(number, kind, folder):
    """How a case ends: `equal`, `refused`, `differs`, or `peft` where that cannot make it."""
    chance = random.Random(number)
    kind = kind or chance.choice(list(KINDS))
    words = settings(chance, kind)
    label = f"{number} {kind} {json.dumps(words)}"
    base, lora = folder / "base", folder / "lora"
    try:
        model_class = make(number, kind, words, folder)
        loaded = lambda where: model_class.from_pretrained(where)
        adapted = lambda adapter: answer(PeftModel.from_pretrained(loaded(base), adapter))
        wanted = adapted(lora)
    except Exception as error:
        print("peft refuses", label, repr(error)[:160])
        return "peft"
    whole = lines("convert", f"{base}+{lora}", folder / "whole")
    if whole.returncode:
        print("refused", label, whole.stderr.strip())
        return "refused"
    if differs(wanted, answer(loaded(folder / "whole"))):
        print("DIFFERS", label, whole.stderr.strip())
        return "differs"
    alpha, beta = chance.choice([(0.3, 0.5), (1.0, 0.0), (0.0, 1.0)])
    edit = "edit", "--base", base, "--tuned", lora, "--alpha", alpha, "--beta", beta
    for run_words in [("--out", folder / "edited")], [("--out", folder / "scaled", "--as", "adapter")]:
        done = lines(*edit, *run_words[0])
        if done.returncode:
            print("edit refused", label, done.stderr.strip())
            return "equal"
    if differs(answer(loaded(folder / "edited")), adapted(folder / "scaled")):
        print("EDIT DIFFERS", label)
        return "differs"
    return "equal"


def main():
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    first, last = int(sys.argv[1]), int(sys.argv[2])
    kind = sys.argv[3] if len(sys.argv) > 3 else None
    ends = dict.fromkeys(["equal", "refused", "differs", "peft"], 0)
    for number in range(first, last):
        with tempfile.TemporaryDirectory() as place:
            ends[check(number, kind, Path(place))] += 1
        sys.stdout.flush()
    print(", ".join(f"{count} {end}" for end, count in ends.items()))
    sys.exit(1 if ends["differs"] else 0)


if __name__ == "__main__":
    main()
