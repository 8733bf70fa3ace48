"""The image tower, as the lab's Java has it: a convolutional stem makes 16 states of a 32 × 32 RGB image, pre-norm
transformer blocks follow, and the states' mean is normalised and projected to a unit vector.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

SIDE = 32
STATES = 16
STEM = (32, 64)
LARGEST_SCALE = 60.0
MEAN, DEVIATION = 0.5, 0.35


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.joined = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, state):
        images, states, width = state.shape
        joined = self.joined(self.norm1(state)).view(images, states, 3, self.heads, width // self.heads)
        query, key, value = joined.permute(2, 0, 3, 1, 4).float()  # bfloat16 is slow backwards on a CPU
        mixed = F.scaled_dot_product_attention(query, key, value).to(state.dtype)
        state = state + self.out(mixed.transpose(1, 2).reshape(images, states, width))
        return state + self.fc2(F.gelu(self.fc1(self.norm2(state))))


class Tower(nn.Module):
    def __init__(self, width=128, blocks=10, heads=4, embedding=384):
        super().__init__()
        self.sizes = {"width": width, "blocks": blocks, "heads": heads, "embedding": embedding}
        first, second = STEM
        self.stem = nn.ModuleList(
            nn.Conv2d(inputs, outputs, 3, 2, 1) for inputs, outputs in ((3, first), (first, second), (second, width))
        )
        self.positions = nn.Parameter(0.02 * torch.randn(STATES, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.projection = nn.Linear(width, embedding, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.7))
        self.start()

    def start(self):
        """Matrices of deviation 1/√inputs, those that write to the residual stream smaller by √(2 · blocks)."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=module.weight.shape[1] ** -0.5)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for block in self.blocks:
            for module in (block.out, block.fc2):
                with torch.no_grad():
                    module.weight.mul_((2 * len(self.blocks)) ** -0.5)

    def forward(self, images):
        """Unit vectors of images `[n, 3, 32, 32]` from 0 to 1, normalised by `normal`."""
        state = self.stem[2](F.gelu(self.stem[1](F.gelu(self.stem[0](images)))))
        state = state.flatten(2).transpose(1, 2) + self.positions
        for block in self.blocks:
            state = block(state)
        return F.normalize(self.projection(self.norm(state.mean(1))).float(), dim=-1)

    def scale(self):
        return self.logit_scale.float().exp().clamp(max=LARGEST_SCALE)


def normal(images):
    return (images - MEAN) / DEVIATION


def published(name):
    """The name that a tensor is saved by, as far as possible CLIP's."""
    if name.startswith("stem."):
        return "vision_model.embeddings." + name
    if name == "positions":
        return "vision_model.embeddings.position_embedding.weight"
    if name.startswith("norm."):
        return "vision_model.post_layernorm" + name[len("norm") :]
    if name.startswith("projection."):
        return "visual_" + name
    for ours, theirs in (
        ("blocks.", "vision_model.encoder.layers."),
        (".norm", ".layer_norm"),
        (".out.", ".self_attn.out_proj."),
        (".fc", ".mlp.fc"),
    ):
        name = name.replace(ours, theirs)
    return name


def save(tower, folder, about):
    """Saves `model.safetensors` in float32 and `config.json`."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, value in tower.state_dict().items():
        if name == "logit_scale":
            continue
        target = published(name)
        if ".joined." in target:
            for part, piece in zip("qkv", value.float().chunk(3)):
                tensors[target.replace("joined", f"self_attn.{part}_proj")] = piece.contiguous()
        else:
            tensors[target] = value.float().contiguous()
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    sizes = tower.sizes
    config = {
        "hidden_act": "gelu",
        "hidden_size": sizes["width"],
        "image_size": SIDE,
        "intermediate_size": 4 * sizes["width"],
        "model_type": "lines_lab_vit",
        "num_attention_heads": sizes["heads"],
        "num_channels": 3,
        "num_hidden_layers": sizes["blocks"],
        "projection_dim": sizes["embedding"],
        "stem_channels_1": STEM[0],
        "stem_channels_2": STEM[1],
        "torch_dtype": "float32",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    if about:
        (folder / "about.json").write_text(json.dumps(about, indent=2) + "\n")


def load(folder):
    """What `save` saved; the logits' scale is not part of it."""
    folder = pathlib.Path(folder)
    config = json.loads((folder / "config.json").read_text())
    tower = Tower(
        config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"], config["projection_dim"]
    )
    tensors = load_file(folder / "model.safetensors")
    state = {"logit_scale": tower.logit_scale.data}
    for name in tower.state_dict():
        target = published(name)
        if ".joined." in target:
            state[name] = torch.cat([tensors[target.replace("joined", f"self_attn.{part}_proj")] for part in "qkv"])
        elif name != "logit_scale":
            state[name] = tensors[target]
    tower.load_state_dict(state)
    return tower
