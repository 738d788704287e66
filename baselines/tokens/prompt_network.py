"""A causal transformer that reads a Hamiltonian as tokens of their own, ahead of the outcomes."""

import math
from typing import ClassVar

import torch
from torch import Tensor, nn

from baselines.tokens.token_network import Attention, Cache, Shape, TokenNetwork


class PromptAttention(Attention):
    """Attention over a prompt of N tokens, one a site, and the N tokens of the outcomes after it.

    The prompt is read by everyone, in both directions, outcomes by those after them. Each of the
    three has its own learnt law in the distance of the two sites, with a sign where an outcome
    reads the prompt; all start at −slope · |distance|, so that a site finds its own couplings.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        start, n = self.bias.detach(), shape.sites
        self.sites = n
        self.prompt_bias = nn.Parameter(start.clone())
        self.reading_bias = nn.Parameter(start[:, (torch.arange(2 * n - 1) - (n - 1)).abs()])

    def _bias(self, first: int, sites: int) -> Tensor:
        """float32 (heads, sites − first, sites); sites of the prompt come before all others."""
        n = self.sites
        index = torch.arange(sites, device=self.bias.device)
        prompt = index < n
        place = index - n * ~prompt
        reader, read = place[first:, None], place[None, :]
        distance = reader - read
        by_outcome = torch.where(
            prompt[None, :],
            self.reading_bias[:, distance + n - 1],
            self.bias[:, distance.clamp(min=0)],
        )
        out = torch.where(prompt[first:, None], self.prompt_bias[:, distance.abs()], by_outcome)
        hidden = ~prompt[None, :] & (prompt[first:, None] | (distance < 0))
        return out.masked_fill(hidden, -math.inf)


class PromptNetwork(TokenNetwork):
    """p(bits | bases, H) = Π_j p(bit_j | basis_j, tokens before j, prompt of H).

    The prompt is one token a site, a linear map of what the Hamiltonian has there. Whatever is
    further away is learnt by attention; nothing of H is added to the outcomes' own tokens.
    """

    attention: ClassVar[type[Attention]] = PromptAttention

    def hidden(self, before: Tensor, views: Tensor, cache: Cache | None = None) -> Tensor:
        """The state at every outcome's token.

        Args:
            before: int64 (B, T), the token of the site before, `START` at the first one.
            views: float32 (B, N, features), of all sites; not looked at where the prompt is in the
                cache.
            cache: of the prompt, see `read`, and the outcomes before these; it grows.

        Returns:
            float32 (B, T, width).
        """
        x = self.tokens(before)
        if cache is None:
            x = torch.cat([self.condition(views), x], dim=1)
        for layer, block in enumerate(self.blocks):
            x = block(x, cache, layer)
        out: Tensor = self.norm(x[:, -before.shape[1] :])
        return out

    def read(self, views: Tensor, shots: int, cache: Cache) -> None:
        """Put the prompt of one row, views (N, features), into an empty cache for S shots."""
        x = self.condition(views[None])
        for layer, block in enumerate(self.blocks):
            x = block(x, cache, layer)
        cache.repeat(shots)

    def step(self, token: Tensor, views: Tensor, site: int, cache: Cache) -> Tensor:
        """See `TokenNetwork.step`; the prompt is read at the first site."""
        if site == 0:
            self.read(views, len(token), cache)
        out: Tensor = self(token[:, None], views, cache)[:, 0]
        return out
