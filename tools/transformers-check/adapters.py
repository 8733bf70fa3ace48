"""Has PEFT load the adapters that `lines` makes, and compares what they compute with the whole models that `lines` makes.

A small Llama and a GPT-2 are made, with two LoRA adapters each that PEFT saves. `./lines` edits an adapter as an adapter,
merges two (all ranks, and fewer), and extracts one of a whole model; each is loaded with PeftModel.from_pretrained without a
missing or unexpected tensor, and its logits must be those of the whole model that `lines` makes of the same.

Then adapters are extracted of thirty models of which every parameter changed: with heads that are their embedding,
with embeddings that encoder and decoder share, without what the Hub's files lack before the names, with experts, of kinds
that transformers 5 renames as it reads them. PEFT says nothing where it does not find what an adapter changes: so all logits must be the tuned model's, while the adapter is applied
and once it is merged.
Adapters that bring a head which their base lacks (classifiers on language models) are made whole, and load as PEFT merges them.
Usage: python adapters.py
"""

import json
import re
import subprocess
import tempfile
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig

LINES = Path(__file__).resolve().parents[2] / "lines"
WORDS = torch.arange(24).reshape(2, 12) % 96


def lines(*words):
    run = subprocess.run([LINES, *words, "--quiet"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def make(name, config, targets, folder, extra):
    torch.manual_seed(1)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder / "base")
    for number, rank in (1, 4), (2, 6):
        model = AutoModelForCausalLM.from_pretrained(folder / "base")
        lora = LoraConfig(r=rank, lora_alpha=8, target_modules=targets, use_rslora=number == 2, task_type="CAUSAL_LM",
                          **(extra if number == 2 else {}))
        model = get_peft_model(model, lora)
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if parameter.requires_grad:
                    parameter.add_(torch.randn(parameter.shape) * 0.05)
        model.save_pretrained(folder / f"lora{number}")


def logits(folder, adapter=None):
    model = AutoModelForCausalLM.from_pretrained(folder)
    if adapter:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            model = PeftModel.from_pretrained(model, adapter)
        wrong = [str(w.message) for w in said if "adapter keys" in str(w.message)]
        assert not wrong, wrong
    with torch.no_grad():
        return model.eval()(WORDS).logits


def close(name, one, other, tolerance=2e-5):
    distance = (one - other).abs().max().item()
    assert distance <= tolerance, f"{name}: {distance}"
    print(f"{name}: equal, largest difference {distance:.1e}")


def check(name, config, targets, extra):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(name, config, targets, folder, extra)
        base, one, two = folder / "base", folder / "lora1", folder / "lora2"
        lines("edit", "--base", base, "--tuned", one, "--out", folder / "edited")
        lines("edit", "--tuned", one, "--out", folder / "edited-lora")
        close(f"{name}, edited", logits(folder / "edited"), logits(base, folder / "edited-lora"))
        recipe = folder / "recipe.yml"
        recipe.write_text(json.dumps({
            "merge_method": "task_arithmetic", "base_model": str(base), "lines": {"alpha": 0.2, "beta": 0.7},
            "models": [{"model": str(m), "parameters": {"weight": w}} for m, w in ((one, 0.8), (two, 0.5))]}))
        lines("merge", recipe, folder / "merged")
        lines("merge", recipe, folder / "merged-lora", "--as", "adapter")
        merged = logits(folder / "merged")
        close(f"{name}, merged", merged, logits(base, folder / "merged-lora"))
        lines("extract", "--base", base, "--tuned", folder / "merged", "--out", folder / "lora", "--rank", "16")
        close(f"{name}, extracted", merged, logits(base, folder / "lora"), 2e-4)
        lines("merge", recipe, folder / "cut-lora", "--as", "adapter", "--rank", "3")
        lines("convert", f"{base}+{folder / 'cut-lora'}", folder / "cut")
        close(f"{name}, rank 3", logits(folder / "cut"), logits(base, folder / "cut-lora"))


DECODER = dict(vocab_size=96, hidden_size=16, intermediate_size=24, num_hidden_layers=4, num_attention_heads=4)
GROUPED = DECODER | dict(num_key_value_heads=2)
T5 = dict(vocab_size=96, d_model=16, d_kv=4, d_ff=24, num_layers=3, num_heads=4)
BART = dict(vocab_size=96, d_model=16, encoder_layers=3, decoder_layers=3, encoder_attention_heads=4, decoder_attention_heads=4,
            encoder_ffn_dim=24, decoder_ffn_dim=24, max_position_embeddings=32)
MOE = dict(num_experts=4, num_experts_per_tok=2)
GPT2 = dict(vocab_size=96, n_embd=16, n_layer=3, n_head=4, n_positions=32)
IMAGES = dict(hidden_size=16, num_hidden_layers=3, num_attention_heads=2, intermediate_size=24, image_size=8, patch_size=4)
SPEECH = dict(num_mel_bins=8, max_source_positions=20, max_target_positions=20, pad_token_id=0, bos_token_id=1, eos_token_id=2,
              decoder_start_token_id=1)
CLIP = dict(
    text_config=DECODER | dict(max_position_embeddings=32, eos_token_id=11, projection_dim=8),
    vision_config=IMAGES | dict(projection_dim=8), projection_dim=8)
NOT_BARE = r"^(?!.*(logit_scale|class_embedding)).*$"
NO_PREFIX = (r"^transformer\.", "")
OLD_NORMS = (r"LayerNorm\.weight", "LayerNorm.gamma")

# name, class, configuration's class, configuration, parameters that change, what files have otherwise
EXTRACTED = [
    ("llama", "LlamaForCausalLM", "LlamaConfig", GROUPED, ".", None),
    ("llama, tied", "LlamaForCausalLM", "LlamaConfig", GROUPED | dict(tie_word_embeddings=True), ".", None),
    ("llama, norms alone", "LlamaForCausalLM", "LlamaConfig", GROUPED, "norm", None),
    ("llama, embedding alone", "LlamaForCausalLM", "LlamaConfig", GROUPED | dict(tie_word_embeddings=True), "embed", None),
    ("llama without head", "LlamaModel", "LlamaConfig", GROUPED, "norm|q_proj", None),
    ("gpt2", "GPT2LMHeadModel", "GPT2Config", GPT2, ".", None),
    ("gpt2 as on the Hub", "GPT2LMHeadModel", "GPT2Config", GPT2, ".", NO_PREFIX),
    ("opt", "OPTForCausalLM", "OPTConfig",
     dict(vocab_size=96, hidden_size=16, ffn_dim=24, num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=32,
          word_embed_proj_dim=16), ".", None),
    ("bert", "BertForMaskedLM", "BertConfig", DECODER, ".", None),
    ("bert, first names", "BertForMaskedLM", "BertConfig", DECODER, "encoder.*weight|LayerNorm.weight", OLD_NORMS),
    ("roberta", "RobertaForMaskedLM", "RobertaConfig", DECODER, ".", None),
    ("distilbert", "DistilBertForMaskedLM", "DistilBertConfig", dict(vocab_size=96, dim=16, n_layers=3, n_heads=4, hidden_dim=24), ".", None),
    ("t5", "T5ForConditionalGeneration", "T5Config", T5, ".", None),
    ("mt5", "MT5ForConditionalGeneration", "MT5Config", T5 | dict(tie_word_embeddings=False), ".", None),
    ("bart", "BartForConditionalGeneration", "BartConfig", BART, ".", None),
    ("whisper", "WhisperForConditionalGeneration", "WhisperConfig",
     BART | SPEECH, ".", None),
    ("whisper's encoder", "WhisperForAudioClassification", "WhisperConfig", BART | SPEECH, ".", None),
    ("mixtral", "MixtralForCausalLM", "MixtralConfig", GROUPED | dict(num_local_experts=4, num_experts_per_tok=2), ".", None),
    ("qwen3_moe", "Qwen3MoeForCausalLM", "Qwen3MoeConfig", GROUPED | MOE | dict(moe_intermediate_size=8, head_dim=4), ".", None),
    ("olmoe", "OlmoeForCausalLM", "OlmoeConfig", GROUPED | MOE, ".", None),
    ("gpt_neox", "GPTNeoXForCausalLM", "GPTNeoXConfig", DECODER, ".", None),
    ("vit", "ViTForImageClassification", "ViTConfig", IMAGES, ".", None),
    ("deit", "DeiTForImageClassification", "DeiTConfig", IMAGES, ".", None),
    ("dinov2", "Dinov2ForImageClassification", "Dinov2Config", IMAGES, "encoder.layer.*dense|attention|mlp|classifier", None),
    ("swin", "SwinForImageClassification", "SwinConfig",
     dict(image_size=8, patch_size=2, embed_dim=8, depths=[1, 2], num_heads=[1, 2], window_size=2), ".", None),
    ("segformer", "SegformerForImageClassification", "SegformerConfig",
     dict(hidden_sizes=[8, 8, 16, 16], depths=[1, 1, 1, 1], num_attention_heads=[1, 1, 2, 2], decoder_hidden_size=16), ".", None),
    ("clip", "CLIPModel", "CLIPConfig", CLIP, NOT_BARE, None),
    ("clip's images", "CLIPVisionModel", "CLIPVisionConfig", IMAGES, NOT_BARE, None),
    ("llava", "LlavaForConditionalGeneration", "LlavaConfig",
     dict(text_config=GROUPED | dict(model_type="llama"), vision_config=IMAGES | dict(model_type="clip_vision_model", projection_dim=8)),
     NOT_BARE, None),
    ("qwen2_vl", "Qwen2VLForConditionalGeneration", "Qwen2VLConfig",
     dict(text_config=GROUPED | dict(rope_scaling=dict(type="mrope", mrope_section=[1, 1, 0])),
          vision_config=dict(depth=2, embed_dim=16, hidden_size=16, num_heads=2, mlp_ratio=2, patch_size=4)), ".", None),
]


def answer(model):
    kind = model.config.model_type
    words = {}
    if getattr(model, "main_input_name", "input_ids") == "pixel_values" or kind == "clip":
        size = 32 if kind == "segformer" else 8
        words["pixel_values"] = torch.linspace(-1, 1, 2 * 3 * size * size).reshape(2, 3, size, size)
    if model.config.is_encoder_decoder:
        words["decoder_input_ids"] = WORDS
    if kind == "whisper":
        words["input_features"] = torch.linspace(-1, 1, 2 * 8 * 40).reshape(2, 8, 40)
        if "AudioClassification" in str(model.config.architectures):
            del words["decoder_input_ids"]
    elif kind == "clip" or not words or model.config.is_encoder_decoder:
        words["input_ids"] = WORDS
    if type(model).__name__ == "T5ForSequenceClassification":  # reads the last token, which ends a text
        words = {"input_ids": torch.cat([WORDS[:, 2:], torch.ones(2, 1, dtype=torch.long)], 1)}
    with torch.no_grad():
        return model.eval()(**words)[0]


def check_extracted(name, model_class, config_class, config, changed, renamed):
    make_model = getattr(transformers, model_class)
    with tempfile.TemporaryDirectory() as place:
        base, tuned, lora = (Path(place) / part for part in ("base", "tuned", "lora"))
        torch.manual_seed(1)
        model = make_model(getattr(transformers, config_class)(**config))
        model.save_pretrained(base)
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if re.search(changed, key):
                    parameter.add_(torch.randn(parameter.shape) * 0.05)
        model.save_pretrained(tuned)
        wanted = answer(model)
        for folder in (base, tuned) if renamed else ():
            weights = {re.sub(*renamed, key): value for key, value in load_file(folder / "model.safetensors").items()}
            save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        lines("extract", "--base", base, "--tuned", tuned, "--out", lora, "--rank", "64")
        adapted = PeftModel.from_pretrained(make_model.from_pretrained(base), lora)
        close(f"{name}, extracted", wanted, answer(adapted))
        close(f"{name}, extracted and merged by PEFT", wanted, answer(adapted.merge_and_unload()))
        lines("convert", f"{base}+{lora}", Path(place) / "whole")
        close(f"{name}, extracted and merged by lines", wanted, answer(make_model.from_pretrained(Path(place) / "whole")))


def check_tied(saved):
    """Of a model whose head is its embedding, adapters that replace one of them, or both: PEFT makes two."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = LlamaConfig(**(GROUPED | dict(tie_word_embeddings=True)))
        make(f"tied, {saved}", config, ["q_proj", "up_proj"], folder, {"modules_to_save": saved})
        base, lora = folder / "base", folder / "lora2"
        lines("convert", f"{base}+{lora}", folder / "whole")
        close(f"tied, replaced {', '.join(saved)}", logits(folder / "whole"), logits(base, lora))
        lines("edit", "--base", base, "--tuned", lora, "--out", folder / "edited")
        lines("edit", "--base", base, "--tuned", lora, "--out", folder / "scaled", "--as", "adapter")
        close(f"tied, edited {', '.join(saved)}", logits(folder / "edited"), logits(base, folder / "scaled"))


def headed():
    """Classes of models with heads that their bases lack, or have for other labels, each with a base, modules that an adapter changes, and labels."""
    llama = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=96, pad_token_id=0)
    bert = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, vocab_size=96)
    distilled = dict(dim=32, hidden_dim=48, n_layers=2, n_heads=4, vocab_size=96)
    vit = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, image_size=8, patch_size=4)
    t5 = dict(d_model=32, d_ff=48, d_kv=8, num_layers=2, num_heads=4, vocab_size=96, decoder_start_token_id=0)
    gpt2 = dict(n_embd=32, n_layer=2, n_head=4, vocab_size=96, pad_token_id=0)
    t = transformers
    return [
        (t.LlamaForCausalLM, t.LlamaForSequenceClassification, t.LlamaConfig(**llama, tie_word_embeddings=False), ["q_proj", "v_proj"], 5),
        (t.Qwen2ForCausalLM, t.Qwen2ForTokenClassification, t.Qwen2Config(**llama, tie_word_embeddings=True), ["q_proj", "v_proj"], 2),
        (t.Qwen3Model, t.Qwen3ForSequenceClassification, t.Qwen3Config(**llama), ["q_proj", "v_proj"], 1),
        (t.GPT2LMHeadModel, t.GPT2ForSequenceClassification, t.GPT2Config(**gpt2), ["c_attn"], 3),
        (t.BertModel, t.BertForSequenceClassification, t.BertConfig(**bert), ["query", "value"], 3),
        (t.BertForMaskedLM, t.BertForTokenClassification, t.BertConfig(**bert), ["query", "value"], 7),
        (t.BertForMaskedLM, t.BertForQuestionAnswering, t.BertConfig(**bert), ["query", "value"], 2),
        (t.BertForSequenceClassification, t.BertForSequenceClassification, t.BertConfig(**bert, num_labels=5), ["query", "value"], 3),
        (t.RobertaForSequenceClassification, t.RobertaForTokenClassification, t.RobertaConfig(**bert, num_labels=5), ["query", "value"], 3),
        (t.RobertaForMaskedLM, t.RobertaForSequenceClassification, t.RobertaConfig(**bert), ["query", "value"], 2),
        (t.DistilBertForMaskedLM, t.DistilBertForSequenceClassification, t.DistilBertConfig(**distilled), ["q_lin", "v_lin"], 4),
        (t.T5ForConditionalGeneration, t.T5ForSequenceClassification, t.T5Config(**t5), ["q", "v"], 3),
        (t.ViTModel, t.ViTForImageClassification, t.ViTConfig(**vit), ["q_proj", "v_proj"], 4),
    ]


HEADS = {"T5ForSequenceClassification": ["classification_head"]}


def check_headed(base_class, task_class, config, targets, labels):
    """Adapters that bring a head which their base lacks."""
    tasks = {"SequenceClassification": "SEQ_CLS", "TokenClassification": "TOKEN_CLS", "QuestionAnswering": "QUESTION_ANS"}
    with tempfile.TemporaryDirectory() as place:
        base, lora, whole = (Path(place) / part for part in ("base", "lora", "whole"))
        torch.manual_seed(4)
        base_class(config).save_pretrained(base)
        model = task_class.from_pretrained(base, num_labels=labels, ignore_mismatched_sizes=True)
        task = tasks.get(task_class.__name__.split("For")[1])
        tuned = get_peft_model(model, LoraConfig(
            r=4, target_modules=targets, task_type=task, init_lora_weights=False, modules_to_save=HEADS.get(task_class.__name__, None if task else ["classifier"])))
        tuned.save_pretrained(lora)
        wanted = answer(tuned.merge_and_unload())
        lines("convert", f"{base}+{lora}", whole)
        made, report = task_class.from_pretrained(whole, output_loading_info=True)
        assert not report["missing_keys"] and not report["mismatched_keys"], report
        assert made.config.architectures == [task_class.__name__] and made.config.num_labels == labels, made.config
        close(f"{task_class.__name__} on {base_class.__name__}", wanted, answer(made))
        if "T5" not in task_class.__name__ and "For" + task_class.__name__.split("For")[1] not in base_class.__name__ and task:
            check_head_extracted(base, whole, Path(place) / "extracted", task_class, labels, wanted)


def check_head_extracted(base, tuned, lora, task_class, labels, wanted):
    """The head of a tuned model that its base lacks, in an extracted adapter."""
    lines("extract", "--base", base, "--tuned", tuned, "--rank", "8", "--out", lora)
    opened = task_class.from_pretrained(base, num_labels=labels, ignore_mismatched_sizes=True)
    close(f"{task_class.__name__} extracted", wanted, answer(PeftModel.from_pretrained(opened, lora).merge_and_unload()))


def main():
    llama = LlamaConfig(vocab_size=96, hidden_size=48, intermediate_size=80, num_hidden_layers=4, num_attention_heads=4,
                        num_key_value_heads=2, tie_word_embeddings=False)
    check("llama", llama, ["q_proj", "v_proj", "down_proj"], {"modules_to_save": ["lm_head"]})
    gpt2 = GPT2Config(vocab_size=96, n_embd=48, n_layer=3, n_head=4, n_positions=32)
    check("gpt2", gpt2, ["c_attn", "c_proj"], {"bias": "lora_only"})
    for saved in ["lm_head"], ["embed_tokens"], ["lm_head", "embed_tokens"]:
        check_tied(saved)
    for case in headed():
        check_headed(*case)
    for case in EXTRACTED:
        check_extracted(*case)


if __name__ == "__main__":
    main()
