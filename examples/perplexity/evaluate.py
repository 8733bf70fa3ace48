"""Perplexity of a causal language model on two texts: what it was tuned for, and what it knew before.

usage: python evaluate.py MODEL NEW.txt OLD.txt     (pip install torch transformers)
"""
import json, math, sys
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

path, *texts = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(path)
model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()


@torch.no_grad()
def perplexity(file, window=128):
    ids = tokenizer(open(file, encoding="utf-8").read(), return_tensors="pt").input_ids[0]
    parts = [part for part in ids.split(window) if len(part) > 1]
    losses = [model(part[None], labels=part[None]).loss.item() * (len(part) - 1) for part in parts]
    return math.exp(sum(losses) / sum(len(part) - 1 for part in parts))


print(json.dumps({"new": perplexity(texts[0]), "old": perplexity(texts[1])}))
