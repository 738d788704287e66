"""One step of Σ Z: superpositions of spins raised, or lowered, on one of neighbouring sites."""

from collections.abc import Sequence

from torch import Tensor

from builders.solvers.mps.canonical import Parts
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Dims


def stepped(
    qubit: Qubit, sites: Sequence[Parts], dims: Sequence[Dims], step: int, weights: Tensor
) -> list[Parts]:
    """Σ_i weights_i S⁺_i, or S⁻_i, on the states of neighbouring sites.

    Args:
        qubit: local space of Σ Z.
        sites: n tensors in any gauge, (left charge, physical state) → (B, left, right).
        dims: of the n + 1 cuts.
        step: by how much Σ Z changes, 2 for S⁺ and −2 for S⁻.
        weights: float64 (n,).

    Returns:
        Tensors of about twice the bond dimension; charges right of the last site are raised by
        `step`. At every cut the sites on the left have not made the step, or they have.

    Raises:
        ValueError: the step is another.
    """
    if abs(step) != 2:
        raise ValueError(f"{step=} must be 2 or -2")
    s_out, s_in = (0, 1) if step > 0 else (1, 0)
    before = [*dims[:-1], Dims()]
    after = [Dims(), *({q + step: d for q, d in cut.items()} for cut in dims[1:])]
    out: list[Parts] = []
    for i, old in enumerate(sites):
        new: Parts = {}
        like = next(iter(old.values()))
        keys = {*old, *((q + step, s) for q, s in old), *((q, s_out) for q, s in old if s == s_in)}
        for q, s in sorted(keys):
            right = q + qubit.charges(0)[s]
            top, left = before[i].get(q, 0), after[i].get(q, 0)
            first, last = before[i + 1].get(right, 0), after[i + 1].get(right, 0)
            block = like.new_zeros((len(like), top + left, first + last))
            if (q, s) in old and top and first:
                block[:, :top, :first] = old[q, s]
            if (q - step, s) in old and left and last:
                block[:, top:, first:] = old[q - step, s]
            if s == s_out and (q, s_in) in old and top and last:
                block[:, :top, first:] = weights[i] * old[q, s_in]
            if block.numel():
                new[q, s] = block
        out.append(new)
    return out
