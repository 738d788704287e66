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
        self.head = _head(width, outputs, silent=silent)

    def forward(self, couplings: Tensor, steps: Tensor) -> Tensor:
        """Float32 (B, P) and lengths (B, S) → (B, outputs)."""
        seen = self.entrance(couplings)
        h = torch.zeros_like(seen)
        for length in steps.unbind(1):
            length = length[:, None]
            h = torch.where(length > 0, self.cell(torch.cat([seen, length], dim=1), h), h)
        outputs: Tensor = self.head(h)
        return outputs


class Attention(nn.Module):
    """A transformer over t = 0 and the time after each step, each seeing none that is later.

    Vaswani et al., NeurIPS 2017, layers normalised before they are applied. What stands at a time
    begins as the couplings and that time, in the sines and cosines of the paper.

    Args:
        couplings: P of them.
        outputs: numbers a row.
        width: W, numbers at a time, even.
        depth: layers.
        heads: of the attention.
        silent: outputs begin at 0.
    """

    def __init__(
        self, couplings: int, outputs: int, *, width: int, depth: int, heads: int, silent: bool
    ) -> None:
        super().__init__()
        self.entrance = nn.Linear(couplings, width)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, 2 * width, dropout=0.0, batch_first=True, norm_first=True
            )
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width)
        self.head = _head(width, outputs, silent=silent)

    def forward(self, couplings: Tensor, steps: Tensor) -> Tensor:
        """Float32 (B, P) and lengths (B, S) → (B, outputs), those of the last time."""
        every = self.seen(couplings, steps)
        last = (steps > 0).sum(dim=1)
        outputs: Tensor = self.head(every[torch.arange(len(last), device=last.device), last])
        return outputs

    def forecasts(self, couplings: Tensor, steps: Tensor) -> Tensor:
        """Of t = 0 and of the time after each step, float32 (B, 1 + S, outputs)."""
        outputs: Tensor = self.head(self.seen(couplings, steps))
        return outputs

    def seen(self, couplings: Tensor, steps: Tensor) -> Tensor:
        """What stands at each time in the end, float32 (B, 1 + S, W)."""
        times = torch.cat([torch.zeros_like(steps[:, :1]), steps.cumsum(dim=1)], dim=1)
        h = self.entrance(couplings)[:, None] + _waves(times, self.norm.weight.numel())
        count = times.shape[1]
        later = torch.ones(count, count, dtype=torch.bool, device=h.device).triu(1)
        for layer in self.layers:
            h = layer(h, src_mask=later, is_causal=True)
        found: Tensor = self.norm(h)
        return found


def _head(width: int, outputs: int, *, silent: bool) -> nn.Linear:
    head = nn.Linear(width, outputs)
    if silent:
        nn.init.zeros_(head.weight)
        nn.init.zeros_(head.bias)
    return head


def _waves(times: Tensor, width: int) -> Tensor:
    """Sines and cosines of times, (…,) → (…, width), of wavelengths from 2π to 20,000π steps."""
    half = torch.arange(width // 2, device=times.device) / (width // 2)
    angles = times[..., None] * 10_000.0**-half
    return torch.cat([angles.sin(), angles.cos()], dim=-1)
