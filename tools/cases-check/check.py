"""Runs the commands of a folder of cases from public reports through `lines`, and checks what they make, or say.

Each case's `make.py` makes its inputs in a copy of the folder. CASES lists every command with what must stand in what it prints, its exit code,
and the tensors that PyTorch makes of the same inputs; where a class is named, transformers must load the output without a missing weight.
Usage: python check.py [CASES [LINES [ID-PREFIX ...]]]     (default: ../shared/cases beside the repository, and its own ./lines)
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

import torch
import transformers as T

import expected as E
from expected import edit, load

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Case:
    id: str
    folder: str
    command: str
    says: tuple = ()  # what must stand in what is printed
    exit: int = 0
    want: Optional[Callable] = None  # from the case's folder to the tensors that OUT must hold
    near: float = 2e-6  # how far an element may be off
    norm: float = 0.0  # or, where it is given, how far a tensor may be off in relation to its norm
    loads: str = ""  # the class of transformers that must find every weight
    also: Optional[Callable] = None  # from OUT to what else is wrong with it, or None

    def out(self):
        """The output's name: what begins with it in the command."""
        return next((word for word in self.command.split() if re.fullmatch(r"out\w*(\.\w+)?", word)), None)


# ---- further checks


def config(key, value):
    def check(out):
        found = json.loads((out / "config.json").read_text())
        for part in key.split("."):
            found = found.get(part)
        return None if found == value else f"config.json: {key} is {found}, not {value}"

    return check


def holds(*names):
    return lambda out: next((f"{name} is missing" for name in names if not (out / name).exists()), None)


def same_codes(tuned):
    """λ = 1 in the last layer copies codes and scales."""

    def check(out):
        codes = load(out.parent / tuned)
        last = {name: tensor for name, tensor in load(out).items() if "layers.3." in name}
        other = [n for n, t in last.items() if not torch.equal(t.reshape(-1).view(torch.uint8), codes[n].reshape(-1).view(torch.uint8))]
        return f"other bytes: {other}" if other or not last else None

    return check


def half_of_it_rescaled(out):
    """Half of the elements are dropped, and the sum of magnitudes stays, though a norm in float16 would be infinite."""
    for name, each in ("model.layers.0.w", 1.0), ("model.layers.1.w", 30000.0):
        tensor = load(out)[name].double()
        if len(tensor.unique()) != 2 or abs(tensor.mean().item() / each - 1) > 4e-3:
            return f"{name}: {tensor.unique().tolist()}, mean {tensor.mean().item()}"
    return None


# ---- the commands

C01, C02, C03, C04, C05, C06 = "01-tied-one-untied", "02-lora-folder", "03-vocab-resized", "04-bert-prefix", "05-sentence-transformers", "06-orig-mod"
C11, C12, C13, C16, C27, C28 = "11-vlm-prefix", "12-fp8-scales", "13-bnb-gptq", "16-moe-fused", "27-recipes", "28-hf-snapshot"
C29, C32, C34, C36, C41 = "29-fp16-overflow", "32-foreign-files", "34-slices", "36-types-sidecars", "41-vlm-slices"
CAUSAL, ANY, SPARSE, VISION = "AutoModelForCausalLM", "AutoModel", "Qwen3MoeForCausalLM", "Gemma3ForConditionalGeneration"
EDIT = "edit --base base --tuned tuned --out out"
NAMES = ("paired by names that differ",)
ROWS = ("lm_head.weight: ", "model.embed_tokens.weight: ", "differ in size")
CODES = dict(norm=0.05)  # E4M3 has three bits
NF4, GPTQ = ("quantised by bitsandbytes-4bit", "dequantise it first"), ("quantised by gptq", "dequantise it first")

