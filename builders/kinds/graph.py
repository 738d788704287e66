"""Families of weighted graphs with the problem of their largest cut, and QAOA on it."""

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError, WorkError
from builders.core.names import Size
from builders.physics.certificate import Arrays, Certificate
from builders.physics.family import Family
from builders.physics.geometry import Graph
from builders.physics.label import SITE, Axis, IndexSummary, Label, Wrong
from builders.physics.parameters import Parameter, Parameters
from builders.physics.record import Nothing
from builders.physics.rows import BuildSettings, Generators, MadeRows
from builders.solvers.graphs.best_angles import best_angles
from builders.solvers.graphs.fixed_angles import DEPTHS
from builders.solvers.graphs.light_cones import MOST_VERTICES
from builders.solvers.graphs.maximum_cut import MOST_TRIED, maximum_cuts
from builders.solvers.graphs.random_graphs import is_connected

WEIGHTS = "w"
"""The parameter of all families here."""
MAXIMUM = "max_cut"
UNIT = "as the weights"
SLOPE_LIMIT = 1e-8
_REPEATS = 5
"""Expected pairs of equal rows above which a build is not begun: it would succeed in one of 150."""
Check = Callable[[NDArray[Any], Size], Wrong]


def angles_label(depth: int) -> str:
    """Name of the label, and of the task, of the best angles at a depth."""
    return f"angles_p{depth}"


def angles_text(depth: int) -> str:
    """The angles at a depth, for people."""
    if depth == 1:
        return "gamma_1, beta_1"
    return f"gamma_1 ... gamma_{depth}, beta_1 ... beta_{depth}"


def reached_label(depth: int) -> str:
    """Name of the label of the expected cut that they reach."""
    return f"expected_cut_p{depth}"


def _labels() -> Iterator[Label]:
    for depth in DEPTHS:
        yield Label(
            *(angles_label(depth), "float32"),
            (Axis("angle", lambda _, count=2 * depth: count),),  # type: ignore[misc]
            *("rad", f"{angles_text(depth)}: the best angles found"),
        )
    for depth in DEPTHS:
        # Of weights of both signs it may be below 0; the certificate compares it with the maximum.
        yield _number(reached_label(depth), f"expected cut at {angles_label(depth)}")
    most = "value of the largest cut, proven"
    yield _number(MAXIMUM, most, lambda values, _: (values <= 0, "are not above 0"))
    yield Label(
        *("cut", "uint8", (SITE,), "1", "side of every vertex in a largest cut, the last on 0"),
        check=lambda values, _: ((values > 1).any(axis=1), "are neither 0 nor 1"),
    )


def _number(name: str, meaning: str, check: Check | None = None) -> Label:
    return Label(
        *(name, "float64", (), UNIT, meaning),
        check=check,
        summaries=(IndexSummary(name, UNIT, meaning, lambda values, _: values),),
    )


class Stationary(Certificate):
    """Best angles are stationary, and no expected cut is above the largest one."""

    sentence = (
        "`max_cut` and `cut` are proven: all cuts are tried up to "
        f"{MOST_TRIED} vertices, and HiGHS closes the gap beyond. At the best angles of a depth "
        f"no derivative of the expected cut by an angle is above {SLOPE_LIMIT:g} of its value, and "
        "expected cuts are exact to rounding; that no better maximum exists is not proven."
    )

    def wrong(self, arrays: Arrays) -> Iterator[tuple[str, Wrong]]:
        """Expected cuts above the largest cut."""
        for name in map(reached_label, DEPTHS):
            if name in arrays and MAXIMUM in arrays:
                most = arrays[MAXIMUM] * (1.0 + 1e-12)
                yield name, (arrays[name] > most, "are above the largest cut")

    def refuse(
        self, config: str, row_id: NDArray[np.int64], exactness: Arrays, limit: float
    ) -> None:
        """See `Certificate.refuse`; the limit is always that of `sentence`."""
        del limit
        slope = exactness["slope"]
        worst = int(slope.argmax())
        if not slope[worst] < SLOPE_LIMIT:
            raise WorkError(
                f"{config} row {row_id[worst]}: the expected cut still grows by {slope[worst]:.1g} "
                f"of its value an angle; {SLOPE_LIMIT:g} is allowed. The search stopped too early."
            )

    def summary(self, exactness: Arrays) -> dict[str, Any]:
        """The largest slope."""
        return {"relative_slope_max": float(exactness["slope"].max())}


