"""Memory experiments of the rotated surface code, the logical Z kept."""

from builders.core.names import Size
from builders.kinds.code import CodeFamily
from builders.physics.geometry import rounds_of
from builders.physics.record import DetectionEvents


def surface_events(size: Size) -> int:
    """D = r (d² − 1) detection events: half of the stabilizers are compared in the first round, all
    of them from round to round, and half with the data qubits at the end.
    """
    return rounds_of(size) * (size.sites**2 - 1)


class SurfaceCode(CodeFamily):
    """Rotated surface code of distance d: d² data qubits, d² − 1 stabilizers, r rounds of Z memory.

    The qubits start in |0⟩, and at the end all are measured in Z. Detection events: r (d² − 1).
    """

    name = "surface_code"
    title = "Surface code, Z memory"
    formula = "rotated surface code [[d^2, 1, d]], r rounds: r (d^2 - 1) events, 1 observable"
    distribution = (
        "Independent faults of a circuit, of the strength and kind of the config's channel."
    )
    why_hard = (
        "Many sets of faults give the same events, and the likeliest class of them is to be found: "
        "counting them exactly takes time exponential in d. Matching leaves out that X and Z "
        "faults come together. Whoever decodes with `model.dem` has learnt nothing and is a "
        "solver."
    )
    references = (
        "E. Dennis, A. Kitaev, A. Landahl, J. Preskill, J. Math. Phys. 43, 4452 (2002)",
        "A. G. Fowler et al., Phys. Rev. A 86, 032324 (2012)",
        "C. Gidney, Stim, Quantum 5, 497 (2021)",
    )
    record = DetectionEvents(surface_events)
    experiment = "surface_code:rotated_memory_z"


FAMILY = SurfaceCode()
