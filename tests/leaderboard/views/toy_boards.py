"""Boards on data of other kinds than ground states: an evolution, single shots, a bare graph."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builders import families, load
from builders.building.build import build
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import metadata
from tests.paths import ROOT

TOYS = ROOT / "tests" / "toys"
TEST_SEED = 4_815_162_342_108_420_000
SPECS = {
    "toy_walk": (Size(4), {"train": 12, "test": 40}, 16),
    "toy_graph": (Size(5, letter="v"), {"train": 8, "test": 6}, 0),
    "toy_bits": (Size(5, letter="d"), {"train": 100_000, "test": 20_000}, 1),
}


def spec(family: str) -> BuildSpec:
    """What the config of a toy is built from."""
    size, rows, shots = SPECS[family]
    return BuildSpec(family, size, rows, shots, seed=3, test_seed=TEST_SEED)


def cell(family: str) -> CellKey:
    """The cell that the entries answer."""
    made = spec(family)
    (task,) = families.load(family).tasks
    return CellKey(made.config, task, min(made.rows["train"], 1000), made.shots)


def folder(root: Path, *names: str) -> Path:
    """Data of these families."""
    for name in names:
        build(spec(name), root / "toys", workers=1)
    return root / "toys"


def board(root: Path, *names: str) -> Board:
    """A board on data of these families, each with a near and a far answer."""
    data = folder(root, *names)
    opened = Board.open(root / "board", data)
    for title, error in (("near", 0.02), ("far", 0.3)):
        cells = {cell(name): _answer(data, name, error) for name in names}
        for key, answer in cells.items():  # numbers and probabilities may stand in one file
            write_submission(root / "p.parquet", {key: answer}, metadata(name=title))
            opened.submit(root / "p.parquet")
    return opened


def _answer(data: Path, name: str, error: float) -> Answer:
    """The hidden labels with an error; of a bit, a probability that is wrong that often."""
    key, family = cell(name), families.load(name)
    hidden = load(data.with_name("toys-private"), key.config)["test"]
    exact = tasks.load(key.task).labels(hidden, family, spec(name).size)
    rng = np.random.default_rng(0)
    if exact.dtype.kind == "b":
        return Answer(hidden["row_id"], _chances(exact, error, rng))
    noisy = exact + rng.normal(0.0, error, exact.shape)
    return Answer(hidden["row_id"], noisy.astype(np.float32))


def _chances(
    exact: NDArray[np.bool_], error: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    towards = np.where(rng.random(exact.shape) < error, ~exact, exact)
    return np.where(towards, 0.9, 0.1).astype(np.float32)
