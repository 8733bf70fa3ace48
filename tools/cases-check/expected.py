"""What PyTorch makes of the inputs of check.py's cases: dictionaries of tensors, by the output's names."""

import json
import re

import torch
from safetensors.torch import load_file

LAYER = re.compile(r"(?:layers|layer|resblocks)\.(\d+)\.")
LANGUAGE = re.compile(r"language_model\.(?:model\.)?layers\.(\d+)\.")


def load(path):
    files = [path] if path.is_file() else sorted(path.glob("*.safetensors")) or sorted(path.glob("*.bin"))
    found = {}
    for file in files:
        found |= load_file(file) if file.suffix == ".safetensors" else torch.load(file, weights_only=True)
    return found


def renamed(tensors, *pairs):
    """Each name changed by the first pattern that is found in it."""
    made = {}
    for name, tensor in tensors.items():
        pattern, new = next((pair for pair in pairs if re.search(pair[0], name)), ("^", ""))
        made[re.sub(pattern, new, name, count=1)] = tensor
    return made


# The image encoder's, the text's and the head's names, as transformers had them before and after 4.52, and in one report.
TO_NEW = (r"^language_model\.model\.", "model.language_model."), (r"^language_model\.lm_head", "lm_head"), ("^", "model.")
TO_OLD = (r"^model\.language_model\.", "language_model.model."), ("^lm_head", "language_model.lm_head"), (r"^model\.", "")
TO_THRICE = (
    (r"^model\.language_model\.", "model.language_model.language_model.language_model."),
    (r"^model\.vision_tower", "model.language_model.vision_tower"),
)
TO_PART = ((r"^model\.", "model.language_model."),)


def edited(base, tuned, layers=4, pattern=LAYER):
    """Names of the tuned model, types of the base, alpha 0.1, beta 0.9; what the base lacks stays as it is."""
    made = {}
    for name, tensor in tuned.items():
        if name not in base or not tensor.is_floating_point():
            made[name] = tensor
            continue
        found = pattern.search(name) if layers > 1 else None
        factor = 0.1 + 0.9 * int(found[1]) / (layers - 1) if found else 0.1
        b, t = base[name].float(), tensor.float()
        made[name] = (t if factor == 1 else b + (t - b) * torch.tensor(factor, dtype=torch.float32)).to(base[name].dtype)
    return made


def edit(base, tuned, layers=4, names=(), pattern=LAYER):
    return lambda at: edited(renamed(load(at / base), *names), load(at / tuned), layers, pattern)


def tied(at):
    base = load(at / "base")
    return base | {"lm_head.weight": base["model.embed_tokens.weight"]}


def with_lora(at, share=1.0):
    base, parts = load(at / "base"), load(at / "lora")
    settings = json.loads((at / "lora/adapter_config.json").read_text())
    made = dict(base)
    for name, down in parts.items():
        if ".lora_A." in name:
            key = name.replace("base_model.model.", "").replace("lora_A.", "")
            product = parts[name.replace("lora_A", "lora_B")] @ down
            made[key] = base[key] + share * product * (settings["lora_alpha"] / settings["r"])
    return made


def lora_edited(at):
    return edited(load(at / "base"), with_lora(at))


def longer(at):
    """The tuned model has more words: common rows are scaled, new ones stay."""
    base, tuned = load(at / "base"), load(at / "tuned")
    made = edited(base, {name: tensor[: len(base[name])] for name, tensor in tuned.items()})
    return {name: torch.cat([value, tuned[name][len(value) :]]) for name, value in made.items()}


def dequantised(at, folder):
    tensors = load(at / folder)
    made = {}
    for name, tensor in tensors.items():
        scale = tensors.get(name + "_scale", tensors.get(name + "_scale_inv"))
        if not re.search(r"weight_scale(_inv)?$", name):
            made[name] = tensor.float() if scale is None else tensor.float() * scale.float()
    return made


def plain_edit(base, tuned):
    return lambda at: edited(dequantised(at, base), dequantised(at, tuned))


def packed(tensors):
    """Experts one by one → in one tensor, as transformers holds them."""
    made, experts = {}, {}
    for name, tensor in tensors.items():
        found = re.fullmatch(r"(.*experts)\.(\d+)\.(gate|up|down)_proj\.weight", name)
        if found:
            experts.setdefault(found[1], {}).setdefault(found[3], []).append((int(found[2]), tensor))
        else:
            made[name] = tensor
    for name, parts in experts.items():
        gate, up, down = (torch.stack([tensor for _, tensor in sorted(parts[kind], key=lambda e: e[0])]) for kind in ("gate", "up", "down"))
        made |= {name + ".gate_up_proj": torch.cat([gate, up], 1), name + ".down_proj": down}
    return made


# ---- merges


def mean(one, other, weight=lambda name: 0.5):
    return {name: weight(name) * one[name] + (1 - weight(name)) * other[name] for name in one}


def gradient(points, layers=4):
    """A recipe's list over the layers; outside of them its first value."""

    def value(name):
        found = LAYER.search(name)
        place = int(found[1]) / (layers - 1) * (len(points) - 1) if found else 0.0
        low = min(int(place), len(points) - 2)
        return points[low] + (place - low) * (points[low + 1] - points[low])

    return value


