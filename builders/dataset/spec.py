"""What a config is built from, and how rows are numbered and seeded."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size, config_name
from builders.physics.calibration import Calibration
from builders.physics.certificate import VARIANCE_LIMIT
from builders.physics.channel import DEVICE, EXPERIMENT, Channel, usage
from builders.physics.family import Family
from builders.physics.rows import BuildSettings
from builders.physics.site_channel import SiteChannel, place

# Row ids of a split start here, so that a row's id, and with it the row, does not depend on how
# many rows the other splits have.
OOD = "test_ood"  # test rows of the family's shifted distribution
FIRST_ROW = {"train": 0, "test": 1_000_000, OOD: 2_000_000}
MAX_ROWS = 1_000_000
MAX_BOND = 4096
HIDDEN_PREFIX = "test"
SEEDS = 2**63  # what an int64 holds
GUESSABLE = 2**40
"""Test seeds below it can be found from the public rows by trying; none is drawn there."""
ROWS_RECIPE = 2
"""Raised when rows of every family get other bytes; 1 was before test rows had a seed apart."""


@dataclass(frozen=True)
class BuildSpec:
    """Everything that the bytes of one config depend on.

    Attributes:
        family: name of the family.
        size: system size.
        rows: split name → number of rows.
        shots: stored copies a row.
        seed: of the rows that are public whole, 0 … 2⁶³ − 1.
        variance_limit: rows that the certificate puts above it stop the build; of ground states,
            the energy variance in units of (energy unit)² · N, and those above a quarter of it are
            solved again at a larger bond.
        bond: bond dimension at most, in states; None: that of the family's solver settings, which
            goes with the usual limit.
        test_seed: of the rows with hidden labels, which it would rebuild: private. None where it
            is not known, as in the public folder.
        channel: noise channel of the record, as in the config's name; "" for none, or for the
            family's usual one where it cannot do without. The same seeds give the same states and
            ideal shots with and without it.
        calibration: of the channel's device; None of other channels, and until it is looked up.
        table: SHA-256 of the table that gives the parameters of the rows; "" where they are drawn.
    """

    family: str
    size: Size
    rows: dict[str, int]
    shots: int
    seed: int
    variance_limit: float = VARIANCE_LIMIT
    bond: int | None = None
    test_seed: int | None = None
    channel: str = ""
    calibration: Calibration | None = None
    table: str = ""

    def __post_init__(self) -> None:
        for split, count in self.rows.items():
            if split not in FIRST_ROW:
                raise RequestError(f"split {split!r} is not one of {', '.join(FIRST_ROW)}.")
            if not 1 <= count <= MAX_ROWS:
                raise RequestError(f"{split} rows {count}: allowed are 1 to {MAX_ROWS}.")
        family = families.load(self.family)
        family.record.check_shots(self.shots)
        object.__setattr__(self, "channel", self.channel or family.usual_channel)
        self._check_channel()
        for name, seed in (("seed", self.seed), ("test seed", self.test_seed)):
            if seed is not None and not 0 <= seed < SEEDS:
                raise RequestError(f"{name} {seed}: allowed are 0 to 2^63 - 1.")
        if not 1e-12 <= self.variance_limit <= 1e-2:
            raise RequestError(
                f"variance limit {self.variance_limit}: allowed are 1e-12 to 1e-2, in units of "
                f"N · (energy unit)²; {VARIANCE_LIMIT:.0e} is usual."
            )
        if self.bond is not None and not 2 <= self.bond <= MAX_BOND:
            raise RequestError(f"bond {self.bond}: allowed are 2 to {MAX_BOND} states.")
        if self.bond is not None and self.variance_limit == VARIANCE_LIMIT:
            raise RequestError(
                f"bond {self.bond}: say with --variance-limit what its rows must reach. Leave "
                "--bond out to have the family's own, which reaches the usual limit."
            )

    def _check_channel(self) -> None:
        if not self.channel:
            if self.calibration is not None:
                raise RequestError("a calibration is of a channel's device: give the channel.")
            return
        channel = Channel.parse(self.channel)
        if channel.name != self.channel:
            raise RequestError(
                f"channel {self.channel!r}: in the name of a config it is {channel.name!r}."
            )
        family = families.load(self.family)
        if channel.kind not in family.channels:
            fit = ", ".join(usage(kind) for kind in family.channels if kind != EXPERIMENT)
            raise RequestError(
                f"channel {channel}: it does not act on the record of {self.family}, "
                f"{family.record.kind}. {f'Give one of {fit}.' if fit else 'Leave it out.'}"
            )
        if channel.kind not in family.record.channels:
            return
        if channel.kind != DEVICE or self.calibration is not None:
            place(channel, self.size.sites, self.calibration)
        if channel.kind == DEVICE:
            family.check_device(self.size, self.calibration)

    @property
    def site_channel(self) -> SiteChannel | None:
        """The channel on the sites; None without one, and where rows are made of the channel.

        Raises:
            RequestError: the calibration of its device was not looked up.
        """
        if not self._acts_on_record:
            return None
        return place(Channel.parse(self.channel), self.size.sites, self.calibration)

    @property
    def _acts_on_record(self) -> bool:
        """Whether the channel changes a record that was sampled without it."""
        channels = families.load(self.family).record.channels
        return bool(self.channel) and Channel.parse(self.channel).kind in channels

    @property
    def config(self) -> str:
        """The config's name."""
        return config_name(self.family, self.size, self.channel)

    def row_ids(self, split: str) -> range:
        """Row ids of a split."""
        return range(FIRST_ROW[split], FIRST_ROW[split] + self.rows[split])

    def settings(self, split: str, solver: str) -> BuildSettings:
        """How the rows of a split are made."""
        circuits = families.load(self.family).couplings_of(self.size) is not None
        return BuildSettings(
            *(solver, self.variance_limit, self.bond),
            shifted=split == OOD,
            device=self.calibration if circuits else None,
            channel="" if self._acts_on_record else self.channel,
        )

    def row_seeds(self, split: str, row_ids: range) -> list[int]:
        """The seeds of rows, see `seed_column`."""
        seeds: list[int] = self.seed_column(split, row_ids).tolist()
        return seeds

    def seed_column(self, split: str, row_ids: range) -> NDArray[np.int64]:
        """The seeds of rows, int64 (R,); rows of a family that share one have the same.

        Raises:
            RequestError: the seed of the split is not known here.
        """
        family = families.load(self.family)
        seed = self.test_seed if is_hidden(split) else self.seed
        if seed is None:
            raise RequestError(
                f"{self.config} {split}: the seed of rows with hidden labels is in the private "
                "folder alone. Give that folder."
            )
        first, count = FIRST_ROW[split], family.rows_a_seed
        ids = np.arange(row_ids.start, row_ids.stop, row_ids.step, dtype=np.int64)
        starts = first + (ids - first) // count * count
        drawn = f"{ROWS_RECIPE}.{family.draws}"
        # A channel measures the same states: its name is no part of their seeds.
        ideal = config_name(self.family, self.size)
        distinct, place_of = np.unique(starts, return_inverse=True)
        seeds = [row_seed(ideal, drawn, seed, k) for k in distinct.tolist()]
        return np.array(seeds, dtype=np.int64)[place_of]


def recipe_of(family: Family) -> str:
    """The version of the way from a seed to a row."""
    return f"{ROWS_RECIPE}.{family.recipe}"


def row_seed(config: str, recipe: str, seed: int, row_id: int) -> int:
    """The 63-bit seed of one row; it depends on (config, recipe, seed, row_id) alone.

    The config is named without a channel, which the states do not depend on.
    The recipe is the one by which rows were first drawn so, see `Family.draws`.
    """
    text = f"{config}|{recipe}|{seed}|{row_id}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little") >> 1


def is_hidden(split: str) -> bool:
    """Whether the public folder withholds the labels of this split."""
    return split.startswith(HIDDEN_PREFIX)
