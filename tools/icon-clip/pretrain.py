"""Trains an image tower towards the frozen text vectors of its images' captions, as LiT does.

    python pretrain.py WORK OUT --steps 4000 [--cooldown 0.35] [--resume]

Every 200 steps WORK/checkpoint.pt is written, which --resume goes on from; the number of steps may be another then.
The rate rises for 100 steps, stays, and falls to almost nothing over the last part, --cooldown, of all steps.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F

from images import Augment, plain
from model import Tower, save
from optimise import Optimiser

BATCH = 256
COLOURED = 36  # of each batch: there are few, and downstream tasks have many
OTHERS = 1280  # captions that no image of the batch has
CHECKPOINT = 200
REPORT = 50


class Data:
    """Images and captions, and which are drawn how often."""

    def __init__(self, work, generator):
        self.generator = generator
        self.mono, self.mono_ids = self.part(work, "mono")
        self.colour, self.colour_ids = self.part(work, "colour")
        self.vectors = torch.from_numpy(np.load(work / "vectors.npy")).float()
        texts = json.loads((work / "captions.json").read_text())
        words = torch.tensor([len(text.split()) for text in texts["captions"]])
        seen = torch.bincount(torch.cat([self.mono_ids, self.colour_ids]), minlength=len(words)).float()
        # Short names say what an icon shows; long ones are mostly one set's own.
        worth = torch.where(words <= 2, 1.0, torch.where(words == 3, 0.5, 0.2))
        worth[texts["ofIcons"] :] = 0.5
        self.mono_draw = self.cumulative(worth[self.mono_ids] * seen[self.mono_ids].clamp(max=150) ** 0.1)
        self.colour_draw = self.cumulative(worth[self.colour_ids])
        self.other_draw = self.cumulative(seen**0.75 * worth.sqrt())
        self.augment = Augment(generator)
        names = np.load(work / "names.npz")
        self.names = [torch.from_numpy(names[key]) for key in ("images", "labels", "captions")]

    @staticmethod
    def part(work, name):
        return torch.from_numpy(np.load(work / f"{name}.npy")), torch.from_numpy(np.load(work / f"{name}_ids.npy"))

    @staticmethod
    def cumulative(weights):
        total = weights.double().cumsum(0)
        return (total / total[-1]).float()

    def draw(self, cumulative, count):
        drawn = torch.searchsorted(cumulative, torch.rand(count, generator=self.generator))
        return drawn.clamp(max=len(cumulative) - 1)

    def batch(self):
        """Images, vectors of different captions, and which of these is each image's."""
        mono, colour = self.draw(self.mono_draw, BATCH - COLOURED), self.draw(self.colour_draw, COLOURED)
        images = torch.cat([self.augment.mono(self.mono[mono]), self.augment.colour(self.colour[colour])])
        own = torch.cat([self.mono_ids[mono], self.colour_ids[colour]])
        captions, places = torch.unique(torch.cat([own, self.draw(self.other_draw, OTHERS)]), return_inverse=True)
        return images, self.vectors[captions], places[:BATCH]

    @torch.no_grad()
    def zero_shot(self, tower):
        """How many images of the held-out set are nearest to their own of its names."""
        images, labels, captions = self.names
        embedded = torch.cat([tower(plain(part).to(torch.bfloat16)) for part in images.split(256)])
        return ((embedded @ self.vectors[captions].T).argmax(1) == labels).float().mean().item()


def rate_at(step, steps, cooldown):
    falling = (steps - step) / (cooldown * steps)
    return min(1.0, (step + 1) / 100, max(0.02, falling))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--cooldown", type=float, default=0.35)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    data = Data(options.work, generator)
    optimiser = Optimiser(Tower())
    checkpoint = options.work / "checkpoint.pt"
    first, seconds, loss_mean = 0, 0.0, None
    if options.resume:
        saved = torch.load(checkpoint)
        optimiser.load(saved["optimiser"])
        generator.set_state(saved["generator"])
        first, seconds, loss_mean = saved["step"], saved["seconds"], saved["loss"]
    tower = optimiser.working
    began = last = time.time()
    for step in range(first, options.steps):
        images, vectors, places = data.batch()
        logits = tower.scale() * (tower(images.to(torch.bfloat16)) @ vectors.T)
        loss = F.cross_entropy(logits, places)
        loss.backward()
        optimiser.step(rate_at(step, options.steps, options.cooldown))
        loss_mean = loss.item() if loss_mean is None else 0.98 * loss_mean + 0.02 * loss.item()
        done = step + 1
        if done % REPORT == 0:
            speed, last = REPORT * BATCH / (time.time() - last), time.time()
            print(f"{done} loss {loss_mean:.3f} scale {tower.scale().item():.1f} images/s {speed:.0f}", flush=True)
        if done % CHECKPOINT == 0 or done == options.steps:
            total = seconds + time.time() - began
            state = {"optimiser": optimiser.state(), "generator": generator.get_state()}
            torch.save({**state, "step": done, "seconds": total, "loss": loss_mean}, checkpoint)
            print(f"{done} held-out names {100 * data.zero_shot(tower):.1f} %, {total:.0f} s", flush=True)
    about = {
        "steps": options.steps,
        "presentations": options.steps * BATCH,
        "seconds": round(seconds + time.time() - began),
        "seed": options.seed,
        "loss": round(loss_mean, 4),
        "logitScale": round(tower.scale().item(), 3),
        "heldOutNames": round(data.zero_shot(tower), 4),
    }
    save(optimiser.master, options.out, about)
    print(json.dumps(about))


if __name__ == "__main__":
    main()
