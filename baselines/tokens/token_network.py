"""A causal transformer over measurement outcomes, conditioned on what each site sees of H.

The network of `shadow_generator`, `llm4qpe_f`, `llm4qpe_t` and, with other eyes, of `shadow_gpt`
and `quadim`: it says how probable an outcome is in each basis, given outcomes that are known.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

START = 6  # the token before the first site; outcomes are 0..5
BASES = 3


@dataclass(frozen=True)
class Shape:
    """Size of a network.

    Attributes:
        features: numbers that a site sees of the Hamiltonian.
        sites: N, the longest sequence.
        width: of the hidden state.
        heads: of the attention; a divisor of `width`.
        layers: blocks.
        causal: whether a site sees those before it alone, or all others.
    """

    features: int
    sites: int
    width: int = 32
    heads: int = 4
    layers: int = 2
    causal: bool = True

    def __post_init__(self) -> None:
        if min(self.sites, self.width, self.heads, self.layers) < 1 or self.width % self.heads:
            raise ValueError(f"{self}: counts from 1, and heads a divisor of width")


class Cache:
    """Keys and values of the sites read so far: of each block (B, heads, ≤ N, width / heads)."""

    def __init__(self, layers: int) -> None:
        self.parts: list[tuple[Tensor, Tensor] | None] = [None] * layers

    def repeat(self, count: int) -> None:
        """The same for that many shots, where one has been read."""
        for layer, pair in enumerate(self.parts):
            if pair is not None:
                key, value = (x.expand(count, -1, -1, -1) for x in pair)
                self.parts[layer] = key, value

    def extend(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Append along the sites; what is there with it."""
        before = self.parts[layer]
        if before is not None:
            key, value = (torch.cat(pair, dim=2) for pair in zip(before, (key, value), strict=True))
        self.parts[layer] = key, value
        return key, value


class Attention(nn.Module):
    """Softmax attention to this site and those before, or to all, each distance with a learnt bias.

    The bias starts at −slope · distance with another slope a head (Press, Smith, Lewis 2022), so
    that what is near counts from the start and any law in the distance can be learnt.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.causal = shape.heads, shape.causal
        self.inputs = nn.Linear(shape.width, 3 * shape.width)
        self.output = nn.Linear(shape.width, shape.width)
        slopes = 2.0 ** -torch.arange(shape.heads, dtype=torch.float32)
        self.bias = nn.Parameter(-slopes[:, None] * torch.arange(shape.sites))

    def forward(self, x: Tensor, cache: Cache | None, layer: int) -> Tensor:
        """(B, T, width) → (B, T, width); with a cache, x are the sites after those in it."""
        batch, new, width = x.shape
        parts = self.inputs(x).reshape(batch, new, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        if cache is not None:
            key, value = cache.extend(layer, key, value)
        sites = key.shape[2]
        scores = query @ key.transpose(-1, -2) / math.sqrt(key.shape[3])
        mixed = functional.softmax(scores + self._bias(sites - new, sites), dim=-1) @ value
        out: Tensor = self.output(mixed.transpose(1, 2).reshape(batch, new, width))
        return out

    def _bias(self, first: int, sites: int) -> Tensor:
        """float32 (heads, sites − first, sites), −∞ for what comes later."""
        index = torch.arange(sites, device=self.bias.device)
        distance = index[first:, None] - index[None, :]
        if not self.causal:
            return self.bias[:, distance.abs()]
        return self.bias[:, distance.clamp(min=0)].masked_fill(distance < 0, -math.inf)


class Block(nn.Module):
    """Attention, then a perceptron of one hidden layer, each added to its input."""

    def __init__(self, shape: Shape, attention: type[Attention]) -> None:
        super().__init__()
        self.attention = attention(shape)
        self.first_norm, self.second_norm = (nn.LayerNorm(shape.width) for _ in range(2))
        self.up = nn.Linear(shape.width, 4 * shape.width)
        self.down = nn.Linear(4 * shape.width, shape.width)

    def forward(self, x: Tensor, cache: Cache | None, layer: int) -> Tensor:
        """(B, T, width) → (B, T, width)."""
        x = x + self.attention(self.first_norm(x), cache, layer)
        out: Tensor = x + self.down(functional.gelu(self.up(self.second_norm(x))))
        return out


class TokenNetwork(nn.Module):
    """p(bits | bases, H) = Π_j p(bit_j | basis_j, tokens before j, H).

    At site j it reads the token of the site before and the view of site j, and gives a logit for
    each of the three bases in which site j may be measured. So an outcome never depends on the
    basis of a later site, as quantum mechanics demands, and the random choice of bases, which is
    the experimenter's, is not learnt.

    Where it is not causal, it reads the tokens of all sites, `START` where nothing is known, and a
    logit is that of a site whose token it does not know, given those that it does.

    Args:
        shape: sizes.
        seed: of the initial weights.
    """

    attention: ClassVar[type[Attention]] = Attention

    def __init__(self, shape: Shape, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.tokens = nn.Embedding(START + 1, shape.width)
            self.condition = nn.Linear(shape.features, shape.width)
            self.blocks = nn.ModuleList(Block(shape, self.attention) for _ in range(shape.layers))
            self.norm = nn.LayerNorm(shape.width)
            self.head = nn.Linear(shape.width, BASES)
        # All outcomes equally probable before anything is learnt.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def hidden(self, before: Tensor, views: Tensor, cache: Cache | None = None) -> Tensor:
        """The state at every site, before the logits.

        Args:
            before: int64 (B, T), the token of the site before, `START` at the first one; what is
                known of the site itself where the network is not causal.
            views: float32 (B, T, features).
            cache: of the sites before these; it grows.

        Returns:
            float32 (B, T, width).
        """
        x = self.tokens(before) + self.condition(views)
        for layer, block in enumerate(self.blocks):
            x = block(x, cache, layer)
        out: Tensor = self.norm(x)
        return out

    def step(self, token: Tensor, views: Tensor, site: int, cache: Cache) -> Tensor:
        """Logits at one site, float32 (S, 3), of the shots whose last token is `token`, int64 (S,).

        Args:
            token: `START` at the first site.
            views: float32 (N, features), of the row.
            site: the one after those in the cache.
            cache: it grows.
        """
        here = views[site].expand(len(token), 1, -1)
        out: Tensor = self(token[:, None], here, cache)[:, 0]
        return out

    def forward(self, before: Tensor, views: Tensor, cache: Cache | None = None) -> Tensor:
        """Logits of bit 0 (eigenvalue +1) in each basis, float32 (B, T, 3)."""
        out: Tensor = self.head(self.hidden(before, views, cache))
        return out


def shifted(tokens: Tensor) -> Tensor:
    """Tokens (B, T) moved one site on, `START` first: what is known before each site is read."""
    return functional.pad(tokens[:, :-1], (1, 0), value=START)


def surprise(logits: Tensor, tokens: Tensor) -> Tensor:
    """−ln p(bit | basis, before) at every site, in nats.

    Args:
        logits: float32 (B, T, 3).
        tokens: int64 (B, T), 2·basis + bit.

    Returns:
        float32 (B, T).
    """
    chosen = (logits * functional.one_hot(tokens // 2, BASES)).sum(dim=2)
    return functional.softplus((2 * (tokens % 2) - 1) * chosen)