def trimmed(update, density):
    """The share of largest magnitude, of equal ones the first."""
    kept = torch.zeros(update.numel())
    largest = update.abs().reshape(-1).argsort(descending=True, stable=True)[: int(density * update.numel())]
    kept[largest] = update.reshape(-1)[largest]
    return kept.reshape(update.shape)


def ties(base, tuned, settings, normalize=True):
    """settings: for each model, from a tensor's name to its density and weight."""
    made = {}
    for name, start in base.items():
        shares = [setting(name) for setting in settings]
        updates = torch.stack([trimmed(t[name] - start, density) * weight for t, (density, weight) in zip(tuned, shares)])
        agree = (updates.sign() == torch.where(updates.sum(0) >= 0, 1.0, -1.0)) & (updates != 0)
        weights = torch.tensor([float(weight) for _, weight in shares]).reshape(-1, *[1] * start.ndim)
        divisor = (agree * weights).sum(0) if normalize else torch.ones(())
        made[name] = start + (updates * agree).sum(0) / torch.where(divisor.abs() < 1e-8, 1.0, divisor)
    return made


def two(at):
    return load(at / "a"), load(at / "b")


def recipe_ties(*shares):
    return lambda at: ties(load(at / "base"), two(at), [lambda name, share=share: share for share in shares])


def recipe_lists(at):
    density = gradient([1, 0.5])
    settings = [lambda name: (1, 0.5 if "mlp" in name else 0), lambda name: (density(name), -0.25)]
    return of_type(ties(load(at / "base"), two(at), settings, normalize=False), torch.bfloat16)


def bert_ties(at):
    share = gradient([0, 0.25, 0.5, 0.75, 1], 3)
    base, tuned = load(at / "a"), renamed(load(at / "b"), (r"^bert\.", ""))
    base, tuned = (of_type(of_type(model, torch.bfloat16), torch.float32) for model in (base, tuned))  # the recipe's dtype
    return of_type(ties(base, [tuned], [lambda name: (share(name), share(name))]), torch.bfloat16)


def snapshot_ties(at):
    base = load(at / "hub/models--acme--tiny/snapshots/0123abc")
    return ties(base, [load(at / "tuned")], [lambda name: (0.5, 0.5)])


def unit(tensor):
    return tensor / tensor.norm() if tensor.norm() > 1e-8 else tensor


def slerp(one, other, share=lambda name: 0.5):
    """By the angle between two tensors, a straight line where they are nearly parallel."""
    made = {}
    for name, tensor in one.items():
        a, b, t = tensor.double(), other[name].double(), share(name)
        cosine = (unit(a) * unit(b)).sum()
        angle = cosine.acos()
        near = cosine.abs() > 0.9995
        weights = (1 - t, t) if near else (((1 - t) * angle).sin() / angle.sin(), (t * angle).sin() / angle.sin())
        made[name] = (weights[0] * a + weights[1] * b).float()
    return made


def embed_slerp(at):
    attention, mlp = gradient([0, 0.5, 0.3, 0.7, 1]), gradient([1, 0.5, 0.7, 0.3, 0])

    def share(name):
        if "lm_head" in name:
            return 0.75
        return attention(name) if "self_attn" in name else mlp(name) if "mlp" in name else 0.5

    return slerp(*two(at), share)


def python_weights(at):
    weight = gradient([0.1, 0.9])
    return mean(*two(at), lambda name: weight(name) / (weight(name) + 0.5))


def two_stages(at):
    a, b = two(at)
    return slerp(mean(a, b), b)


def vision_and_text(at):
    """Of a vision–language model and a text model, the text is merged."""
    new, text = load(at / "new"), renamed(load(at / "text"), (r"^model\.", "model.language_model."))
    return new | slerp({name: new[name] for name in text}, text, lambda name: 0.3)


def vision_slerp(at):
    """Slices of the language model: the image encoder's layers are copied."""
    return slerp(*two(at), lambda name: 0.0 if name.startswith("vision_tower.encoder.layers") else 0.5)


def overflow(at):
    base, tuned = load(at / "ob.safetensors"), load(at / "ot.safetensors")
    return {name: (b.float() + 2 * (tuned[name].float() - b.float())).half() for name, b in base.items()}


# ---- slices


def of_type(tensors, dtype):
    return {name: tensor.to(dtype) for name, tensor in tensors.items()}


def stacked(model, layers, pattern=LAYER, dtype=None):
    """The stack whose numbers `pattern` finds, made of these layers; all else stays."""

    def make(at):
        tensors = load(at / model)
        made = {name: tensor for name, tensor in tensors.items() if not pattern.search(name)}
        for name, tensor in tensors.items():
            found = pattern.search(name)
            for number in [n for n, source in enumerate(layers) if found and int(found[1]) == source]:
                made[name[: found.start(1)] + str(number) + name[found.end(1) :]] = tensor
        return of_type(made, dtype) if dtype else made

    return make


def condensed(at):
    """Each layer the mean of two that follow each other."""
    first, second = stacked("a", (0, 2))(at), stacked("a", (1, 3))(at)
    return mean(first, second)
