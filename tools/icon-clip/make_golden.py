"""Golden files for the lab's encoder of icons: what PyTorch makes of colour images.

    python make_golden.py ../../lab/src/test/resources/org/lines4j/lab/encoder/golden-stem
    python make_golden.py ../../lab/src/test/resources/org/lines4j/lab/encoder/golden-icon-base ICON_BASE

The first is of a small random tower of `model.py`, whose files are written, too; the second of the one that is shipped.
Made with torch 2.13.0 (CPU) and safetensors 0.8.0 on Python 3.11.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

from model import SIDE, Tower, load, normal, save

IMAGES = 5


def random_tower(folder):
    tower = Tower(width=32, blocks=3, heads=2, embedding=24)
    with torch.no_grad():
        for parameter in tower.parameters():  # norms and biases must matter, too
            parameter.add_(0.1 * torch.randn_like(parameter))
    save(tower, folder, None)
    return tower


def main(folder, shipped=None):
    torch.manual_seed(7)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tower = (load(shipped) if shipped else random_tower(folder)).float().eval()
    images = torch.rand(IMAGES, 3, SIDE, SIDE)
    with torch.no_grad():
        embeddings = tower(normal(images))
    save_file({"images": images, "embeddings": embeddings}, folder / "expected.safetensors")


if __name__ == "__main__":
    main(*sys.argv[1:])
