"""What a protocol is: a grid of cells, each for every baseline and seed."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import baselines
from baselines.contract.applies import is_estimated, unmitigable, wrong_kind
from baselines.contract.variant import MITIGATED, Settings, Variant, settings_of
from builders.core.errors import unknown
from builders.dataset.config import Config, offered_tasks
from builders.dataset.manifest import Manifest
from builders.dataset.spec import OOD
from builders.physics.record import Record
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Kind, Task
from leaderboard.submission.metadata import Resources
from leaderboard.track import RANDOM, RANDOM_INPUTS, transfer_track, usual_track

Tokens = Literal["measured", "random", "inputs"]

GRID_N = (20, 40, 60, 80, 100)
GRID_SHOTS = (64, 128, 256, 512)


@dataclass(frozen=True, order=True)
class Point:
    """One cell of a protocol.

    Attributes:
        config: config name.
        task: task name.
        n: training rows.
        shots: shots a row; 0 stands for exact training labels (M = ∞), as in `Cell.key`.
        tokens: `random` replaces every outcome by an independent uniform token, in training and
            test rows, before anything is estimated from them; `inputs` where a model sees them
            alone, while training labels are still estimated from the measured ones.
        asked: the config whose rows are answered for; empty for `config` itself.
        split: which of its rows.
        spent: labelled rows, their shots, rows for pre-training, their shots, where the n·M
            copies are not all spent on labelled rows (`Cell.open`); empty elsewhere.
    """

    config: str
    task: str
    n: int
    shots: int
    tokens: Tokens = "measured"
    asked: str = ""
    split: str = "test"
    spent: tuple[int, ...] = ()

    @property
    def resources(self) -> Resources | None:
        """How the copies are spent, where the point says so."""
        if not self.spent:
            return None
        return Resources(**dict(zip(Resources.model_fields, self.spent, strict=True)))

    @property
    def is_noise_free(self) -> bool:
        """Whether training labels are exact, while other cells estimate them."""
        return not self.shots and is_estimated(tasks.load(self.task), Config.parse(self.config))

    @property
    def answered(self) -> str:
        """The config whose rows are answered for."""
        return self.asked or self.config

    @property
    def source(self) -> tuple[str, str, str]:
        """What is read: the config of the training rows, and config and split of the others."""
        return self.config, self.answered, self.split

    @property
    def track(self) -> str:
        """What the training data are."""
        if self.tokens != "measured":
            return {"random": RANDOM, "inputs": RANDOM_INPUTS}[self.tokens]
        is_transfer = self.answered != self.config
        return transfer_track(self.config) if is_transfer else usual_track(self.shots)

    @property
    def key(self) -> CellKey:
        """The name of the cell that is answered."""
        return CellKey(self.answered, self.task, self.n, self.shots, self.track)


@dataclass(frozen=True, order=True)
class Job:
    """One baseline with one seed in one cell, and settings of its own where it has some."""

    point: Point
    baseline: str
    seed: int
    settings: Settings = ()

    @property
    def variant(self) -> Variant:
        """The baseline with its settings."""
        return Variant(self.baseline, self.settings)

    @property
    def name(self) -> str:
        """File name without suffix."""
        p = self.point
        shots = f"m{p.shots:04d}" if p.shots else "exact"
        marks: list[str] = [p.tokens] if p.tokens != "measured" else []
        marks += [f"on-{p.asked}"] if p.asked else []
        marks += [p.split] if p.split != "test" else []
        marks += ["spent-" + "-".join(map(str, p.spent))] if p.spent else []
        model = str(self.variant).replace(" ", ",")
        cell = "-".join([f"{p.config}-{p.task}-n{p.n:06d}-{shots}", *marks])
        return f"{cell}-{model}-s{self.seed}"


@dataclass(frozen=True)
class Available:
    """What a config of a data set offers.

    Attributes:
        config: config name.
        train: training rows.
        shots: copies a row, 0 where nothing is measured.
        tasks: names of what may be asked of it.
        shifted: whether there are rows of the shifted distribution, split `test_ood`.
        siblings: the other configs of the family.
    """

    config: str
    train: int
    shots: int
    tasks: tuple[str, ...]
    shifted: bool = False
    siblings: "tuple[Available, ...]" = ()

    @cached_property
    def resolved(self) -> Config:
        """The config that the name means."""
        return Config.parse(self.config)

    @property
    def record(self) -> Record:
        """How its rows are measured."""
        return self.resolved.family.record

    @property
    def most_rows(self) -> int:
        """The largest number of training rows of the usual grid; 0 where there are too few."""
        return max((n for n in GRID_N if n <= self.train), default=0)

    def estimated(self) -> list[str]:
        """Tasks whose training labels are read off the record alone, without the Hamiltonian."""
        estimated = [
            task for task in map(tasks.load, self.tasks) if is_estimated(task, self.resolved)
        ]
        return [t.name for t in estimated if isinstance(t, Regression) and not t.needs_hamiltonians]

    def of_kind(self, kind: Kind) -> list[str]:
        """Tasks of a kind."""
        return [name for name in self.tasks if tasks.load(name).kind == kind]


def estimated_and_exact(config: Available) -> list[Point]:
    """The most rows with the fewest shots of the grid, and with exact labels."""
    n = config.most_rows
    if not n or config.shots < GRID_SHOTS[0]:
        return []
    return [Point(config.config, t, n, m) for t in config.estimated() for m in (GRID_SHOTS[0], 0)]


def by_rows(job: Job) -> tuple[str, str, str]:
    """A table for each M, a line for each model, a column for each n."""
    point = job.point
    tokens = {"measured": "", "random": ", random tokens", "inputs": ", random inputs"}
    shots = f"M = {point.shots}" if point.shots else "exact training labels"
    return f"{shots}{tokens[point.tokens]}", str(job.variant), f"n={point.n}"


def by_config(job: Job) -> str:
    """Tables of each config by themselves."""
    return job.point.config


def by_numbers(column: str) -> tuple[list[float], str]:
    """Sorts columns by the numbers in them."""
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", column)], column


@dataclass(frozen=True)
class Protocol:
    """A grid of cells over the configs of a data set.

    Attributes:
        title: one line for people.
        points: what a config offers → its cells.
        layout: job → (table, line, column) of the summary.
        variants: the models that the protocol is about; None stands for every baseline.
        heading: job → what the tables that it is in have in common, its config as a rule.
        order: column of the summary → what columns are sorted by; the last one ranks models.
        mitigated: whether baselines that learn from labels run a second time, on mitigated ones.
        by_time: whether summaries tell the errors of each time of evolutions, too.
        across: job → (heading, table, line, column) of further tables, which put configs side by
            side.
    """

    title: str
    points: Callable[[Available], Sequence[Point]]
    layout: Callable[[Job], tuple[str, str, str]] = by_rows
    variants: tuple[Variant, ...] | None = None
    heading: Callable[[Job], str] = by_config
    order: Callable[[str], Any] = by_numbers
    mitigated: bool = False
    by_time: bool = False
    across: Callable[[Job], tuple[str, str, str, str]] | None = None

    def placed(self, job: Job) -> Iterator[tuple[str, str, str, str]]:
        """Heading, table, line and column of every place where a job stands in the summary."""
        yield (self.heading(job), *self.layout(job))
        if self.across is not None:
            yield self.across(job)

    def models(self, wanted: Sequence[str] | None = None) -> list[Variant]:
        """The models to run, of the wanted baselines alone if there are such.

        Raises:
            RequestError: an unknown baseline, or one that the protocol is not about.
        """
        for name in wanted or ():
            baselines.load(name)
        if self.variants is None:
            every = baselines.names() if wanted is None else wanted
            return [variant for name in every for variant in self._ways(name)]
        allowed = {v.baseline for v in self.variants}
        for name in wanted or ():
            if name not in allowed:
                raise unknown("baseline of this protocol", name, sorted(allowed))
        return [v for v in self.variants if wanted is None or v.baseline in wanted]

    def _ways(self, name: str) -> list[Variant]:
        ways = [Variant(name)]
        if self.mitigated and MITIGATED in settings_of(name):
            ways.append(Variant.of(name, **{MITIGATED: True}))
        return ways


def available(manifest: Manifest) -> Iterator[Available]:
    """Every config of a data set that has training and test rows."""
    every = {
        config: Available(
            config,
            entry.rows["train"],
            entry.shots,
            offered_tasks(entry),
            shifted=bool(entry.rows.get(OOD, 0)),
        )
        for config, entry in sorted(manifest.configs.items())
        if entry.rows.get("train", 0) and entry.rows.get("test", 0)
    }
    for config, one in every.items():
        family = manifest.configs[config].family
        others = [c for c in every if c != config and manifest.configs[c].family == family]
        yield replace(one, siblings=tuple(every[c] for c in others))


def grid(config: Available, wanted: Sequence[str]) -> list[Point]:
    """The n × M of the study, as far as the config goes; the largest cells first."""
    return [
        Point(config.config, task, n, shots)
        for task in wanted
        for shots in reversed(GRID_SHOTS)
        if config.record.has_copies and shots <= config.shots
        for n in reversed(GRID_N)
        if n <= config.train
    ]


def jobs(points: Sequence[Point], variants: Sequence[Variant], seeds: int) -> list[Job]:
    """Every model in every cell of a kind that it does; those without randomness with seed 0."""
    out = []
    for point in points:
        task, config = tasks.load(point.task), Config.parse(point.config)
        for variant in variants:
            if _left_out(variant, point, task, config):
                continue
            name, settings = variant.baseline, variant.settings
            count = seeds if baselines.load(name).is_random else 1
            out += [Job(point, name, seed, settings) for seed in range(count)]
    return out


def left_out(name: str, point: Point) -> str:
    """Why a baseline has no job in a cell; "" where it has one.

    Cells of a kind that it does not do, other sizes for models that do not go there, random inputs
    for models that have no inputs.
    """
    task, config = tasks.load(point.task), Config.parse(point.config)
    return _left_out(Variant(name), point, task, config)


def _left_out(variant: Variant, point: Point, task: Task, config: Config) -> str:
    name, model = variant.baseline, baselines.load(variant.baseline)
    wrong = wrong_kind(name, model, task, config)
    if not wrong and variant.mitigated:
        wrong = unmitigable(task, config, noise_free=point.is_noise_free)
    if wrong:
        return wrong
    if point.tokens == "inputs" and not model.uses_test_shots:
        return f"{name} looks at no outcomes of the rows it answers for."
    if point.answered != point.config and not model.any_size:
        return f"{name} answers for the config of its training rows alone."
    return ""


def fingerprint(manifest: Manifest, source: tuple[str, str, str]) -> dict[str, str]:
    """Hashes of the files of a `Point.source`: results of other data are not taken over."""
    config, answered, split = source
    used = dict.fromkeys([(config, "train"), (config, "test"), (answered, split)])
    return {
        name: entry.sha256
        for where, part in used
        for name, entry in sorted(manifest.splits(where)[part].items())
    }