class GraphFamily(Family):
    """C = Σ_{i<j} w_ij (1 − Z_i Z_j)/2 and |γ, β⟩ = Π_k e^{−iβ_k Σ X} e^{−iγ_k C} |+…+⟩.

    A row is a graph, nothing is measured, and what is asked for are the angles of the largest
    ⟨γ, β|C|γ, β⟩ at depths p = 1, 2, 3, and a largest cut.

    Class attributes:
        degree: of all vertices; 0 where degrees differ.
        binary: whether weights are 0 and 1 alone.
        graphs: vertices → how many graphs can be drawn, numbered vertices told apart, where they
            are so few that rows would repeat.
        graphs_ood: the same of the shifted distribution.
    """

    formula: ClassVar[str] = (
        "C = sum_{i<j} w_ij (1 - Z_i Z_j) / 2, "
        "U = prod_k exp(-i beta_k sum_j X_j) exp(-i gamma_k C) on |+...+>"
    )
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            *(WEIGHTS, lambda s: (s.sites, s.sites), "weight of every pair, 0: no edge"),
            symmetric=True,
        ),
    )
    tasks: ClassVar[tuple[str, ...]] = (*map(angles_label, DEPTHS), "cut")
    geometry: ClassVar[Graph] = Graph()
    record: ClassVar[Nothing] = Nothing()
    labels: ClassVar[tuple[Label, ...]] = tuple(_labels())
    certificate: ClassVar[Certificate] = Stationary()
    method: ClassVar[str] = "optimised"
    max_sites: ClassVar[int] = MOST_TRIED
    judged: ClassVar[str] = (
        "An answer is judged by its own cut and not by its distance from the label: `ratio` is the "
        "mean of (expected) cut / largest cut, and the scorer evaluates angles exactly. "
        "`above_random` = 1 − missed share / that of a cut at random; for angles, `skill` is the "
        "same against the fixed angles (only above 0 was anything learnt), and `of_best` the part "
        "of the way from a random cut to the best angles known. For `cut`, `found` is the share of "
        "graphs whose largest cut is found."
    )
    degree: ClassVar[int] = 0
    binary: ClassVar[bool] = True
    graphs: ClassVar[Mapping[int, int]] = {}
    graphs_ood: ClassVar[Mapping[int, int]] = {}

    def depths(self, size: Size) -> tuple[int, ...]:
        """Depths whose expected cuts are evaluated exactly at this size.

        Past 20 vertices light cones of the same number are left: all of degree 3 and depth 2.
        """
        if size.sites <= MOST_VERTICES:
            return DEPTHS
        return tuple(p for p in DEPTHS if p == 1 or 0 < _cone(self.degree, p) <= MOST_VERTICES)

    def absent(self, size: Size) -> tuple[str, ...]:
        """See `Family.absent`."""
        left = [p for p in DEPTHS if p not in self.depths(size)]
        return (*map(angles_label, left), *map(reached_label, left))

    def block(self, size: Size) -> int:
        """Rows that are made together: their state vectors share calls."""
        return 20 if size.sites <= 12 else 4

    def check_size(self, size: Size) -> None:
        """See `Family.check_size`; the number of half-edges must be even."""
        super().check_size(size)
        if size.sites * self.degree % 2:
            raise RequestError(
                f"size {size} of {self.name}: {size.sites} vertices of degree {self.degree} have "
                f"an odd number of ends. Give {size.sites - 1} or {size.sites + 1}."
            )
        if size.sites <= self.degree:
            raise RequestError(f"size {size} of {self.name}: give {self.degree + 1} or more.")

    def check_rows(self, size: Size, rows: int, shifted: int) -> None:
        """See `Family.check_rows`: no two rows may be the same graph."""
        self._check_rows(size, self.graphs, rows, "train and test rows")
        self._check_rows(size, self.graphs_ood, shifted, "test_ood rows")

    def _check_rows(self, size: Size, graphs: Mapping[int, int], rows: int, of: str) -> None:
        there = graphs.get(size.sites)
        if there is None or not rows:
            return
        if rows <= there and rows * (rows - 1) <= 2 * _REPEATS * there:
            return
        fit = f"at most {max(1, math.isqrt(there // 5))} or " if there else ""
        raise RequestError(
            f"{self.name} of size {size}: {rows} {of} are asked for. Such graphs with numbered "
            f"vertices: {there}, and no two rows may be the same. Ask for {fit}a size above "
            f"{max(graphs)}."
        )

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        """See `Family.check`; refuses graphs that the family has not."""
        parameters = super().check(size, given)
        weights = parameters[WEIGHTS]
        where = f"parameter {WEIGHTS!r} of {self.name}"
        if self.binary and not np.isin(weights, (0.0, 1.0)).all():
            sign = "negative weights" if weights.min() < 0 else "weights other than 0 and 1"
            raise RequestError(f"{where} has {sign}. Give 0 or 1, or take qaoa_maxcut_sk.")
        count = (weights != 0).sum(axis=1)
        wrong = np.flatnonzero(count != self.degree)
        if self.degree and len(wrong):
            raise RequestError(
                f"{where}: vertex {wrong[0]} has {count[wrong[0]]} edges, and every vertex needs "
                f"{self.degree}. Take qaoa_maxcut_erdos_renyi for other graphs."
            )
        if not is_connected(weights):
            raise RequestError(
                f"{where} is a graph in several parts, whose cuts are found one by one. Give a "
                "connected graph."
            )
        return parameters

    @abstractmethod
    def draw_weights(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """One random graph, symmetric float64 (V, V)."""

    @abstractmethod
    def draw_shifted(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """One of the shifted distribution."""

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        """See `Family.draw`."""
        return {WEIGHTS: self.draw_weights(size.sites, rng)}

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        """See `Family.draw_ood`."""
        return {WEIGHTS: self.draw_shifted(size.sites, rng)}

    def weights(self, size: Size, flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """The graphs of flat parameters (R, P), float64 (R, V, V)."""
        out = np.zeros((len(flat), size.sites, size.sites))
        u, v = np.triu_indices(size.sites, 1)
        out[:, u, v] = out[:, v, u] = flat
        return out

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,
        settings: BuildSettings,  # noqa: ARG002  # there is one way
    ) -> MadeRows:
        """See `Family.make`."""
        weights = np.stack([p[WEIGHTS] for p in parameters])
        depths = self.depths(size)
        largest = maximum_cuts(weights)
        columns: dict[str, NDArray[Any]] = {MAXIMUM: largest.value, "cut": largest.sides}
        slope = np.zeros(len(weights))
        for depth, found in zip(depths, best_angles(weights, depths, rngs), strict=True):
            columns[angles_label(depth)] = found.angles.astype(np.float32)
            columns[reached_label(depth)] = found.value
            slope = np.maximum(slope, found.slope)
        return MadeRows(columns, lambda _, __: {}, {"slope": slope})

    def about(self) -> dict[str, str]:
        """See `Family.about`."""
        return {"How rows are made": _HOW, "Which angles": _WHICH}

    def checks(self) -> list[str]:
        """See `Family.checks`."""
        return [
            *super().checks(),
            "depth 1: closed form against state vectors, and both against dense matrices",
            "largest cuts: all cuts tried against HiGHS",
        ]


def _cone(degree: int, depth: int) -> int:
    """Vertices within `depth` steps of an edge of a tree; 0 where degrees are not fixed."""
    return 2 * sum((degree - 1) ** k for k in range(depth + 1)) if degree else 0


_HOW = (
    "The largest cut: every cut is tried up to "
    f"{MOST_TRIED} vertices; beyond, HiGHS proves one. Expected cuts: the closed form at depth 1, "
    f"state vectors up to {MOST_VERTICES} vertices, light cones beyond, with gradients. Best "
    "angles: from the fixed angles, from those of the depth below, and from random ones, by BFGS; "
    "the best end is polished by Newton's method."
)
_WHICH = (
    "Angles that differ by a symmetry say the same, and a mean over them says nothing. The kept "
    "form has every beta in (-pi/4, pi/4], every gamma in the interval about 0 of its period, and "
    "gamma_1 ≥ 0: beta has the period pi/2, all angles may change sign together, and gamma of "
    "whole weights has the period 2 pi, or pi where degrees are all even or all odd (then later "
    "betas change sign). Of maxima that are equal to 1e-7 the one nearest to the fixed "
    "angles is kept."
)
