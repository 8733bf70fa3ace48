"""Makes drawn icons into what the tower takes, with and without variation."""

import math

import torch
import torch.nn.functional as F

from model import normal


class Augment:
    """Varies images: turned, scaled, shifted, in other colours, with noise."""

    def __init__(self, generator):
        self.generator = generator

    def uniform(self, *shape):
        return torch.rand(shape, generator=self.generator)

    def warp(self, images):
        count = len(images)
        angle = (2 * self.uniform(count) - 1) * math.radians(10)
        zoom = 1 / (0.85 + 0.25 * self.uniform(count))
        shift = (2 * self.uniform(count, 2) - 1) * 0.08
        cos, sin = zoom * angle.cos(), zoom * angle.sin()
        maps = torch.stack(
            [torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)], 1
        )
        grid = F.affine_grid(maps, (count, 1, *images.shape[2:]), align_corners=False)
        return F.grid_sample(images, grid, align_corners=False)

    def colours(self, count):
        """Background and foreground: mostly black on white, some inverted, some of any contrasting colours."""
        back, front = self.uniform(count, 3), self.uniform(count, 3)
        faint = (back - front).abs().mean(1, keepdim=True) < 0.3
        front = torch.where(faint, 1 - (back > 0.5).float(), front)
        kind = self.uniform(count, 1)
        white, black = torch.ones(count, 3), torch.zeros(count, 3)
        back = torch.where(kind < 0.88, white, torch.where(kind < 0.94, black, back))
        front = torch.where(kind < 0.88, black, torch.where(kind < 0.94, white, front))
        return back[:, :, None, None], front[:, :, None, None]

    def noisy(self, images, most):
        strength = most * self.uniform(len(images), 1, 1, 1)
        return normal(images + strength * torch.randn(images.shape, generator=self.generator))

    def mono(self, coverage):
        """Of `[n, 32, 32]` bytes of coverage."""
        alpha = self.warp(coverage.float().div_(255).unsqueeze(1))
        back, front = self.colours(len(alpha))
        return self.noisy(back * (1 - alpha) + front * alpha, 0.06)

    def colour(self, pixels):
        """Of `[n, 32, 32, 4]` bytes, colours times alpha, and alpha; on a light background."""
        pixels = self.warp(pixels.permute(0, 3, 1, 2).float().div_(255))
        alpha = pixels[:, 3:]
        back, _ = self.colours(len(pixels))
        back = torch.where(back.mean(1, keepdim=True) < 0.3, 1 - back, back)
        return self.noisy(torch.minimum(pixels[:, :3], alpha) + back * (1 - alpha), 0.04)


def plain(coverage):
    """Black on white, of `[n, 32, 32]` bytes of coverage."""
    return normal(1 - coverage.float().div(255).unsqueeze(1).expand(-1, 3, -1, -1))
