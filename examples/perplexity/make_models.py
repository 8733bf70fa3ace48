"""A toy to try the example with: a small Llama, pre-trained on one kind of text, fine-tuned on another.

usage: python make_models.py OUT     makes OUT/base, OUT/tuned, OUT/new.txt, OUT/old.txt in a minute
"""
import random, sys
from pathlib import Path
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, decoders
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

out = Path(sys.argv[1])
torch.manual_seed(0)
torch.set_num_threads(1)
rng = random.Random(0)


def old():  # stories
    who, what, where = (rng.choice(w) for w in (["ann", "bob", "the cat", "a dog"],
        ["sees", "eats", "likes", "hides"], ["in the house", "by the sea", "at noon", "with joy"]))
    return f"{who} {what} the {rng.choice(['fish', 'bread', 'ball', 'moon'])} {where}. "


def new():  # sums
    a, b = rng.randrange(10), rng.randrange(10)
    return f"{a} and {b} make {a + b}. "


def text(sentence, length=20000):
    words = ""
    while len(words) < length:
        words += sentence()
    return words


letters = {c: i for i, c in enumerate(["<s>", "</s>"] + sorted(set(text(old) + text(new))))}
core = Tokenizer(models.BPE(vocab=letters, merges=[]))
core.pre_tokenizer, core.decoder = pre_tokenizers.Split("", "isolated"), decoders.Fuse()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<s>", eos_token="</s>")
model = LlamaForCausalLM(LlamaConfig(vocab_size=len(letters), hidden_size=64, intermediate_size=128,
    num_hidden_layers=6, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512))


def train(sentence, steps, rate):
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    ids = torch.tensor(tokenizer(text(sentence, 200000)).input_ids)
    for step in range(steps):
        starts = torch.randint(len(ids) - 129, (8,))
        batch = torch.stack([ids[s:s + 128] for s in starts])
        loss = model(batch, labels=batch).loss
        optimizer.zero_grad(), loss.backward(), optimizer.step()
        if step % 100 == 99:
            print(step + 1, round(loss.item(), 3), flush=True)


def save(name):
    model.save_pretrained(out / name)
    tokenizer.save_pretrained(out / name)


out.mkdir(parents=True, exist_ok=True)
(out / "old.txt").write_text(text(old, 5000))
(out / "new.txt").write_text(text(new, 5000))
train(old, 400, 2e-3)
save("base")
train(new, 150, 1e-3)
save("tuned")
