"""The certificate of a ground state: ⟨H⟩ and ⟨(H − ⟨H⟩)²⟩, exact for a matrix product state.

Both are one walk along the chain, through one layer of the MPO and through two. The variance is
zero for an eigenstate alone, and no truncation enters it.
"""

import torch
from torch import Tensor

from builders.mpo import DONE, START, Move, Mpo
from builders.mps import Mps

# Keys: channel charges of the layers, then the charge of the ket left of the cut. The bra has the
# sum of all of them. Values: (B, channels of each layer ..., bra bond, ket bond).
Walk = dict[tuple[int, ...], Tensor]
Parts = dict[tuple[int, int], Tensor]


@torch.no_grad()
def energy_and_variance(state: Mps, mpo: Mpo) -> tuple[Tensor, Tensor]:
    """⟨H⟩ and ⟨(H − ⟨H⟩)²⟩, each (B,), in the units of `mpo`.

    The energy is subtracted site by site before squaring, so that nothing large cancels.
    """
    energy = _moment(state, mpo, 1)
    return energy, _moment(state, mpo.shifted(energy), 2).clamp_min(0.0)


def _moment(state: Mps, mpo: Mpo, layers: int) -> Tensor:
    """⟨Hᵏ⟩ for k = `layers`, (B,)."""
    qubit = state.qubit
    edge = next(iter(state.sites[0].values()))
    edge = edge.new_zeros((state.batch, mpo.channels[0][0] ** layers))
    edge[:, START] = 1.0  # START is 0, also of several layers taken together
    edge = edge.reshape(state.batch, *(mpo.channels[0][0],) * layers, 1, 1)
    walk: Walk = {(0,) * (layers + 1): edge}
    for i in range(state.n_sites):
        walk = _step(mpo, i, state.parts(i), walk, layers)
    end = walk[(0,) * layers + (qubit.total,)]
    for _ in range(layers):
        end = end[:, DONE]
    return end[:, 0, 0]


def _step(mpo: Mpo, i: int, parts: Parts, walk: Walk, layers: int) -> Walk:
    """Carry the walk over site i: ket, the layers one after the other, bra."""
    qubit = mpo.qubit
    # Keys grow by the ket's state and the state after the layers so far.
    open_: Walk = {}
    for key, block in walk.items():
        for s in (0, 1):
            ket = parts.get((key[-1], s))
            if ket is not None:
                b, *middle, d_in = block.shape
                done = (block.reshape(b, -1, d_in) @ ket).reshape(b, *middle, -1)
                bra_charge = key[0]
                for c in key[1:]:
                    bra_charge = qubit.add(bra_charge, c)
                # From here on: channel charges, ket charge right of the site, bra charge, state.
                out = qubit.add(key[-1], qubit.charges(i)[s])
                open_[*key[:-1], out, bra_charge, s] = done
    moves = mpo.moves(i)
    for layer in range(layers):
        open_ = _layer(moves, open_, layer)
    new: Walk = {}
    for (*charges, bra_charge, s), block in open_.items():
        bra = parts.get((bra_charge, s))
        if bra is not None:
            shape = (-1,) + (1,) * layers + bra.mT.shape[1:]
            _accumulate(new, tuple(charges), bra.mT.reshape(shape) @ block)
    return new


def _layer(moves: list[Move], open_: Walk, layer: int) -> Walk:
    """Apply one layer of the MPO to the physical state and to that layer's channel."""
    out: Walk = {}
    for (*charges, q, bra_charge, s), block in open_.items():
        shape = block.shape
        flat = block.flatten(2 + layer)
        for move in moves:
            if move.s != s or move.c != charges[layer]:
                continue
            after = list(charges)
            after[layer] = move.c_out
            turned = move.weights.mT
            turned = turned.reshape(len(turned), *(1,) * layer, *turned.shape[1:])
            term = (turned @ flat).reshape(*shape[: 1 + layer], -1, *shape[2 + layer :])
            _accumulate(out, (*after, q, bra_charge, move.s_out), term)
    return out


def _accumulate(target: Walk, key: tuple[int, ...], term: Tensor) -> None:
    if key in target:
        target[key] = target[key].add_(term)
    else:
        target[key] = term
