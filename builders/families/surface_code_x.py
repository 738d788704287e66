"""Memory experiments of the rotated surface code, the logical X kept."""

from builders.families.surface_code import SurfaceCode


class SurfaceCodeX(SurfaceCode):
    """Rotated surface code of distance d: d² data qubits, d² − 1 stabilizers, r rounds of X memory.

    The qubits start in |+⟩, and at the end all are measured in X. Detection events: r (d² − 1).
    """

    name = "surface_code_x"
    title = "Surface code, X memory"
    experiment = "surface_code:rotated_memory_x"


FAMILY = SurfaceCodeX()
