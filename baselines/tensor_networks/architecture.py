"""What a convolutional arithmetic circuit (ConvAC) is made of: sites, channels, windows.

Site i holds a representation vector of length M = `features`. Layer l = 0 … L−1 maps the channels
at every position linearly to r_l = `widths[l]` channels (a 1×1 convolution, no bias) and then
multiplies, channel by channel, the positions in each window of `window` neighbours (product
pooling). The last pooling leaves one position, and a dense layer without bias maps its r_{L−1}
channels to the outputs. Each output is Σ A_{d1…dN} Π_i x_{i, d_i} with A a tree tensor network:
matrices of r_l × r_{l−1} at the positions (r_{−1} = M), and one copy tensor of r_l values at every
window of layer l. Levine, Yakira, Cohen, Shashua, ICLR 2018 (arXiv 1704.01552).

N sites that are no power of the window are padded behind the last one to the next power: a padded
site holds the constant vector of M ones. Its weights are counted like the others.
"""

from dataclasses import dataclass

from builders.core.errors import RequestError

MEMORY_LIMIT = 4 * 2**30
"""Bytes that the weights of one network may take while it is trained."""

# Weights, their gradient and Adam's two moments, as float64.
_BYTES_A_PARAMETER = 4 * 8


@dataclass(frozen=True)
class Architecture:
    """One ConvAC, described without its weights.

    Attributes:
        sites: N ≥ 2, number of input positions.
        features: M ≥ 1, length of the representation vector of a site.
        widths: r_0 … r_{L−1}, channels after the 1×1 convolution of each layer, all ≥ 1.
        window: ≥ 2, positions that one pooling multiplies.
        outputs: ≥ 1, length of the answer.
        shared: the positions of a layer have the same matrix; otherwise each has its own.

    Raises:
        RequestError: a number that is none of these, a number of widths that is not L, or
            weights past `MEMORY_LIMIT`.
    """

    sites: int
    features: int
    widths: tuple[int, ...]
    window: int
    outputs: int = 1
    shared: bool = False

    def __post_init__(self) -> None:
        for name, least in (("sites", 2), ("features", 1), ("window", 2), ("outputs", 1)):
            _at_least(name, getattr(self, name), least)
        for layer, width in enumerate(self.widths):
            _at_least(f"widths[{layer}]", width, 1)
        if len(self.widths) != self.depth:
            raise RequestError(
                f"{len(self.widths)} widths {list(self.widths)}, but {self.sites} sites, padded to "
                f"{self.padded}, and windows of {self.window} make {self.depth} layers. "
                f"Give {self.depth} widths, one a layer."
            )
        if self.memory > MEMORY_LIMIT:
            raise RequestError(
                f"widths {list(self.widths)} need {self.memory / 2**30:.3g} GiB for "
                f"{self.parameters} parameters while they are trained; the limit is "
                f"{MEMORY_LIMIT / 2**30:.3g} GiB. Give smaller widths or shared=True."
            )

    @property
    def padded(self) -> int:
        """Number of sites with the constant ones: the next power of the window."""
        return int(self.window**self.depth)

    @property
    def depth(self) -> int:
        """L, the number of layers."""
        return layers(self.sites, self.window)

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions that the 1×1 convolution of each layer acts on: N, N/window, … window."""
        return tuple(self.window ** (self.depth - layer) for layer in range(self.depth))

    @property
    def bonds(self) -> tuple[int, ...]:
        """Bond dimensions from the sites up: M, r_0, … r_{L−1}."""
        return (self.features, *self.widths)

    @property
    def parameters(self) -> int:
        """Number of weights, those of padded sites and of the dense output included."""
        matrices = (a * b for a, b in zip(self.bonds[:-1], self.widths, strict=True))
        copies = (1,) * self.depth if self.shared else self.positions
        return self.widths[-1] * self.outputs + sum(
            count * size for count, size in zip(copies, matrices, strict=True)
        )

    @property
    def memory(self) -> int:
        """Bytes of the weights, their gradient and Adam's moments in float64."""
        return _BYTES_A_PARAMETER * self.parameters


def layers(sites: int, window: int) -> int:
    """Number of poolings that leave one position of `sites`, at least one."""
    depth = 1
    while window**depth < sites:
        depth += 1
    return depth


def _at_least(name: str, given: object, least: int) -> None:
    if not isinstance(given, int) or isinstance(given, bool) or given < least:
        raise RequestError(f"{name} is {given!r}; it must be a whole number of at least {least}.")