CASES = [
    Case("01a edit", C01, EDIT, loads=CAUSAL, want=lambda at: E.edited(E.tied(at), load(at / "tuned")), also=config("tie_word_embeddings", False)),
    Case("01a same", C01, "edit --base base --tuned tuned_same --out out", loads=CAUSAL, want=lambda at: E.edited(E.tied(at), load(at / "tuned_same"))),
    Case("01a merge", C01, "merge r.yml out", loads=CAUSAL, want=lambda at: E.mean(E.tied(at), load(at / "tuned")), also=config("tie_word_embeddings", False)),
    Case("02a edit", C02, "edit --base base --tuned lora --out out", loads=CAUSAL, want=E.lora_edited),
    Case("02a merge", C02, "merge folder.yml out", loads=CAUSAL, want=lambda at: E.with_lora(at, 0.5)),
    Case("02b", C02, "merge plus.yml out", loads=CAUSAL, want=E.with_lora),
    Case("02c base", C02, "edit --base base --tuned lora --out out --on-mismatch base", loads=CAUSAL, want=E.lora_edited),
    Case("02c tuned", C02, "edit --base base --tuned lora --out out --on-mismatch tuned", loads=CAUSAL, want=E.lora_edited),
    Case("02c swapped", C02, "edit --base lora --tuned base --out out", ("a LoRA adapter", "MODEL+lora"), 3),
    Case("03a edit", C03, EDIT, (*ROWS, "tokenizer.json"), 3),
    Case("03a merge", C03, "merge r.yml out", (*ROWS, "tokenizer_source"), 3),
    Case("03a swapped", C03, "edit --base tuned --tuned base --out out", (*ROWS, "tokenizer.json"), 3),
    Case("03a words", C03, "edit --base base_words --tuned tuned_words --out out", loads=CAUSAL, want=E.longer, also=config("vocab_size", 104)),
    Case("04a edit", C04, "edit --base a --tuned b --out out", (*NAMES, "'bert.' in front"), loads=ANY, want=edit("a", "b", 3, [("^", "bert.")])),
    Case("04a merge", C04, "merge ab.yml out", NAMES, loads=ANY, want=E.bert_ties, near=1e-3),
    Case("04b edit", C04, "edit --base a --tuned c --out out", ("pooler (2 tensors): only in a, left out of the output",), want=edit("a", "c", 3)),
    Case("04b kept", C04, "edit --base a --tuned c --out out --on-mismatch tuned", want=edit("a", "c", 3)),
    Case("04b back", C04, "edit --base c --tuned a --out out", ("pooler (2 tensors): only in a, kept as there",), want=edit("c", "a", 3)),
    Case("04b merge", C04, "merge ac.yml out", ("2 of 55 tensors", "pooler.dense.weight: missing in c"), 3),
    Case("05b", C05, EDIT, ("2_Dense: copied as it is",), loads=ANY, want=edit("base", "tuned", 3), also=holds("modules.json", "1_Pooling/config.json", "2_Dense/model.safetensors")),
    *(
        Case(f"06{kind} {tuned}", C06, f"edit --base base --tuned tuned_{tuned} --out out{option}", (*NAMES, f"'{prefix}' in front"), want=edit("base", "tuned_" + tuned, 4, [("^", prefix)]))
        for tuned, prefix in (("orig", "_orig_mod."), ("ddp", "module."), ("both", "_orig_mod.module."))
        for kind, option in (("a", ""), ("b", " --on-mismatch tuned"))
    ),
    Case("11a", C11, "edit --base old --tuned new --out out", NAMES, want=edit("old", "new", 4, E.TO_NEW, E.LANGUAGE)),
    Case("11a back", C11, "edit --base new --tuned old --out out", NAMES, want=edit("new", "old", 4, E.TO_OLD, E.LANGUAGE)),
    Case("11a thrice", C11, "edit --base new --tuned trip --out out", NAMES, want=edit("new", "trip", 4, E.TO_THRICE, E.LANGUAGE)),
    Case("11a part", C11, "edit --base text --tuned new --out out", NAMES, want=edit("text", "new", 4, E.TO_PART, E.LANGUAGE)),
    Case("11a merge", C11, "merge r.yml out", NAMES, want=E.vision_and_text),
    Case("11a slices", C11, "merge pass.yml out", want=E.stacked("new", (0, 1, 2, 1, 2, 3), E.LANGUAGE, torch.bfloat16), also=config("text_config.num_hidden_layers", 6)),
    Case("12a", C12, EDIT, want=E.plain_edit("base", "tuned"), also=same_codes("tuned"), **CODES),
    Case("12a blocks", C12, "edit --base blockb --tuned blockt --out out", want=E.plain_edit("blockb", "blockt"), also=same_codes("blockt"), **CODES),
    Case("12a mismatch", C12, EDIT + " --on-mismatch tuned", want=E.plain_edit("base", "tuned"), **CODES),
    Case("12a merge", C12, "merge lin.yml out", want=lambda at: E.mean(E.dequantised(at, "base"), E.dequantised(at, "tuned")), **CODES),
    Case("12a plain tuned", C12, "edit --base base --tuned bf16 --out out", want=E.plain_edit("base", "bf16"), **CODES),
    Case("12a plain base", C12, "edit --base bf16 --tuned tuned --out out", want=E.plain_edit("bf16", "tuned"), near=4e-3),
    Case("12c", C12, "diff base tuned", ("0.7996  0.781305",)),
    Case("12 inspect", C12, "inspect base", ("FP8 by tensor",)),
    *(
        Case(f"13 {command.split()[0]} {base} {tuned}", C13, command.format(base, tuned), says, 3)
        for base, tuned, says in (("bnb_b", "bnb_t", NF4), ("gptq_b", "gptq_t", GPTQ), ("base", "bnb_t", NF4), ("gptq_b", "base", GPTQ))
        for command in ("edit --base {} --tuned {} --out out", "edit --base {} --tuned {} --out out --on-mismatch tuned", "diff {} {}")
    ),
    Case("13 inspect", C13, "inspect bnb_b", ("bitsandbytes-4bit",)),
    Case("16", C16, EDIT, loads=SPARSE, want=edit("base", "tuned", 3)),
    Case("16a", C16, "edit --base base --tuned tuned_fused --out out", NAMES, loads=SPARSE, want=lambda at: E.edited(E.packed(load(at / "base")), load(at / "tuned_fused"), 3)),
    Case("16a back", C16, "edit --base tuned_fused --tuned base --out out", NAMES, loads=SPARSE, want=edit("tuned", "base", 3)),
    Case("27a", C27, "merge moe.yml out", ("a file for mergekit-moe", "'gate_mode'"), 2),
    Case("27b", C27, "merge mega.yml out", loads=CAUSAL, want=E.two_stages),
    Case("27c once", C27, "merge once.yml out", loads=CAUSAL, want=E.recipe_ties((0.5, 0.3), (0.5, 0.5))),
    Case("27c twice", C27, "merge twice.yml out", loads=CAUSAL, want=E.recipe_ties((0.5, 0.3), (0.5, 0.5))),
    Case("27d", C27, "merge hubdict.yml out", loads=CAUSAL, want=lambda at: E.mean(*E.two(at))),
    Case("27e", C27, "merge embed.yml out", ("embed_slerp",), loads=CAUSAL, want=E.embed_slerp),
    Case("27f anchors", C27, "merge anchors.yml out", loads=CAUSAL, want=E.recipe_ties((1, 0.5), (1, 0.2))),
    Case("27f anchors2", C27, "merge anchors2.yml out", loads=CAUSAL, want=E.recipe_ties((1, 0.5), (1, 0.2))),
    Case("27f anchors3", C27, "merge anchors3.yml out", loads=CAUSAL, want=E.recipe_ties((1, 0.5), (1, 0.5))),
    Case("27f bom", C27, "merge bom.txt out", loads=CAUSAL, want=lambda at: load(at / "a")),
    Case("27f lists", C27, "merge lists.yml out", loads=CAUSAL, want=E.recipe_lists, near=4e-3),
    Case("27f python", C27, "merge python.yml out", loads=CAUSAL, want=E.python_weights),
    Case("27f tabs", C27, "merge tabs.yml out", ("tabs.yml:3: not YAML", "indentation"), 2),
    Case("27f negrange", C27, "merge negrange.yml out", ("negrange.yml:5: unknown key 'weight'", "parameters"), 2),
    Case("27f slash", C27, "merge slash.yml out", ("~/none: there is no such model",), 3),
    Case("27f win", C27, "merge win.yml out", ("D:/models/a: there is no such model",), 3),
    Case("27f hub", C27, "merge hub.yml out", ("hf://mistralai/Mistral-7B-v0.1: ", "HF_HUB_OFFLINE"), 3),
    Case("27f hubrev", C27, "merge hubrev.yml out", ("hf://mistralai/Mistral-7B-v0.1: ", "HF_HUB_OFFLINE"), 3),
    Case("27f slices", C27, "merge sliceslerp.yml out", ("there is no tokenizer.json to take",), 3),
    Case("28a merge", C28, "merge r.yml out", loads=CAUSAL, want=E.snapshot_ties, also=holds("tokenizer.json")),
    Case("28a edit", C28, "edit --base hub/models--acme--tiny/snapshots/0123abc --tuned tuned --out out", loads=CAUSAL, want=edit("hub/models--acme--tiny/snapshots/0123abc", "tuned")),
    Case("28b", C28, "edit --base hub/models--acme--tiny --tuned tuned --out out", ("a cache of the Hugging Face hub", "name one of them, such as hub/models--acme--tiny/snapshots/0123abc"), 3),
    Case("28b root", C28, "edit --base hub --tuned tuned --out out", ("a cache of the Hugging Face hub", "name one of them, such as hub/models--acme--tiny/snapshots/0123abc"), 3),
    Case("29a norm", C29, "merge norm.yml out.safetensors", also=half_of_it_rescaled),
    Case("29a probability", C29, "merge prob.yml out.safetensors", also=half_of_it_rescaled),
    Case("29b edit", C29, "edit --base binf.safetensors --tuned tinf.safetensors --out out.safetensors", ("model.layers.0.w: 1 NaN and 1 infinite of 400", "model.layers.1.w: 1 infinite of 400"), want=edit("binf.safetensors", "tinf.safetensors", 2)),
    Case("29b diff", C29, "diff binf.safetensors tinf.safetensors", ("model.layers.0.w: of 400 elements", "tuned 1 and 1; left out of the figures")),
    Case("32a pt", C32, "edit --base zs.pt --tuned ft.pt --out out.pt", want=edit("zs.pt", "ft.pt")),
    Case("32a ckpt", C32, "edit --base m.ckpt --tuned base --out out", loads=CAUSAL, want=edit("m.ckpt", "base")),
    Case("32a gguf", C32, "edit --base m.gguf --tuned m.gguf --out out", ("m.gguf: it holds no tensors",), 3),
    Case("32b", C32, "edit --base bin --tuned binshard --out out", want=edit("bin", "binshard")),
    Case("32c", C32, "edit --base base_sd.safetensors --tuned kohya.safetensors --out out", ("a LoRA of kohya's sd-scripts",), 3),
    Case("32c mismatch", C32, "edit --base base_sd.safetensors --tuned kohya.safetensors --out out --on-mismatch base", ("a LoRA of kohya's sd-scripts",), 3),
    Case("32d", C32, "edit --base oc_b --tuned oc_t --out out", want=edit("oc_b", "oc_t", 3), also=holds("open_clip_model.safetensors", "open_clip_config.json")),
    Case("32e", C32, "edit --base base --tuned nested --out out", ("checkpoint-100, checkpoint-200",), 3),
    Case("34a condense", C34, "merge condense.yml out", loads=CAUSAL, want=E.condensed, also=config("num_hidden_layers", 2)),
    Case("34a uneven", C34, "merge uneven.yml out", ("equally many layers, found [1, 2, 1]",), 2),
    Case("34a zero", C34, "merge zero.yml out", ("layer_range", "[0, 0]"), 2),
    Case("34c jamba", C34, "merge jamba.yml out", ("attn_layer_period", "multiples of 2"), 3),
    Case("34c dsv2", C34, "merge dsv2.yml out", ("first_k_dense_replace", "only at the beginning"), 3),
    Case("34c dsv2cut", C34, "merge dsv2cut.yml out", loads=CAUSAL, want=E.stacked("../23-hybrids/dsv2_a", (1, 2, 3)), also=config("first_k_dense_replace", 0)),
    Case("36a down", C36, "edit --base b32 --tuned t16 --out out", ("tensors are float32 in base",), loads=CAUSAL, want=edit("b32", "t16"), also=config("dtype", "float32")),
    Case("36a up", C36, "edit --base b16 --tuned t32 --out out", loads=CAUSAL, want=edit("b16", "t32"), near=8e-3, also=config("dtype", "bfloat16")),
    Case("36b", C36, "edit --base b32 --tuned t16 --out out", ("t16: has no tokenizer, so the output gets none, though b32 has one",)),
    Case("36c", C36, "merge of.yml out.safetensors", ("model.layers.0.w.weight: 16 infinite of 16 elements", "past the largest float16"), want=E.overflow),
    Case("36d one", C36, "edit --base one_b --tuned one_t --out out", loads=CAUSAL, want=edit("one_b", "one_t", 1)),
    Case("36d deep", C36, "edit --base deep_b.safetensors --tuned deep_t.safetensors --out out.safetensors", want=edit("deep_b.safetensors", "deep_t.safetensors", 3000)),
    Case("41 stacked", C41, "merge pass.yml out", loads=VISION, want=E.stacked("a", (0, 1, 2, 1, 2, 3), E.LANGUAGE, torch.bfloat16), also=config("text_config.num_hidden_layers", 6)),
    Case("41 slerp", C41, "merge slerp.yml out", loads=VISION, want=E.vision_slerp),
    Case("41 modules", C41, "merge modules.yml out", ("modules should be one module", "vision_tower"), 2),
]


