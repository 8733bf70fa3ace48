"""Golden files for the lab's encoder: a small random model, images, and what PyTorch makes of them.

    python tools/lab-encoder/make_golden.py lab/src/test/resources/org/lines4j/lab/encoder/golden

Written from the description of the architecture with torch.nn modules, not from the Java code: a pre-norm
vision transformer over 6 x 6 patches (row by row, pixels from -1 to 1), learned positions, exact GELU, the mean
over the patches, a final norm, a projection without bias, L2 normalisation.
Made with torch 2.13.0 (CPU), safetensors 0.8.0, Python 3.11 on 2026-11-24.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

BLOCKS, WIDTH, HEADS, MLP, PATCH, EMBEDDING, SIDE = 3, 32, 2, 48, 6, 24, 24


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer_norm1 = nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.layer_norm2 = nn.LayerNorm(WIDTH)
        self.fc1 = nn.Linear(WIDTH, MLP)
        self.fc2 = nn.Linear(MLP, WIDTH)

    def forward(self, x):
        y = self.layer_norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.fc2(F.gelu(self.fc1(self.layer_norm2(x))))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, WIDTH, PATCH, PATCH, bias=False)
        self.positions = nn.Parameter(torch.randn((SIDE // PATCH) ** 2, WIDTH))
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.projection = nn.Linear(WIDTH, EMBEDDING, bias=False)

    def forward(self, pixels):
        x = self.patches((2 * pixels - 1).unsqueeze(1)).flatten(2).transpose(1, 2) + self.positions
        for block in self.blocks:
            x = block(x)
        return F.normalize(self.projection(self.norm(x.mean(1))), dim=1)

    def tensors(self):
        named = {
            "vision_model.embeddings.patch_embedding.weight": self.patches.weight,
            "vision_model.embeddings.position_embedding.weight": self.positions,
            "vision_model.post_layernorm.weight": self.norm.weight,
            "vision_model.post_layernorm.bias": self.norm.bias,
            "visual_projection.weight": self.projection.weight,
        }
        for i, block in enumerate(self.blocks):
            prefix = f"vision_model.encoder.layers.{i}."
            for j, part in enumerate("qkv"):
                rows = slice(j * WIDTH, (j + 1) * WIDTH)
                named[prefix + f"self_attn.{part}_proj.weight"] = block.attention.in_proj_weight[rows]
                named[prefix + f"self_attn.{part}_proj.bias"] = block.attention.in_proj_bias[rows]
            named[prefix + "self_attn.out_proj.weight"] = block.attention.out_proj.weight
            named[prefix + "self_attn.out_proj.bias"] = block.attention.out_proj.bias
            for name in ("layer_norm1", "layer_norm2"):
                named[prefix + name + ".weight"] = getattr(block, name).weight
                named[prefix + name + ".bias"] = getattr(block, name).bias
            for name in ("fc1", "fc2"):
                named[prefix + f"mlp.{name}.weight"] = getattr(block, name).weight
                named[prefix + f"mlp.{name}.bias"] = getattr(block, name).bias
        return {name: tensor.detach().clone().contiguous() for name, tensor in named.items()}


def main(folder):
    torch.manual_seed(7)
    encoder = Encoder().eval()
    with torch.no_grad():
        for parameter in encoder.parameters():  # norms and biases must matter, too
            parameter.add_(0.1 * torch.randn_like(parameter))
        images = torch.rand(9, SIDE, SIDE)
        embeddings = encoder(images)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(encoder.tensors(), folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(
        json.dumps(
            {
                "model_type": "lines_lab_vit",
                "hidden_act": "gelu",
                "hidden_size": WIDTH,
                "image_size": SIDE,
                "intermediate_size": MLP,
                "num_attention_heads": HEADS,
                "num_channels": 1,
                "num_hidden_layers": BLOCKS,
                "patch_size": PATCH,
                "projection_dim": EMBEDDING,
            },
            indent=2,
        )
        + "\n"
    )
    save_file({"images": images, "embeddings": embeddings}, folder / "expected.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
