"""Memory experiments of the triangular colour code."""

from builders.core.names import Size
from builders.kinds.code import CodeFamily
from builders.physics.geometry import rounds_of
from builders.physics.record import DetectionEvents


def color_events(size: Size) -> int:
    """D = 3 r (d² − 1)/8 detection events, one a face and round."""
    return rounds_of(size) * 3 * (size.sites**2 - 1) // 8


class ColorCode(CodeFamily):
    """Triangular colour code on a hexagonal lattice, distance d: (3 d² + 1)/4 data qubits.

    r ≥ 2 rounds measure the 3 (d² − 1)/8 faces in X, Y and Z in turn, one basis a round. Detection
    events: 3 r (d² − 1)/8.
    """

    name = "color_code"
    title = "Colour code, XYZ memory"
    formula = "colour code [[(3 d^2 + 1)/4, 1, d]], r rounds: 3 r (d^2 - 1)/8 events, 1 observable"
    distribution = (
        "Independent faults of a circuit, of the strength and kind of the config's channel."
    )
    why_hard = (
        "A fault of a data qubit flips the events of three faces, so that matching does not apply "
        "as it stands. Whoever decodes with `model.dem` has learnt nothing and is a solver."
    )
    references = (
        "H. Bombin, M. A. Martin-Delgado, Phys. Rev. Lett. 97, 180501 (2006)",
        "C. Gidney, Stim, Quantum 5, 497 (2021)",
    )
    record = DetectionEvents(color_events)
    experiment = "color_code:memory_xyz"
    least_rounds = 2


FAMILY = ColorCode()
