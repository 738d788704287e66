"""Networks over the times of an evolution, from t = 0 to the time that is asked for."""

import torch
from torch import Tensor, nn


class Recurrent(nn.Module):
    """A gated recurrent unit that takes one step after another with the couplings at hand.

    Cho et al., EMNLP 2014. A step is told its length; one of length 0 changes nothing, so that how
    rows are padded to one number of steps does not matter.

    Args:
        couplings: P of them.
        outputs: numbers a row.
        width: hidden units.
        silent: outputs begin at 0.
    """

    def __init__(self, couplings: int, outputs: int, *, width: int, silent: bool) -> None:
        super().__init__()
        self.entrance = nn.Sequential(nn.Linear(couplings, width), nn.Tanh())
        self.cell = nn.GRUCell(width + 1, width)
        self.head = nn.Linear(width, outputs)
        if silent:
            nn.init.zeros_(self.head.weight)
            nn.init.zeros_(self.head.bias)

    def forward(self, couplings: Tensor, steps: Tensor) -> Tensor:
        """Float32 (B, P) and lengths (B, S) → (B, outputs)."""
        seen = self.entrance(couplings)
        h = torch.zeros_like(seen)
        for length in steps.unbind(1):
            length = length[:, None]
            h = torch.where(length > 0, self.cell(torch.cat([seen, length], dim=1), h), h)
        outputs: Tensor = self.head(h)
        return outputs
