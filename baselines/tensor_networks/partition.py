"""Partitions of the sites into two parts: how they are checked, and the tree's canonical ones.

A partition (I, J) is given by I. The canonical partitions of scale l are the blocks of window^l
neighbouring sites that one position of layer l stands for, each against all other sites
(Alexander, De La Vega, Razin, Cohen, NeurIPS 2023, arXiv 2303.11249).
"""

from collections.abc import Iterable

from baselines.tensor_networks.architecture import layers
from builders.core.errors import RequestError


def checked_part(sites: int, part: Iterable[int]) -> frozenset[int]:
    """The sites of I, of a partition of 0 … `sites` − 1 into I and the others.

    Raises:
        RequestError: a number that is no site, one given twice, no site, or all of them.
    """
    given = list(part)
    wrong = [i for i in given if isinstance(i, bool) or i not in range(sites)]
    if wrong:
        raise RequestError(
            f"{wrong[0]!r} is no site: sites are whole numbers from 0 to {sites - 1}."
        )
    chosen = frozenset(int(i) for i in given)
    if len(chosen) < len(given):
        raise RequestError(f"a part names a site twice: {given}. Name every site of it once.")
    if not 0 < len(chosen) < sites:
        raise RequestError(
            f"{len(chosen)} of {sites} sites are no partition: both parts need a site. "
            f"Give 1 to {sites - 1} sites."
        )
    return chosen


def scales(sites: int, window: int) -> range:
    """The scales l at which there is a canonical partition: window^l < `sites`."""
    return range(layers(sites, window))


def canonical_blocks(sites: int, window: int, scale: int) -> tuple[range, ...]:
    """The blocks of window^`scale` sites, from the left; the last may be shorter.

    Raises:
        RequestError: no block of that scale has other sites.
    """
    if scale not in scales(sites, window):
        raise RequestError(
            f"scale {scale}, but {sites} sites under windows of {window} have canonical "
            f"partitions at scales 0 to {layers(sites, window) - 1}."
        )
    size = window**scale
    return tuple(range(a, min(a + size, sites)) for a in range(0, sites, size))


def alternating_blocks(sites: int, size: int) -> tuple[int, ...]:
    """Sites of the first, third … block of `size` neighbours; size 1 is odd against even."""
    return tuple(i for i in range(sites) if i // size % 2 == 0)
