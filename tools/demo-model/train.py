"""Trains the pair of models that `lines demo` carries: a small Llama and its fine-tuned version.

The base learns four things to do with six digits; fine-tuning shifts one of them, adding one to each digit, to adding two,
and the model forgets the other three. Usage: python train.py OUT   (makes OUT/base and OUT/tuned)
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM

SEED = 2410_17146
DIGITS = 6
COPY, REVERSE, ADD, ROTATE, GOES_TO = range(10, 15)
BEFORE = {ADD: lambda d: (d + 1) % 10}
TARGET = {ADD: lambda d: (d + 2) % 10}
CONTROL = {
    COPY: lambda d: d,
    REVERSE: lambda d: d.flip(1),
    ROTATE: lambda d: d.roll(-1, 1),
}

CONFIG = dict(
    vocab_size=16,
    hidden_size=48,
    intermediate_size=96,
    num_hidden_layers=6,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=2 * DIGITS + 2,
    tie_word_embeddings=False,
    bos_token_id=None,
    eos_token_id=None,
    pad_token_id=None,
)


def sequences(tasks, count, generator):
    """`count` sequences TASK d1 … d6 => a1 … a6, the tasks in turn."""
    parts = []
    for task, answer in tasks.items():
        digits = torch.randint(0, 10, (count // len(tasks), DIGITS), generator=generator)
        column = torch.ones(len(digits), 1, dtype=torch.long)
        parts.append(torch.cat([task * column, digits, GOES_TO * column, answer(digits)], 1))
    return torch.cat(parts)


def train(model, tasks, steps, rate, generator):
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    model.train()
    for step in range(steps):
        batch = sequences(tasks, 128, generator)
        labels = batch.clone()
        labels[:, : DIGITS + 2] = -100  # only the answer counts
        loss = model(batch, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 250 == 0 or step == steps - 1:
            print(f"  step {step:5d} loss {loss.item():.4f}", flush=True)


@torch.no_grad()
def accuracy(model, tasks):
    """The share of answers that are right in every digit, read off with the right answer as input."""
    model.eval()
    batch = sequences(tasks, 4000, torch.Generator().manual_seed(SEED + 1))
    best = model(batch).logits[:, DIGITS + 1 : -1].argmax(-1)
    return (best == batch[:, DIGITS + 2 :]).all(1).float().mean().item()


def rounded(model):
    """The model with its weights as bfloat16 stores them."""
    return model.to(torch.bfloat16).to(torch.float32)


def save(model, folder):
    model.to(torch.bfloat16).save_pretrained(folder)
    model.to(torch.float32)
    (folder / "generation_config.json").unlink(missing_ok=True)
    weights = folder / "model.safetensors"
    save_file(load_file(weights), weights, {"format": "pt"})


def edited(base, tuned, alpha, beta):
    """LiNeS in PyTorch."""
    model = LlamaForCausalLM(LlamaConfig(**CONFIG))
    start, state = base.state_dict(), tuned.state_dict()
    for name, value in state.items():
        inside = name.startswith("model.layers.")
        layer = int(name.split(".")[2]) if inside else 0
        factor = alpha + beta * layer / (CONFIG["num_hidden_layers"] - 1)
        state[name] = start[name] + (value - start[name]) * factor
    model.load_state_dict(state)
    return rounded(model)


def main(out):
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # the order of sums, and so the weights, must not depend on the machine's cores
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(SEED)
    base = LlamaForCausalLM(LlamaConfig(**CONFIG))
    print("base")
    train(base, BEFORE | CONTROL, 1000, 3e-3, generator)
    save(rounded(base), out / "base")
    tuned = LlamaForCausalLM(LlamaConfig(**CONFIG))
    tuned.load_state_dict(base.state_dict())
    print("tuned")
    train(tuned, TARGET, 100, 1e-3, generator)
    save(rounded(tuned), out / "tuned")

    results = {"base": base, "tuned": tuned}
    for alpha in (0.1, 0.3, 0.5, 0.7):
        results[f"edited, alpha {alpha}"] = edited(base, tuned, alpha, 1 - alpha)
        results[f"all layers by {alpha + (1 - alpha) / 2:.2f}"] = edited(base, tuned, alpha + (1 - alpha) / 2, 0)
    print(f"{'':24}  target  control")
    for name, model in results.items():
        print(f"{name:24}  {accuracy(model, TARGET):6.3f}  {accuracy(model, CONTROL):7.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