# ---- running them


def make(cases):
    """All inputs, and those that the folder's README speaks of without a script."""
    for script in sorted(cases.glob("*/make.py")):
        run = subprocess.run([sys.executable, script.name], cwd=script.parent, capture_output=True, text=True)
        assert run.returncode == 0, f"{script}: {run.stderr[-2000:]}"
    sys.path.insert(0, str(cases))
    from common import bpe

    words = cases / C03
    for name, tokenizer in ("base", bpe(93)), ("tuned", bpe(93, [f"<new{i}>" for i in range(8)])):
        shutil.copytree(words / name, words / f"{name}_words")
        tokenizer.save_pretrained(words / f"{name}_words")
    small = dict(vocab_size=96, hidden_size=32, intermediate_size=64, num_hidden_layers=4, num_attention_heads=4, n_routed_experts=4, num_experts=2)
    kinds = dict(attn_layer_period=2, attn_layer_offset=1, expert_layer_period=2, expert_layer_offset=1)
    mamba = dict(num_key_value_heads=2, mamba_d_state=4, mamba_dt_rank=4, use_mamba_kernels=False)
    latent = dict(moe_intermediate_size=16, kv_lora_rank=8, q_lora_rank=None, qk_rope_head_dim=8, qk_nope_head_dim=8, v_head_dim=8)
    hybrids = cases / "23-hybrids"
    T.JambaForCausalLM(T.JambaConfig(**small, **kinds, **mamba)).save_pretrained(hybrids / "jamba_a")
    experts = dict(n_shared_experts=1, num_experts_per_tok=2, first_k_dense_replace=1, n_group=1, topk_group=1)
    T.DeepseekV2ForCausalLM(T.DeepseekV2Config(**small, **latent, **experts)).save_pretrained(hybrids / "dsv2_a")


