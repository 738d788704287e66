"""What a config is built from, and how rows are numbered and seeded."""

import hashlib
from dataclasses import dataclass

from builders.core.errors import RequestError
from builders.core.names import Size, config_name

# Row ids of a split start here, so that a row's id, and with it the row, does not depend on how
# many rows the other splits have.
OOD = "test_ood"  # test rows of the family's shifted distribution
FIRST_ROW = {"train": 0, "test": 1_000_000, OOD: 2_000_000}
MAX_ROWS = 1_000_000  # of a split
MAX_SHOTS = 65_536
MAX_BOND = 4096
VARIANCE_LIMIT = 2e-5  # what a row of the board may have, in units of (energy unit)² · N


@dataclass(frozen=True)
class BuildSpec:
    """Everything that the bytes of one config depend on.

    Attributes:
        family: name of the family.
        size: system size.
        rows: split name → number of rows.
        shots: stored shots a row.
        seed: the data set's seed, 0 … 2⁶³ − 1.
        variance_limit: rows of a larger energy variance, in units of (energy unit)² · N, stop the
            build, and those above a quarter of it are solved again at a larger bond.
        bond: bond dimension at most, in states; None: that of the family's solver settings, which
            goes with the usual limit.
    """

    family: str
    size: Size
    rows: dict[str, int]
    shots: int
    seed: int
    variance_limit: float = VARIANCE_LIMIT
    bond: int | None = None

    def __post_init__(self) -> None:
        for split, count in self.rows.items():
            if split not in FIRST_ROW:
                raise RequestError(f"split {split!r} is not one of {', '.join(FIRST_ROW)}.")
            if not 1 <= count <= MAX_ROWS:
                raise RequestError(f"{split} rows {count}: allowed are 1 to {MAX_ROWS}.")
        if not 1 <= self.shots <= MAX_SHOTS:
            raise RequestError(f"shots {self.shots}: allowed are 1 to {MAX_SHOTS}.")
        if not 0 <= self.seed < 2**63:
            raise RequestError(f"seed {self.seed}: allowed are 0 to 2^63 - 1.")
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

    @property
    def config(self) -> str:
        """The config's name."""
        return config_name(self.family, self.size)

    def row_ids(self, split: str) -> range:
        """Row ids of a split."""
        return range(FIRST_ROW[split], FIRST_ROW[split] + self.rows[split])


def row_seed(config: str, seed: int, row_id: int) -> int:
    """The 64-bit seed of one row; it depends on (config, seed, row_id) alone."""
    text = f"{config}|{seed}|{row_id}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little")
