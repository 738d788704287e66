"""A channel placed on N sites: how it changes the bits of random-Pauli shots, exactly.

Every channel here acts on each qubit by itself, and its adjoint maps the two outcomes of a Pauli
basis to mixtures of these two. So it is a random flip of each sampled bit, whose probability
depends on site, basis and bit alone, and bits sampled from the ideal state and then flipped are
distributed exactly as if the noisy state had been measured:

- readout errors act after the measurement, on the bit, in every basis alike.
- X, Y or Z with probability p/3 each scale the Bloch vector by 1 − 4p/3: in every basis a bit is
  flipped with probability 2p/3.
- Relaxation for a time τ before the measurement, amplitude damping (T1) and pure dephasing such
  that coherences decay by T2 ≤ 2 T1, takes the Bloch vector (x, y, z) to
  (x e^{−τ/T2}, y e^{−τ/T2}, 1 − (1 − z) e^{−τ/T1}). In X and Y a bit is flipped with probability
  (1 − e^{−τ/T2})/2 whatever it is; in Z a bit 1, the excited state, becomes 0 with probability
  1 − e^{−τ/T1}, and a bit 0 stays.

A device does the last, τ the length of a measurement, and then the first. Its calibrated readout
errors contain what decays while the rotated qubit is read; the relaxation stands for a wait of the
same length before the rotation, as qubits have that are read one measurement later. The noise of a
circuit's gates, see `gate_noise`, is no such channel: it is in the state that is measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.calibration import Calibration
from builders.physics.channel import DEVICE, Channel

Floats = NDArray[np.float64]

_LEAST_SLOPE = 1e-3  # below, a mitigated shot has a thousand times the spread of an ideal one


@dataclass(frozen=True, eq=False)
class SiteChannel:
    """How bits are flipped.

    Attributes:
        flips: float64 (3, N, 2), probability that a bit is flipped: basis X, Y, Z; site; bit.
    """

    flips: Floats

    def __post_init__(self) -> None:
        shape, flips = self.flips.shape, self.flips
        if len(shape) != 3 or shape[::2] != (3, 2) or not ((flips >= 0) & (flips <= 1)).all():
            raise RequestError(f"flips {shape}: give (3, N, 2) probabilities within 0 to 1.")

    def then(self, after: "SiteChannel") -> "SiteChannel":
        """Both channels, this one first, of as many sites."""
        first, second = self.flips, after.flips
        return SiteChannel((1.0 - first) * second + first * (1.0 - second[..., ::-1]))

    def apply(
        self, tokens: NDArray[np.uint8], rngs: Sequence[np.random.Generator]
    ) -> NDArray[np.uint8]:
        """What is read where `tokens` would be without noise.

        One uniform number a bit is drawn, whatever the probabilities: a bit that is flipped at
        some strength is flipped at every larger one, and where nothing is flipped, tokens stay.

        Args:
            tokens: uint8 (R, M, N), 2·basis + bit.
            rngs: one generator a row, or one for as many rows in turn as go into R; each row
                takes its numbers in order.

        Returns:
            uint8 (R, M, N), a new array.
        """
        n_sites = tokens.shape[-1]
        if self.flips.shape[1] != n_sites or len(tokens) % len(rngs):
            raise RequestError(
                f"shots of {n_sites} sites and {len(tokens)} rows, a channel of "
                f"{self.flips.shape[1]} sites and {len(rngs)} generators: they do not fit."
            )
        of_token = np.moveaxis(self.flips, 1, 2).reshape(6, n_sites)
        together, site = len(tokens) // len(rngs), np.arange(n_sites)
        read = np.empty_like(tokens)
        for k, row in enumerate(tokens):
            flipped = rngs[k // together].random(row.shape) < of_token[row, site]
            read[k] = row ^ flipped
        return read

    def slope_and_offset(self) -> tuple[Floats, Floats]:
        """Mean of an outcome o = ±1 that is read, slope · o + offset, where o would be ideal.

        Returns:
            Two float64 (3, N), by basis and site.

        Raises:
            RequestError: somewhere the outcome that is read hardly depends on the ideal one.
        """
        up, down = self.flips[..., 0], self.flips[..., 1]
        slope = 1.0 - up - down
        if (np.abs(slope) < _LEAST_SLOPE).any():
            basis, site = (int(k[0]) for k in np.nonzero(np.abs(slope) < _LEAST_SLOPE))
            raise RequestError(
                f"the channel leaves nothing of {'XYZ'[basis]} on site {site} (slope "
                f"{slope[basis, site]:.2g}), so that it cannot be mitigated. Use the raw shots."
            )
        return slope, down - up


def place(channel: Channel, sites: int, calibration: Calibration | None = None) -> SiteChannel:
    """A channel on N sites.

    Args:
        channel: the channel.
        sites: N.
        calibration: of the device; None for other channels.

    Raises:
        RequestError: a device without its calibration, that of another device or size, or one
            where there is no device.
    """
    if channel.kind != DEVICE:
        if calibration is not None:
            raise RequestError(f"channel {channel} has no calibration. Leave it out.")
        flips = np.empty((3, sites, 2))
        if channel.kind == "readout":
            flips[:] = channel.probabilities
        else:
            flips[:] = 2.0 * channel.probabilities[0] / 3.0
        return SiteChannel(flips)
    if calibration is None or calibration.device != channel.device:
        has = "there is none" if calibration is None else f"this is of {calibration.device}"
        raise RequestError(f"channel {channel} needs a calibration of its device; {has}.")
    if len(calibration.qubits) != sites:
        raise RequestError(
            f"channel {channel}: a calibration of {len(calibration.qubits)} qubits, {sites} sites."
        )
    readout = np.broadcast_to(np.stack([calibration.p01, calibration.p10], axis=1), (3, sites, 2))
    return relaxation(calibration).then(SiteChannel(readout))


def relaxation(calibration: Calibration) -> SiteChannel:
    """T1 and T2 during the length of a measurement."""
    t1, t2, length = (np.array(getattr(calibration, name)) for name in ("t1", "t2", "length"))
    flips = np.zeros((3, len(t1), 2))
    flips[:2] = -0.5 * np.expm1(-length / np.minimum(t2, 2.0 * t1))[:, None]
    flips[2, :, 1] = -np.expm1(-length / t1)
    return SiteChannel(flips)