def differences(case, at):
    out, wanted = load(at / case.out()), case.want(at)
    if out.keys() != wanted.keys() and case.norm:  # codes and their scales are one tensor
        out = E.dequantised(at, case.out())
    if out.keys() != wanted.keys():
        return f"names differ: {sorted(out.keys() ^ wanted.keys())[:3]}"
    for name, want in wanted.items():
        have = out[name]
        if have.shape != want.shape or (have.dtype != want.dtype and not case.norm and want.dtype != torch.float32):
            return f"{name}: {have.dtype} {list(have.shape)}, not {want.dtype} {list(want.shape)}"
        have, want = have.double(), want.double()
        if not (torch.equal(have.isnan(), want.isnan()) and torch.equal(have.isinf(), want.isinf())):
            return f"{name}: other elements are NaN or infinite"
        far = (have.nan_to_num() - want.nan_to_num()).abs()
        off = far.norm().item() / want.norm().item() if case.norm else far.max().item()
        if off > (case.norm or case.near):
            return f"{name}: off by {off:.2g}"
    return None


def loaded(case, at):
    _, info = getattr(T, case.loads).from_pretrained(at / case.out(), output_loading_info=True)
    wrong = {kind: sorted(map(str, names))[:3] for kind, names in info.items() if names and kind.endswith("_keys")}
    return f"transformers: {wrong}" if wrong else None


