"""What a family is: a distribution of instances, what is measured on each, and what is hidden."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.errors import RequestError, unknown
from builders.core.names import Size
from builders.physics import parameters as flat_parameters
from builders.physics.calibration import Calibration
from builders.physics.certificate import VARIANCE_LIMIT, Certificate
from builders.physics.channel import EXPERIMENT
from builders.physics.geometry import Chain, Geometry
from builders.physics.label import Label
from builders.physics.parameters import Parameter, Parameters
from builders.physics.record import PauliTokens, Record
from builders.physics.row_figure import RowFigure
from builders.physics.rows import Arrays, BuildSettings, Generators, MadeRows

COMMON = ("row_id", "seed", "trajectory", "parameters")
"""Columns that every config may have, whatever its family."""


class Family(ABC):
    """Base of every family; one subclass a file, whose docstring is the instance's formula.

    A subclass states the class attributes and the abstract methods. Everything that is the
    same for all families (checking parameters, flattening them) is here.

    Class attributes:
        geometry: how sizes are written, named and laid out.
        record: what one row's measurement is.
        labels: what is hidden in test.
        certificate: how exact a row is.
        figures: numbers of a row that follow from several columns; the index has them.
        tasks: names of the tasks that its configs offer.
        identity: what makes two rows one and the same: their parameters, their record, or nothing.
        rows_a_seed: rows that share a seed and follow each other: the states of one evolution, or
            a batch of shots. A row depends on its seed and its place among them.
        trajectory: whether the rows of a seed are one evolution: the column `trajectory` counts
            them then.
        recipe: raised when a change gives other bytes from the same seed.
        draws: raised, to the recipe of then, when rows are drawn anew. A recipe that corrects
            labels leaves it: the same seeds give the same instances.
        state: what of an instance is measured, such as `ground state`; "" where the instance is
            itself what is measured.
        method: how rows are made, in a word; stands in the manifest where no solver is chosen.
        solvers: names that `--solver` may have, the first of which is the default; () where rows
            are made in the one way of `method`.
        packages: beside the usual ones, whose versions the manifest tells.
        usual_channel: of rows that cannot do without noise, the channel where none is named.
        judged: how answers to its tasks are scored, for people.

    A family with a shifted distribution for the split `test_ood` says it in `distribution_ood` and
    defines `draw_ood`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    distribution: ClassVar[str]
    why_hard: ClassVar[str]
    references: ClassVar[tuple[str, ...]]
    parameters: ClassVar[tuple[Parameter, ...]]
    sizes: ClassVar[tuple[str, ...]]
    tasks: ClassVar[tuple[str, ...]]
    geometry: ClassVar[Geometry] = Chain()
    record: ClassVar[Record] = PauliTokens()
    labels: ClassVar[tuple[Label, ...]]
    certificate: ClassVar[Certificate]
    figures: ClassVar[tuple[RowFigure, ...]] = ()
    identity: ClassVar[Literal["parameters", "record", "none"]] = "parameters"
    rows_a_seed: ClassVar[int] = 1
    trajectory: ClassVar[bool] = False
    recipe: ClassVar[int] = 1
    draws: ClassVar[int] = 1
    state: ClassVar[str] = ""
    method: ClassVar[str] = ""
    solvers: ClassVar[tuple[str, ...]] = ()
    packages: ClassVar[tuple[str, ...]] = ()
    usual_channel: ClassVar[str] = ""
    judged: ClassVar[str] = (
        "Regressions report `rmse` (test rows and scored entries) and `rmse_entrywise` (per-entry "
        "RMSE averaged over all entries, as in arXiv 2505.13852), always by name. `skill` = 1 − "
        "MSE/MSE(mean of the training estimates); `skill_x` = 1 − MSE/MSE(mean of the exact test "
        "labels). Only `skill_x` > 0 shows that a model used the parameters."
    )
    max_sites: ClassVar[int] = 1024
    distribution_ood: ClassVar[str] = ""

    @abstractmethod
    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        """One random parameter set of the distribution."""

    @abstractmethod
    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,
        settings: BuildSettings,
    ) -> MadeRows:
        """Labels and certificate of some rows, and a sampler of their records.

        Args:
            size: system size.
            parameters: checked ones, of R rows.
            rngs: one generator a seed, R / `rows_a_seed` of them, for what parameters do not fix.
            settings: how.
        """

    def compared(
        self,
        size: Size,  # noqa: ARG002
        parameters: Sequence[Parameters],  # noqa: ARG002
        columns: Arrays,  # noqa: ARG002
        settings: BuildSettings,  # noqa: ARG002
    ) -> Arrays:
        """A sample of rows held against another solver, for the certificate to judge.

        Args:
            size: system size.
            parameters: checked ones, of the rows of the sample.
            columns: of these rows, as `make` gave them.
            settings: how they were made.

        Returns:
            name → float64, one a row of the sample; nothing where there is no other solver.
        """
        return {}

    def draw_rows(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> list[Parameters]:
        """The parameters of all rows of one seed: by default each drawn by itself."""
        draw = self.draw_ood if shifted else self.draw
        return [draw(size, rng) for _ in range(self.rows_a_seed)]

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:  # noqa: ARG002
        """One random parameter set of the shifted distribution, that of the split `test_ood`.

        Raises:
            RequestError: the family has none.
        """
        self.check_ood()
        raise NotImplementedError(f"{self.name} states {self.distribution_ood=} and draws nothing")

    def check_ood(self) -> None:
        """Refuse a split `test_ood` of a family without a shifted distribution.

        Raises:
            RequestError: the family has none.
        """
        if not self.distribution_ood:
            raise RequestError(
                f"{self.name} has no shifted distribution for the split test_ood. Leave "
                "--test-ood out, or take a family with a `distribution_ood` in "
                "`qslbench list families --json`."
            )

    def inputs(self, size: Size) -> tuple[Column, ...]:  # noqa: ARG002
        """Public columns beside the parameters, which `make` gives: a circuit, a graph."""
        return ()

    @property
    def channels(self) -> tuple[str, ...]:
        """Kinds of noise channel that its configs may have: those of the record, and that of shots
        which others measured.
        """
        return (*self.record.channels, *((EXPERIMENT,) if self.record.has_copies else ()))

    def texts(self, size: Size, channel: str) -> dict[str, str]:  # noqa: ARG002
        """Text files that stand beside the rows of a config, by name: a circuit, an error model.

        Args:
            size: system size.
            channel: noise channel, as in the config's name.
        """
        return {}

    def velocity(self, parameters: Parameters) -> float | None:  # noqa: ARG002
        """The largest speed of a signal along the chain, sites a unit of time; None where rows are
        no evolutions, or nothing bounds it that the family knows.
        """
        return None

    def absent(self, size: Size) -> tuple[str, ...]:  # noqa: ARG002
        """Labels that nobody can work out at this size: null in all rows, and no task of theirs."""
        return ()

    def couplings_of(self, size: Size) -> NDArray[np.int64] | None:  # noqa: ARG002
        """Pairs of qubits that its circuits couple, (E, 2); None where rows are no circuits.

        A device, as a channel, then runs these circuits with the noise of its gates.
        """
        return None

    def check_device(self, size: Size, device: Calibration | None) -> None:
        """Refuse a device that cannot run the rows; None before its calibration is looked up.

        Raises:
            RequestError: gates are given and not needed, or missing, or too many sites.
        """
        del size
        if device is not None and device.gates is not None:
            raise RequestError(f"rows of {self.name} are no circuits: leave `gates` out.")

    def block(self, size: Size) -> int:  # noqa: ARG002
        """Rows that are made together, a multiple of `rows_a_seed`."""
        return self.rows_a_seed

    def block_ood(self, size: Size) -> int:
        """The same of the split `test_ood`, whose rows may cost more."""
        return self.block(size)

    def check_settings(self, size: Size, settings: BuildSettings) -> BuildSettings:  # noqa: ARG002
        """The settings of a build, its solver named; refuses those that the family has not.

        Raises:
            RequestError: a solver, a limit or a bond that mean nothing here.
        """
        solver = self.solver(settings)
        if settings.variance_limit != VARIANCE_LIMIT or settings.bond is not None:
            raise RequestError(
                f"rows of {self.name} are made ({self.method}): leave --variance-limit and --bond "
                "out."
            )
        return BuildSettings(
            solver, shifted=settings.shifted, channel=settings.channel, texts=settings.texts
        )

    def solver(self, settings: BuildSettings) -> str:
        """The name of the solver: that of the settings, or the family's usual one.

        Raises:
            RequestError: the family has no such solver.
        """
        if settings.solver in ("", *self.solvers, self.method):
            return settings.solver or (*self.solvers, self.method)[0]
        if self.solvers:
            raise unknown("solver", settings.solver, self.solvers)
        raise RequestError(
            f"solver {settings.solver!r}: {self.name} needs none, its rows are made "
            f"({self.method}). Leave --solver out."
        )

    def tolerances(self, size: Size, settings: BuildSettings) -> dict[str, float]:  # noqa: ARG002
        """What the manifest tells of how rows are made; nothing where they are exact."""
        return {}

    def about(self) -> dict[str, str]:
        """Further sections of the family's card, title → Markdown: how its rows are made."""
        return {"How rows are made": f"{self.method}."}

    def checks(self) -> list[str]:
        """What the family's card says that rows are checked by, one item each."""
        return [f"every row: {self.certificate.sentence}"]

    def label(self, name: str) -> Label:
        """One of the labels.

        Raises:
            UnknownError: the family has no such label.
        """
        for label in self.labels:
            if label.name == name:
                return label
        raise unknown(f"label of {self.name}", name, [label.name for label in self.labels])

    def check_size(self, size: Size) -> None:
        """Refuse sizes this family does not have.

        Raises:
            RequestError: another geometry, or too many sites.
        """
        self.geometry.check(size, self.name)
        if size.sites > self.max_sites:
            raise RequestError(
                f"size {size} is past the limit of {self.name}: at most {self.max_sites} sites."
            )

    def check_rows(self, size: Size, rows: int, shifted: int) -> None:  # noqa: B027  # a default
        """Refuse more rows of the distribution, or of the shifted one, than can be drawn without a
        repetition.

        Raises:
            RequestError: too many of either.
        """

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        """Parameters as float64 arrays of the right shapes.

        Raises:
            RequestError: a missing or unknown name, a wrong shape, a value that is not finite.
        """
        self.check_size(size)
        return flat_parameters.check(self.name, self.parameters, size, given)

    def flat_length(self, size: Size) -> int:
        """P, the length of the flat parameter vector."""
        return sum(p.length(size) for p in self.parameters)

    def flatten(self, parameters: Parameters) -> NDArray[np.float64]:
        """Parameters in their declared order as one float64 (P,) vector."""
        return flat_parameters.flatten(self.parameters, parameters)

    def unflatten(self, size: Size, flat: NDArray[np.float64]) -> Parameters:
        """Inverse of `flatten`."""
        return flat_parameters.unflatten(self.parameters, size, flat)
