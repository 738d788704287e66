"""Base of the models that are a tree of matrices and poolings over the sites of a chain."""

from typing import TYPE_CHECKING

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.features import SiteChannels
from baselines.inputs.pairs import Pairs
from baselines.inputs.site_vectors import site_vectors
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least
from baselines.tensor_networks import profiles
from baselines.tensor_networks.architecture import Architecture, layers
from builders.core.errors import RequestError, unknown

if TYPE_CHECKING:
    from torch import nn

PROFILES = {
    "flat": profiles.flat,
    "wide_base": profiles.wide_base,
    "wide_tip": profiles.wide_tip,
}
WINDOWS = (2, 4)
OUTCOMES = 6
"""Of a Pauli measured at random: three letters, two signs."""


class TreeBaseline(NetworkBaseline):
    """Sites → [matrix at every position → pooling over `window` positions] × L → labels or classes.

    L is the least number of poolings that leave one position; sites that are missing to window^L
    hold ones, so that any chain is answered. A site brings a 1 and its standardised
    parameters, bounded by tanh. Where shots are the inputs, it brings the outcome as one of six,
    and the answer is the mean over shots of what the network says of each: shots are not averaged
    before, since a product over sites is to see which outcomes came together.

    All profiles have as many parameters as the widths allow to come near to `parameters`, those of
    the dense output included, which is r_{L−1} for each label entry or class.

    Class attributes:
        is_circuit: whether poolings are products, and nothing else bends; else ReLU and maxima.

    Args:
        seed: of folds, weights and batches.
        profile: `flat`, `wide_base` or `wide_tip`: channels of the first layer to those of the last
            1 : 1, 4 : 1 or 1 : 4.
        widths: channels of the L layers from the sites on, as `8,4,2`; then neither `profile` nor
            `parameters` counts.
        window: positions that a pooling joins, 2 or 4.
        shared: whether all positions of a layer have one matrix.
        parameters: of a network, nearly.
        rate: learning rate.
    """

    answers = ("regression", "classification")
    needs_chain = True
    # Ten times the rate moves the outputs of a circuit by e^±3 a step, see `ConvAC`.
    class_rate = 1.0
    is_circuit = True

    def __init__(
        self,
        *,
        seed: int = 0,
        profile: str = "flat",
        widths: str = "",
        window: int = 2,
        shared: bool = False,
        parameters: int = 20_000,
        rate: float = 3e-3,
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        if profile not in PROFILES:
            raise unknown("profile", profile, PROFILES)
        if window not in WINDOWS:
            raise RequestError(f"setting window={window}: give 2 or 4.")
        check_at_least("parameters", parameters, 1)
        self.profile, self.widths = profile, _numbers(widths)
        self.window, self.one_matrix, self.parameters = window, shared, parameters

    def architecture(self, sites: int, features: int, outputs: int) -> Architecture:
        """The network for N sites with M features each.

        Raises:
            RequestError: as many widths as layers are needed, of one channel or more; or the
                budget does not hold one channel a layer; or the weights are too many for memory.
        """
        depth = layers(sites, self.window)
        widths = self.widths or (1,) * depth
        like = Architecture(sites, features, widths, self.window, outputs, self.one_matrix)
        return like if self.widths else PROFILES[self.profile](like, self.parameters)

    def _open(self, cell: Cell) -> None:
        if not self.uses_test_shots:
            self._channels = SiteChannels(cell.family, cell.size, cell.parameters)

    def _inputs(self, rows: Rows) -> Inputs:
        if self.uses_test_shots:
            return (rows.shots.astype("float32"),)
        return (site_vectors(self._channels(rows.parameters)),)

    def _build(self, inputs: Inputs, outputs: int, _: Pairs | None) -> "nn.Module":
        import torch

        from baselines.networks.convac import ConvAC, ConvNet, OverShots

        shots = self.uses_test_shots
        sites, features = (inputs[0].shape[2], OUTCOMES) if shots else inputs[0].shape[1:]
        shape = self.architecture(sites, features, outputs)
        unit = torch.full((OUTCOMES,), 1 / OUTCOMES) if shots else None
        network = ConvAC(shape, unit) if self.is_circuit else ConvNet(shape)
        return OverShots(network) if shots else network


def _numbers(widths: str) -> tuple[int, ...]:
    try:
        return tuple(int(width) for width in widths.split(",")) if widths else ()
    except ValueError:
        raise RequestError(
            f"setting widths={widths!r}: give whole numbers and commas, such as 8,4,2."
        ) from None
