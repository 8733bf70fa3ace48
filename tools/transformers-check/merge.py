"""Merges small models that `transformers` saved, compares with PyTorch, and lets the results speak.

For each case of check.py: a base and two tuned models, `./lines merge` by task arithmetic with `lines:`, the same in PyTorch.
Weights and outputs must be equal bit for bit, `from_pretrained` must find every weight, and what can generate must do so.
Then layers stacked by `passthrough`, models of which one knows more words, and the recipes of models whose vocabularies differ: the tokenizer must number the
tokens as worked out by tools/vocabulary-goldens, and text must be generated. Usage: python merge.py [NAME ...]
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

import check

ALPHA, BETA, WEIGHTS = check.ALPHA, check.BETA, (0.5, 0.75)
VOCABULARIES = Path(__file__).resolve().parents[2] / "core/src/test/resources/vocabularies"


def make(case, folder, seed):
    torch.manual_seed(seed)
    model = case.auto.from_config(case.config).to(case.dtype)
    model.save_pretrained(folder / "base", max_shard_size=case.shard)
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    for which in ("one", "two"):
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(start[name] + torch.randn(parameter.shape).mul(0.02).to(case.dtype))
        model.save_pretrained(folder / which, max_shard_size=case.shard)


def merge(recipe, out):
    run = subprocess.run([check.LINES, "merge", recipe, out, "--json"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def merged(case, folder):
    """The same merge in PyTorch, on what is stored."""
    base, *tuned = (check.stored(folder / which) for which in ("base", "one", "two"))
    result = {}
    for name, start in base.items():
        b, update = start.float(), torch.zeros(start.shape)
        for weight, model in zip(WEIGHTS, tuned):
            update = update + (model[name].float() - b) * weight
        result[name] = (b + update * check.factor(case, name)).to(start.dtype)
    return result


def generate(case, model):
    if not model.can_generate():
        return "no text"
    inputs = {key: value for key, value in case.inputs().items() if not key.startswith("decoder")}
    # transformers 5.18 sizes the cache by the encoder, which has one layer less here
    start = dict(decoder_start_token_id=0, use_cache=False) if model.config.is_encoder_decoder else {}
    tokens = model.generate(**inputs, **start, max_new_tokens=4, min_new_tokens=4, do_sample=False)
    return f"wrote {tokens[0, -4:].tolist()}"


def check_merge(name, case, folder):
    make(case, folder, seed=len(name))
    (folder / "recipe.yml").write_text(
        f"merge_method: task_arithmetic\nbase_model: base\nlines: {{alpha: {ALPHA}, beta: {BETA}}}\nmodels:\n"
        + "".join(f"- {{model: {m}, parameters: {{weight: {w}}}}}\n" for m, w in zip(("one", "two"), WEIGHTS))
    )
    merge(folder / "recipe.yml", folder / "out")
    expected, found = merged(case, folder), check.stored(folder / "out")
    assert expected.keys() == found.keys(), expected.keys() ^ found.keys()
    for key in expected:
        assert check.same_bits(expected[key], found[key]), f"{key}: differs from PyTorch"
    model = check.load(case, folder / "out")
    assert model.dtype == case.dtype
    assert all(torch.isfinite(value.float()).all() for value in check.outputs(case, model))
    return f"{len(found)} tensors equal, {generate(case, model)}"


def check_stack(name, case, folder):
    make(case, folder, seed=3)
    (folder / "recipe.yml").write_text(
        "merge_method: passthrough\nslices:\n- sources: [{model: one, layer_range: [0, 4]}]\n"
        "- sources: [{model: two, layer_range: [2, 5]}]\n"
    )
    merge(folder / "recipe.yml", folder / "out")
    model = check.load(case, folder / "out")
    assert model.config.num_hidden_layers == 7, model.config
    return f"{model.config.num_hidden_layers} layers, {generate(case, model)}"


def words(count):
    """A tokenizer of so many words, of which those from 64 on were added."""
    fast = Tokenizer(WordLevel({f"w{i}": i for i in range(64)}, unk_token="w0"))
    fast.add_tokens([f"w{i}" for i in range(64, count)])
    return PreTrainedTokenizerFast(tokenizer_object=fast, unk_token="w0")


def check_grown(name, case, folder):
    """A model that knows six words more: where only it has them, the merge has its rows."""
    torch.manual_seed(len(name))
    for which, count in (("base", 64), ("grown", 70)):
        model = case.auto.from_config(case.config).to(case.dtype)
        model.resize_token_embeddings(count)
        model.save_pretrained(folder / which)
        words(count).save_pretrained(folder / which)
    (folder / "recipe.yml").write_text(
        "merge_method: linear\nmodels: [{model: base}, {model: grown}]\ntokenizer: {source: union, pad_to_multiple_of: 8}\n"
    )
    merge(folder / "recipe.yml", folder / "out")
    base, grown, found = (check.stored(folder / which) for which in ("base", "grown", "out"))
    followed = [key for key in found if found[key].shape[:1] == (72,)]
    assert followed, "no tensor has a row for each token"
    for key in followed:
        assert torch.equal(found[key][64:70], grown[key][64:]), f"{key}: rows of new words"
        mean = (base[key].float() + grown[key][:64].float()) / 2
        assert torch.equal(found[key][:64], mean.to(found[key].dtype)), f"{key}: rows of known words"
    model = check.load(case, folder / "out")
    assert model.get_input_embeddings().weight.shape[0] == model.config.get_text_config().vocab_size == 72
    return f"{', '.join(followed)} followed, {generate(case, model)}"


def check_vocabulary(name, folder):
    merge(VOCABULARIES / f"{name}.yml", folder / "out")
    tokenizer = AutoTokenizer.from_pretrained(folder / "out")
    assert tokenizer.get_vocab() == json.loads((VOCABULARIES / f"{name}.vocab.json").read_text())
    model, info = AutoModelForCausalLM.from_pretrained(folder / "out", output_loading_info=True)
    assert not any(info.values()), info
    assert model.config.vocab_size == model.get_input_embeddings().weight.shape[0] >= len(tokenizer)
    tokens = tokenizer("the cat sat on the state", return_tensors="pt")
    text = tokenizer.decode(model.generate(**tokens, max_new_tokens=4, do_sample=False)[0])
    return f"{len(tokenizer)} tokens, {model.config.vocab_size} rows, wrote {text!r}"


def main(names):
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    print(f"transformers {transformers.__version__}, torch {torch.__version__}")
    cases = {name: lambda folder, n=name, c=case: check_merge(n, c, folder) for name, case in check.CASES.items() if not case.options}
    cases["stack"] = lambda folder: check_stack("stack", check.CASES["llama-bfloat16"], folder)
    for name in ("llama-float32", "llama-bfloat16-sharded-tied", "gpt2", "bert", "t5", "mixtral"):
        cases[f"grown-{name}"] = lambda folder, n=name: check_grown(n, check.CASES[n], folder)
    for recipe in sorted(VOCABULARIES.glob("*.yml")):
        cases[f"vocabulary-{recipe.stem}"] = lambda folder, n=recipe.stem: check_vocabulary(n, folder)
    failed = 0
    for name in names or cases:
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"ok    {name:28} {cases[name](Path(folder))}")
            except Exception as e:
                failed += 1
                print(f"FAILED {name}: {type(e).__name__}: {e}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
