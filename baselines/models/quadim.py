"""QuaDiM: a conditional diffusion model of the measurements, with no order of the sites."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from baselines.tokens.generator import Generator
from builders.core.errors import RequestError

if TYPE_CHECKING:
    from torch import Tensor

    from baselines.tokens.token_network import Shape, TokenNetwork
    from baselines.tokens.token_sampling import DrawnShadows


class Model(Generator):
    """p(b | P, H) as the end of a denoising process of all sites; labels from drawn shots.

    After Tang, Long, Yan, "QuaDiM: a conditional diffusion model for quantum state property
    estimation", ICLR 2025. Theirs: a network conditioned on the physical variables turns Gaussian
    noise step by step into measurement records of the ground state, all qubits treated alike, where
    autoregressive models impose an order that entanglement does not have; properties of a new
    Hamiltonian follow from the drawn records. They claim to be better than autoregressive models on
    the antiferromagnetic Heisenberg chain, up to 100 qubits, with few measurements in training and
    fewer drawn ones.

    Different here: outcomes are bits, so that the noise is the one of discrete diffusion, which
    erases (`denoising`): −ln p(b_j | the outcomes not erased, H) of the erased sites, as many as
    there may be, is made small. Shots are drawn in `rounds`: sites of one round are that many apart
    and drawn at once, so that with as many rounds as sites nothing is approximated. The network is
    that of `shadow_generator` with attention in both directions; couplings enter as there. Bases
    are given, and labels are taken from the drawn shots' probabilities, see `Generator`. Of the
    paper its abstract was at hand, not its body.

    Args:
        seed: of weights, batches and drawn shots.
        width: of the hidden state.
        layers: blocks.
        epochs: times that every shot is read, in large cells fewer.
        drawn: shots drawn for a row from each end of the chain, at most.
        rounds: in which the sites of a shot come to be known, at most one a site.
    """

    title = "Conditional diffusion over outcomes, labels from its shadows"
    most_steps: ClassVar[int] = 500

    def __init__(
        self,
        *,
        seed: int = 0,
        width: int = 32,
        layers: int = 2,
        epochs: float = 32.0,
        drawn: int = 64,
        rounds: int = 8,
    ) -> None:
        super().__init__(seed=seed, width=width, layers=layers, epochs=epochs, drawn=drawn)
        if rounds < 1:
            raise RequestError(f"{rounds=}: give at least 1 round.")
        self.rounds = rounds

    def _network(self, shape: "Shape") -> "TokenNetwork":
        return super()._network(replace(shape, causal=False))

    def _loss(
        self, network: "TokenNetwork", tokens: "Tensor", views: "Tensor", rng: np.random.Generator
    ) -> "Tensor":
        from baselines.tokens.denoising import erased_outcomes

        return erased_outcomes(network, tokens, views, rng)

    def _draw(self, views: "Tensor", shots: int) -> "DrawnShadows":
        from baselines.tokens.denoising import draw_in_rounds, rounds_of
        from baselines.tokens.token_sampling import bases_and_chances

        given = bases_and_chances(shots, len(views), self.seed)
        when = rounds_of(len(views), self.rounds, self.seed)
        return draw_in_rounds(self.network, views, *given, when)
