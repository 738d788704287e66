"""Attention over sets (Lee, Lee, Kim, Kosiorek, Choi, Teh, ICML 2019), whose elements may be many
times the same: an element that is c times in a set adds ln c to the score of its attention.
"""

import torch
from torch import Tensor, nn

from baselines.inputs.pair_outcomes import KINDS
from baselines.inputs.pairs import Pairs
from baselines.networks.plain_networks import NEAREST, SharedPairs, WholeChain


class Attention(nn.Module):
    """MAB(X, Y) = norm(H + relu(linear H)), H = norm(X + multihead attention of X to Y)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.mix = (nn.Linear(width, width) for _ in range(4))
        self.after = nn.Linear(width, width)
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])

    def forward(self, x: Tensor, y: Tensor, log_count: Tensor | None = None) -> Tensor:
        """Float32 (S, q, width) of x (S, q, width) and y (S, k, width); `log_count` (S, k).

        Where all sets have the same x, or y, it is given once, (1, …).
        """
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(-3, -2)
            for part in (self.query(x), self.key(y), self.value(y))
        )
        score = q @ k.mT / q.shape[-1] ** 0.5  # (S, heads, q, k)
        if log_count is not None:
            score = score + log_count[:, None, None]
        seen = (score.softmax(dim=-1) @ v).transpose(-3, -2).flatten(-2)
        h = self.norms[0](x + self.mix(seen))
        out: Tensor = self.norms[1](h + torch.relu(self.after(h)))
        return out


class InducedAttention(nn.Module):
    """ISAB(X) = MAB(X, MAB(I, X)) with m learnt points I: elements look at each other through m."""

    def __init__(self, width: int, heads: int, points: int) -> None:
        super().__init__()
        self.points = nn.Parameter(torch.randn(points, width))
        self.read, self.write = Attention(width, heads), Attention(width, heads)

    def forward(self, x: Tensor, log_count: Tensor) -> Tensor:
        """Float32 (S, k, width), or (1, k, width) for all sets, → (S, k, width)."""
        out: Tensor = self.write(x, self.read(self.points[None], x, log_count))
        return out


class SetTransformer(nn.Module):
    """Sets of outcomes of pairs (a, a + 1) → ISAB blocks → pooling by attention → `head`.

    Weights are shared by all pairs. Elements are the 36 kinds of outcomes, each with how often it
    was measured, so that the cost does not depend on the number of shots.

    Args:
        head: from pairs (a, a + 1), float32 (B, N − 1, width), to outputs (B, K).
        width: features of an element.
        heads: of the attention; they divide the width.
        points: learnt ones of a block.
        blocks: of induced attention.
        gate: float32 (bands,), what estimates are first multiplied by; None for no estimates.
        band: of each pair, int64 (K,), see `bands`; None for no estimates.
    """

    band: Tensor | None

    def __init__(
        self,
        head: nn.Module,
        *,
        width: int,
        heads: int,
        points: int,
        blocks: int,
        gate: Tensor | None = None,
        band: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.kinds = nn.Parameter(torch.randn(KINDS, width))
        self.blocks = nn.ModuleList([InducedAttention(width, heads, points) for _ in range(blocks)])
        self.seed = nn.Parameter(torch.randn(1, width))
        self.before, self.pool = nn.Linear(width, width), Attention(width, heads)
        self.head = head
        self.gate = None if gate is None else nn.Parameter(gate)
        self.register_buffer("band", band, persistent=False)

    def forward(self, counts: Tensor, estimate: Tensor | None = None) -> Tensor:
        """Counts float32 (B, N − 1, 36), estimates less the base (B, K) → outputs (B, K)."""
        log_count = counts.flatten(0, 1).log()
        h = self.kinds[None]
        for block in self.blocks:
            h = block(h, log_count)
        pooled = self.pool(self.seed[None], torch.relu(self.before(h)), log_count)[:, 0]
        out: Tensor = self.head(pooled.unflatten(0, counts.shape[:2]))
        if self.gate is None or estimate is None:
            return out
        return out + self.gate[self.band] * estimate


class OfPairs(nn.Module):
    """Pairs (a, a + 1) → one number each, linear with weights for all; 0 at first."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, 1)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, h: Tensor) -> Tensor:
        """Float32 (B, N − 1, width) → (B, N − 1)."""
        out: Tensor = self.linear(h)[..., 0]
        return out


class OfSites(nn.Module):
    """Pairs (a, a + 1) → sites, each the mean of its pairs → `head` of sites."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(self, h: Tensor) -> Tensor:
        """Float32 (B, N − 1, width) → (B, K)."""
        left, right = h[:, :1], h[:, -1:]
        sites = torch.cat([left, 0.5 * (h[:, 1:] + h[:, :-1]), right], dim=1)
        out: Tensor = self.head(sites)
        return out


def head_of(pairs: Pairs | None, width: int, outputs: int, *, silent: bool) -> nn.Module:
    """For labels of neighbours, of all pairs, or of the whole (`pairs` is None)."""
    if pairs is None:
        return OfSites(WholeChain(width, outputs, silent=silent))
    return OfSites(SharedPairs(pairs, width)) if pairs.is_matrix else OfPairs(width)


def bands(pairs: Pairs) -> Tensor:
    """Pairs whose estimates are trusted alike, int64 (K,): of one distance, far ones together."""
    return torch.from_numpy(pairs.distance.clip(1, NEAREST) - 1)
