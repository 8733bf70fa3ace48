"""Muon for the blocks' matrices (Jordan et al., 2024: momentum, made orthogonal by five Newton-Schulz steps), AdamW for
the rest. Weights are kept in float32; the tower that is trained works in bfloat16.
"""

import collections

import torch

MUON_RATE, MUON_DECAY, MOMENTUM = 0.015, 0.02, 0.95
ADAM_RATE, ADAM_BETAS = 1.5e-3, (0.9, 0.98)


def orthogonal(matrices):
    """Near-orthogonal matrices with the singular vectors of `[n, rows, columns]`."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if tall else matrices
    x = (x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)).to(torch.bfloat16)
    for _ in range(5):
        square = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.775 * square + 2.0315 * (square @ square)) @ x
    return (x.transpose(1, 2) if tall else x).float()


class Optimiser:
    def __init__(self, tower):
        self.master = tower
        self.working = type(tower)(**tower.sizes).to(torch.bfloat16)
        self.pairs = list(zip(self.master.parameters(), self.working.parameters()))
        named = list(self.master.named_parameters())
        self.matrices = [value for name, value in named if name.startswith("blocks.") and value.dim() == 2]
        own = {id(value) for value in self.matrices}
        self.momenta = [torch.zeros_like(value) for value in self.matrices]
        rest = [value for _, value in named if id(value) not in own]
        self.adam = torch.optim.AdamW(rest, lr=ADAM_RATE, betas=ADAM_BETAS, weight_decay=0, fused=True)
        self.copy()

    @torch.no_grad()
    def copy(self):
        for master, working in self.pairs:
            working.copy_(master)

    @torch.no_grad()
    def step(self, share):
        """One update at a share of the full rates; gradients are used up."""
        for master, working in self.pairs:
            master.grad = working.grad.float()
            working.grad = None
        for group in self.adam.param_groups:
            group["lr"] = share * ADAM_RATE
        self.adam.step()
        self.muon(share * MUON_RATE)
        self.copy()

    def muon(self, rate):
        by_shape = collections.defaultdict(list)
        for value, momentum in zip(self.matrices, self.momenta):
            momentum.mul_(MOMENTUM).add_(value.grad)
            by_shape[tuple(value.shape)].append((value, value.grad + MOMENTUM * momentum))
        for (rows, columns), group in by_shape.items():
            updates = orthogonal(torch.stack([update for _, update in group]))
            for (value, _), update in zip(group, updates):
                value.mul_(1 - rate * MUON_DECAY).add_(update, alpha=-rate * max(1, rows / columns) ** 0.5)

    def state(self):
        return {"master": self.master.state_dict(), "momenta": self.momenta, "adam": self.adam.state_dict()}

    def load(self, state):
        self.master.load_state_dict(state["master"])
        self.momenta = state["momenta"]
        self.adam.load_state_dict(state["adam"])
        self.copy()
