"""Spins that precess, seen at several times: rows of one evolution share `trajectory`."""

from collections.abc import Sequence

import numpy as np

from builders.core.names import Size
from builders.physics.certificate import Exact
from builders.physics.family import Family
from builders.physics.label import SITE, Label
from builders.physics.parameters import Parameter, Parameters
from builders.physics.rows import Arrays, BuildSettings, Generators, MadeRows

TIMES = np.array([0.0, 0.5, 1.0, 1.5])


class Walk(Family):
    """⟨Z_i⟩ = cos(2 J_i t): every spin starts up and precesses about X under H = Σ J_i X_i.

    J_i ~ U[0.5, 1.5], the same at all times of an evolution.
    """

    name = "toy_walk"
    title = "Precessing spins"
    formula = "H = sum_i J_i X_i, from all spins up to the time t"
    distribution = "J_i ~ U[0.5, 1.5]; t in 0, 0.5, 1, 1.5."
    distribution_ood = "As above, at four times the times."
    why_hard = "It is not."
    references = ("none",)
    parameters = (
        Parameter("J", lambda s: (s.sites,), "frequency of site i"),
        Parameter("t", lambda _: (), "time, in units of 1/J"),
    )
    sizes = ("4", "6")
    tasks = ("toy_magnetization",)
    labels = (
        Label(
            *("magnetization", "float32", (SITE,), "1", "<Z_i> at the time t"),
            check=lambda values, _: ((np.abs(values) > 1).any(axis=1), "are outside -1 to 1"),
        ),
    )
    certificate = Exact("single spins in closed form")
    rows_a_seed = len(TIMES)
    trajectory = True
    method = "closed form"
    max_sites = 64

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return self.draw_rows(size, rng, shifted=False)[0]

    def draw_rows(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> list[Parameters]:
        J = rng.uniform(0.5, 1.5, size.sites)
        return [{"J": J, "t": np.array(t)} for t in TIMES * (4.0 if shifted else 1.0)]

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,
        settings: BuildSettings,
    ) -> MadeRows:
        angle = np.stack([2.0 * p["J"] * p["t"] for p in parameters])

        def sample(shots: int, generators: Generators) -> Arrays:
            parts = [
                _tokens(angle[k * self.rows_a_seed : (k + 1) * self.rows_a_seed], shots, rng)
                for k, rng in enumerate(generators)
            ]
            return {"shots": np.concatenate(parts)}

        return MadeRows({"magnetization": np.cos(angle).astype(np.float32)}, sample)


def _tokens(angle: np.ndarray, shots: int, rng: np.random.Generator) -> np.ndarray:
    """Random-Pauli shots of product states with ⟨Z⟩ = cos a, ⟨Y⟩ = −sin a, uint8 (R, M, N)."""
    shape = (len(angle), shots, angle.shape[1])
    basis = rng.integers(0, 3, shape, dtype=np.uint8)
    mean = np.stack([np.zeros_like(angle), -np.sin(angle), np.cos(angle)])
    rows, sites = np.arange(len(angle))[:, None, None], np.arange(angle.shape[1])
    up = rng.random(shape) < 0.5 * (1.0 + mean[basis, rows, sites])
    return np.asarray(2 * basis + ~up, dtype=np.uint8)


FAMILY = Walk()