def wrong(case, lines, at):
    """What is not as expected, or None."""
    run = subprocess.run([lines, *shlex.split(case.command)], cwd=at, capture_output=True, text=True, timeout=120)
    said = run.stdout + run.stderr
    if run.returncode != case.exit:
        return f"exit {run.returncode}, not {case.exit}: {said[-600:]}"
    missing = [text for text in case.says if text not in said]
    if missing:
        return f"does not say {missing}: {said[-600:]}"
    out = at / (case.out() or "nothing")
    if case.exit:
        return f"{out.name} was made" if out.exists() else None
    checks = (case.want and differences, case.loads and loaded)
    found = [check(case, at) for check in checks if check] + ([case.also(out)] if case.also else [])
    return next((each for each in found if each), None)


def main():
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT.parent / "shared/cases"
    lines = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else ROOT / "lines"
    chosen = [case for case in CASES if not sys.argv[3:] or case.id.startswith(tuple(sys.argv[3:]))]
    T.logging.set_verbosity_error()
    T.utils.logging.disable_progress_bar()
    os.environ["HF_HUB_OFFLINE"] = "1"  # what is asked of the Hub ends in a message
    bad = 0
    with tempfile.TemporaryDirectory() as place:
        cases = Path(place) / "cases"
        shutil.copytree(folder, cases, copy_function=shutil.copyfile)
        for each in [cases, *cases.rglob("*")]:
            each.chmod(0o755 if each.is_dir() else 0o644)
        make(cases)
        for case in chosen:
            at = cases / case.folder
            if case.out():
                with contextlib.suppress(FileNotFoundError):
                    (shutil.rmtree if (at / case.out()).is_dir() else os.remove)(at / case.out())
            found = wrong(case, lines, at)
            bad += found is not None
            print(f"{'ok' if found is None else 'WRONG':6}{case.id:24}{case.command}" + (f"\n      {found}" if found else ""), flush=True)
    print(f"{len(chosen)} commands, {bad} not as expected")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
