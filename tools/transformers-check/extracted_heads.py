"""Has PEFT load what `lines extract` makes of models whose head their base lacks, and compares logits with those of the tuned model.

Bases are language models (tied and not) and encoders (with masked heads, poolers, and bare); tuned models are classifiers of texts and of tokens
and models that answer questions, whose layers moved by a few directions each, so that the adapter holds all of it. What `lines convert` makes of
base and adapter is loaded, too. Usage: python extracted_heads.py
"""

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch
from peft import PeftModel
from transformers import (
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    DebertaV2Config,
    DebertaV2ForMaskedLM,
    DistilBertConfig,
    DistilBertForMaskedLM,
    LlamaConfig,
    LlamaForCausalLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    RobertaConfig,
    RobertaForMaskedLM,
    logging,
)

warnings.filterwarnings("ignore")
logging.set_verbosity_error()
LINES = Path(__file__).resolve().parents[2] / "lines"
SIZES = dict(
    vocab_size=50,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=40,
    pad_token_id=0,
)
TEXT, TOKENS, ANSWERS = AutoModelForSequenceClassification, AutoModelForTokenClassification, AutoModelForQuestionAnswering
MODERN = dict(bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2)
PAIRS = {
    "llama, tied": (lambda: LlamaForCausalLM(LlamaConfig(**SIZES, tie_word_embeddings=True)), TEXT, 1),
    "llama": (lambda: LlamaForCausalLM(LlamaConfig(**SIZES)), TEXT, 3),
    "qwen2, tokens": (
        lambda: Qwen2ForCausalLM(Qwen2Config(**SIZES, num_key_value_heads=2, tie_word_embeddings=True)),
        TOKENS,
        5,
    ),
    "bert": (lambda: BertModel(BertConfig(**SIZES)), TEXT, 3),
    "bert, masked": (lambda: BertForMaskedLM(BertConfig(**SIZES)), TEXT, 3),
    "bert without pooler, tokens": (lambda: BertModel(BertConfig(**SIZES), add_pooling_layer=False), TOKENS, 4),
    "bert, answers": (lambda: BertForMaskedLM(BertConfig(**SIZES)), ANSWERS, None),
    "roberta": (lambda: RobertaForMaskedLM(RobertaConfig(**SIZES)), TEXT, 3),
    "modernbert": (lambda: ModernBertForMaskedLM(ModernBertConfig(**SIZES, **MODERN)), TEXT, 3),
    "deberta": (lambda: DebertaV2ForMaskedLM(DebertaV2Config(**SIZES)), TEXT, 3),
    "distilbert": (
        lambda: DistilBertForMaskedLM(
            DistilBertConfig(vocab_size=50, dim=16, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=40)
        ),
        TEXT,
        2,
    ),
}


def lines(*words):
    run = subprocess.run([str(LINES), *map(str, words)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def tune(model):
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.dim() == 2 and "embed" not in name:
                weights += 0.02 * torch.randn(weights.shape[0], 3) @ torch.randn(3, weights.shape[1])
            else:
                weights += 0.02 * torch.randn_like(weights)


def compare(folder, base, kind, labels):
    sizes = {} if labels is None else {"num_labels": labels}
    base().save_pretrained(folder / "base")
    tuned = kind.from_pretrained(folder / "base", **sizes).eval()
    tune(tuned)
    tuned.save_pretrained(folder / "tuned")
    lines("extract", "--base", folder / "base", "--tuned", folder / "tuned", "--rank", 16, "--out", folder / "adapter")
    lines("convert", f"{folder / 'base'}+{folder / 'adapter'}", folder / "again")
    text = torch.randint(3, 50, (2, 9))
    with torch.no_grad():
        expected = tuned(input_ids=text)[0]
        opened = kind.from_pretrained(folder / "base", **sizes)
        adapted = PeftModel.from_pretrained(opened, folder / "adapter").eval()(input_ids=text)[0]
        again = kind.from_pretrained(folder / "again").eval()(input_ids=text)[0]
    return max((expected - found).abs().max().item() for found in (adapted, again))


def main():
    torch.manual_seed(0)
    wrong = 0
    for name, (base, kind, labels) in PAIRS.items():
        with tempfile.TemporaryDirectory() as folder:
            difference = compare(Path(folder), base, kind, labels)
        wrong += difference > 1e-5
        print(f"{name:30} {difference:.1e} {'WRONG' if difference > 1e-5 else 'equal'}", flush=True)
    print(f"{len(PAIRS) - wrong} of {len(PAIRS)} equal")
    sys.exit(wrong > 0)


main()
