"""Cells of memory experiments, sampled without files."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from builders import families
from builders.dataset.config import Config
from builders.solvers.codes.circuits import MODEL
from builders.solvers.codes.error_model import parse_model
from builders.solvers.codes.sampling import sample
from leaderboard import tasks

BLOCK = 8192


def code_rows(
    config: Config, shots: int, seed: int, first: int = 0
) -> tuple[Rows, NDArray[np.bool_]]:
    """Rows of a code with its texts beside them, and their observables, bool (R, 1)."""
    texts = config.family.texts(config.size, config.channel)
    rng = np.random.default_rng(seed)
    parts = [sample(parse_model(texts[MODEL]), BLOCK, rng) for _ in range(-(-shots // BLOCK))]
    events, flips = (np.concatenate([part[k] for part in parts])[:shots] for k in range(2))
    number = np.arange(first, first + shots)
    return Rows(config, number, np.zeros((shots, 0)), {"events": events}, texts=texts), flips


def code_config(size: str, channel: str = "uniform_0.005", family: str = "surface_code") -> Config:
    """A config of a code."""
    home = families.load(family)
    return Config(home, home.geometry.parse(size), channel)


def code_cell(
    config: Config, *, n: int, test: int, seed: int = 1
) -> tuple[Cell, NDArray[np.bool_]]:
    """A cell of `decoding`, and the observables of its test rows, bool (R, 1)."""
    train, labels = code_rows(config, n, seed)
    rows, answers = code_rows(config, test, seed + 1000, first=10**7)
    return Cell(tasks.load("decoding"), train, rows, labels), answers


def packed_patterns(detectors: int) -> NDArray[np.uint8]:
    """All patterns of D events, packed, uint8 (2^D, ⌈D/8⌉)."""
    number = np.arange(1 << detectors, dtype="<u4")
    return number[:, None].view(np.uint8)[:, : -(-detectors // 8)].copy()
