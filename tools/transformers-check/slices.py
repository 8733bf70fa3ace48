"""Stacks layers of models whose configuration tells kinds of layers by list, group, count or period, and has `transformers` load what comes out.

Each output must load without a missing, unexpected or misshapen weight, hold the layers that the recipe names, bit for bit, and
compute finite logits. Usage: python slices.py
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers as t

LINES = Path(__file__).resolve().parents[2] / "lines"
SMALL = dict(vocab_size=64, hidden_size=32, intermediate_size=32, num_attention_heads=2)
TWICE = ((0, 3), (1, 4))

# name: configuration, layers that are stacked
MODELS = {
    "llama": (t.LlamaConfig(num_hidden_layers=4, num_key_value_heads=2, **SMALL), TWICE),
    "gpt2": (t.GPT2Config(vocab_size=64, n_embd=32, n_layer=4, n_head=2), TWICE),
    "bert": (t.BertConfig(num_hidden_layers=4, **SMALL), TWICE),
    "gpt-neo": (
        t.GPTNeoConfig(
            vocab_size=64,
            hidden_size=32,
            num_layers=4,
            num_heads=2,
            intermediate_size=32,
            attention_types=[[["global", "local"], 2]],
        ),
        TWICE,
    ),
    "gemma-3": (
        t.Gemma3TextConfig(
            num_hidden_layers=4,
            num_key_value_heads=1,
            head_dim=16,
            layer_types=["sliding_attention", "full_attention"] * 2,
            **SMALL,
        ),
        ((0, 2), (0, 4)),
    ),
    "qwen3-moe": (
        t.Qwen3MoeConfig(
            num_hidden_layers=4,
            num_key_value_heads=2,
            head_dim=16,
            num_experts=4,
            num_experts_per_tok=2,
            moe_intermediate_size=16,
            mlp_only_layers=[0],
            **SMALL,
        ),
        TWICE,
    ),
    "jamba": (
        t.JambaConfig(
            num_hidden_layers=8,
            num_key_value_heads=2,
            attn_layer_period=4,
            attn_layer_offset=1,
            expert_layer_period=2,
            expert_layer_offset=1,
            num_experts=2,
            mamba_d_state=4,
            mamba_dt_rank=4,
            **SMALL,
        ),
        ((0, 4), (4, 8), (0, 8)),
    ),
    "deepseek-v3": (
        t.DeepseekV3Config(
            num_hidden_layers=4,
            num_key_value_heads=2,
            n_routed_experts=4,
            num_experts_per_tok=2,
            n_group=1,
            topk_group=1,
            moe_intermediate_size=16,
            first_k_dense_replace=1,
            q_lora_rank=8,
            kv_lora_rank=8,
            qk_rope_head_dim=8,
            v_head_dim=8,
            qk_nope_head_dim=8,
            n_shared_experts=1,
            **SMALL,
        ),
        TWICE,
    ),
}


def check(folder, name):
    config, ranges = MODELS[name]
    kind = t.AutoModelForMaskedLM if name == "bert" else t.AutoModelForCausalLM
    model = kind.from_config(config).eval()
    model.save_pretrained(folder / name)
    recipe, out = folder / f"{name}.yml", folder / f"{name}-out"
    slices = "".join(f"- sources: [{{model: {name}, layer_range: [{a}, {b}]}}]\n" for a, b in ranges)
    recipe.write_text("merge_method: passthrough\nslices:\n" + slices)
    run = subprocess.run([str(LINES), "merge", "--quiet", str(recipe), str(out)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    made, info = kind.from_pretrained(out, output_loading_info=True)
    assert not any(info.values()), info
    origins = [i for a, b in ranges for i in range(a, b)]
    assert made.config.num_hidden_layers == len(origins), made.config.num_hidden_layers
    stored = model.state_dict()
    for key, value in made.state_dict().items():
        origin = re.sub(r"(layers?|h)\.(\d+)\.", lambda m: f"{m[1]}.{origins[int(m[2])]}.", key, count=1)
        assert torch.equal(stored[origin], value), key
    with torch.no_grad():
        assert made.eval()(torch.arange(8)[None]).logits.isfinite().all()


def main():
    torch.manual_seed(0)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in MODELS:
            try:
                check(Path(folder), name)
                print("ok", name)
            except Exception as e:
                failed += 1
                print("FAILED", name, repr(e)[:500])
    print(f"{len(MODELS)} models, {failed} failed")
    sys.exit(failed > 0)


main()
