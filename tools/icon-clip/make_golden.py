"""Golden files for the lab's encoder of icons: a small random tower of `model.py`, colour images, and their vectors.

    python make_golden.py ../../lab/src/test/resources/org/lines4j/lab/encoder/golden-stem

Made with torch 2.13.0 (CPU) and safetensors 0.8.0 on Python 3.11.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

from model import SIDE, Tower, normal, save


def main(folder):
    torch.manual_seed(7)
    tower = Tower(width=32, blocks=3, heads=2, embedding=24).eval()
    with torch.no_grad():
        for parameter in tower.parameters():  # norms and biases must matter, too
            parameter.add_(0.1 * torch.randn_like(parameter))
        images = torch.rand(5, 3, SIDE, SIDE)
        embeddings = tower(normal(images))
    save(tower, folder, None)
    save_file({"images": images, "embeddings": embeddings}, folder / "expected.safetensors")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
