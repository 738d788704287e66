"""What an open season gives away to accounts that probe it: gains of attacks on a real board.

    python -m benchmarks.attacks --out benchmarks/results/attacks.json

A season on random labels of N = 8, 200 test rows, its usual cells, ten told scores an account and
config. Every probe is a file that the board reads, scores, compares with all others and answers.
Gains are in the error that ranks, in per cent: against the answer that was told the best score, on
the half that is scored live and on the half that only the close scores; then against the best
answer that needs no board, the same way.

- `uninformed`: errors of the attacker's model are noise, probed along random directions.
- `informed`: the attacker has six models whose errors share patterns over rows, as those of real
  models do, and fits the best blend of them to what it was told. That is choosing a model by a
  validation set, and what it gains is real: the same on both halves.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from builders.core.machine import hardware
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons import ladder
from leaderboard.seasons.seasons import Season
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.submission import Submission

ERROR = 0.1
"""Root mean square error of the attacker's model."""
PACE = 2.5 * ladder.STEP  # of the loss, a file: just fast enough for the Ladder to tell each
GRID = 2 * ladder.STEP / np.sqrt(12.0)  # standard deviation of a loss on its grid, relative
MODELS = 6
Floats = np.ndarray


class Outcome(NamedTuple):
    """What an attack ends with.

    Attributes:
        final: the answer that it made of everything that was told.
        best: the answer that was told the best score.
        start: the best answer that needs no board.
    """

    final: Floats
    best: Floats
    start: Floats


@dataclass
class Arena:
    """An open season, and what its attacker can see of it.

    Attributes:
        board: with the season.
        season: the season.
        task: that is attacked.
        row_id: int64 (R,).
        labels: float64 (R, L), for the judge alone.
        files: how many were sent.
        best: account → the answer that was told the best score, and that score.
    """

    board: Board
    season: Season
    task: str
    row_id: np.ndarray
    labels: Floats
    files: int = 0
    told_scores: int = 0
    best: tuple[float, Floats] | None = None
    _judges: dict[bool, Scorer] = field(default_factory=dict)

    @property
    def cells(self) -> list[CellKey]:
        """Those of the task."""
        return [key for key in self.season.cells if key.task == self.task]

    def told(self, values: Floats, cell: int = 0, account: str = "eve") -> float | None:
        """What the board tells of an answer to one of the cells; None if it holds it back."""
        key = self.cells[cell]
        answers = {key: Answer(self.row_id, values.astype(np.float32))}
        return self.send(answers, account)[key]

    def send(self, answers: dict[CellKey, Answer], account: str) -> dict[CellKey, float | None]:
        """The scores that the board tells of a file."""
        self.files += 1
        about = Metadata(
            name="m", authors=("E",), entry_class="learned", uses_test_shots=False,
            notes=f"{account} {self.files}",
        )  # fmt: skip
        receipt = self.board.submit("probe.parquet", account=account,
                                    read=Submission(about, answers))  # fmt: skip
        shown = {}
        for key, metrics in receipt.scores.items():
            known = {name: v.value for name, v in metrics.items() if v.value is not None}
            assert set(known) <= {tasks.load(key.task).primary}
            shown[key] = known.get(tasks.load(key.task).primary)
            self.told_scores += shown[key] is not None
            if key.task == self.task and shown[key] is not None:
                score = (shown[key], answers[key].prediction.astype(float))
                self.best = min(self.best or score, score, key=lambda s: s[0])
        return shown

    def error(self, values: Floats, *, live: bool) -> float:
        """The error on one of the halves, as the judge knows it."""
        if live not in self._judges:
            data, private = self.board.settings.pair()
            chosen = self.season.chosen(live=live)
            self._judges[live] = Scorer(data, private, chosen=chosen, bootstraps=1)
        answer = Answer(self.row_id, values.astype(np.float32))
        (report,) = self._judges[live].score({self.cells[0]: answer})
        return float(np.sqrt(report.report.losses.mean))

    def gains(self, final: Floats, against: Floats) -> tuple[float, float]:
        """Relative gain of one answer over another, live and on the other half."""
        halves = (True, False)
        return tuple(  # type: ignore[return-value]
            1 - self.error(final, live=half) / self.error(against, live=half) for half in halves
        )


def energy_file(arena: Arena, account: str = "eve") -> dict[CellKey, float | None]:
    """Energies that are off by another power of two in every row: where every size is told, the
    score tells which rows are scored.
    """
    keys = [key for key in arena.season.cells if key.task == "energy"]
    wrong = -(2.0 ** np.arange(len(arena.row_id)) % 2.0**100)
    answer = Answer(arena.row_id, wrong[:, None].astype(np.float32))
    return arena.send(dict.fromkeys(keys, answer), account)


def uninformed(arena: Arena, rng: np.random.Generator, files: int, accounts: int = 1) -> Outcome:
    """Probes along random directions, ever smaller, so that the Ladder has to tell each, in every
    cell; then all that was told at once.
    """
    base = arena.labels + rng.normal(0.0, ERROR, arena.labels.shape)
    along, sizes, shown = [], [], []
    for number in range(accounts):
        account = f"eve {number}"
        if number == 0:
            energy_file(arena, account)
        each = max(1, files // len(arena.cells))
        for cell in range(len(arena.cells)):
            if cell == 0:
                arena.told(base, cell, account)
            for step in range(each):
                size = 4.0 * ERROR * np.exp(-0.5 * PACE * step)
                direction = rng.choice([-1.0, 1.0], base.shape)
                score = arena.told(base + size * direction, cell, account)
                if score is not None:
                    along.append(direction)
                    sizes.append(size)
                    shown.append(score)
    assert arena.best is not None
    best = arena.best[1]
    if not along:
        return Outcome(base, best, base)
    found = _residual(np.array(along), np.array(sizes), np.array(shown))
    return Outcome(base - found, best, base)


def _residual(along: Floats, sizes: Floats, shown: Floats) -> Floats:
    """The best linear estimate of the errors of the base, of which half the rows count.

    A told loss is loss + size² + 2·size·slope, where the slope is the mean over the public half of
    direction times error.
    """
    slopes = (shown**2 - ERROR**2 - sizes**2) / (2 * sizes)
    noise = GRID * shown**2 / (2 * sizes)
    flat = along.reshape(len(along), -1)
    public, prior = flat.shape[1] / 2, ERROR**2 / 2
    spread = prior * flat @ flat.T + np.diag((noise * public) ** 2)
    found = prior * flat.T @ np.linalg.solve(spread, slopes * public)
    return np.asarray(found.reshape(along.shape[1:]))


def climbing(arena: Arena, rng: np.random.Generator, files: int) -> Outcome:
    """Random steps from the best answer so far, kept when a better score is told."""
    base = arena.labels + rng.normal(0.0, ERROR, arena.labels.shape)
    best, shown = base, arena.told(base)
    for _ in range(files):
        step = best + 0.3 * ERROR * rng.choice([-1.0, 1.0], base.shape)
        after = arena.told(step)
        if after is not None and (shown is None or after < shown):
            best, shown = step, after
    assert arena.best is not None
    return Outcome(best, arena.best[1], base)


def models(arena: Arena, rng: np.random.Generator) -> Floats:
    """Six answers, float64 (6, R, L): a pattern that all share, one of each, and noise."""
    shape = arena.labels.shape[1:]
    shared = rng.normal(0.0, ERROR / 3, shape)
    own = rng.normal(0.0, ERROR * np.sqrt(0.5), (MODELS, 1, *shape))
    noise = rng.normal(0.0, ERROR * 0.6, (MODELS, *arena.labels.shape))
    return np.asarray(arena.labels + shared + own + noise)


def informed(arena: Arena, rng: np.random.Generator, files: int, accounts: int) -> Outcome:
    """The best blend of six models, fitted to told losses of blends of them.

    Along m + t·d the loss is a + 2·b·t + c·t², and c is known without the board; so are the
    products of the directions d. What has to be told is a and one b a direction.
    """
    found = models(arena, rng)
    mean = found.mean(axis=0)
    directions = found[:-1] - mean
    products = np.einsum("krl,jrl->kj", directions, directions) / mean.size
    rows, right, weight = [], [], []
    for number in range(accounts):
        k = number % len(directions)
        account = f"eve {number}"
        for cell in range(len(arena.cells)):
            sign = 1.0 if (cell + number // len(directions)) % 2 == 0 else -1.0
            for step in range(max(1, files // len(arena.cells))):
                t = sign * 3.0 * np.exp(-0.5 * PACE * step)
                score = arena.told(mean + t * directions[k], cell, account)
                if score is None:
                    continue
                line = np.zeros(1 + len(directions))
                line[0], line[1 + k] = 1.0, 2.0 * t
                rows.append(line)
                right.append(score**2 - products[k, k] * t**2)
                weight.append(1.0 / (GRID * score**2))
    arena.told(mean, 0, "the mean")
    lines, w = np.array(rows), np.array(weight)
    # A prior as wide as the products keeps directions that nothing was told of where they are.
    prior = np.diag(np.r_[0.0, 1.0 / (0.1 * np.diag(products)) ** 2])
    normal = (lines * w[:, None] ** 2).T @ lines + prior
    b = np.linalg.solve(normal, (lines * w[:, None] ** 2).T @ np.array(right))[1:]
    best = -np.linalg.solve(products + 1e-9 * np.eye(len(b)), b)
    assert arena.best is not None
    return Outcome(mean + np.einsum("k,krl->rl", best, directions), arena.best[1], mean)


@contextmanager
def arena(folder: Path, config: str, labels: Floats, row_id: np.ndarray, *, told: int = 10,
          task: str = "correlation") -> Iterator[Arena]:  # fmt: skip
    """A board with an open season on a data set.

    Args:
        folder: public folder; the board is made beside it.
        config: that is attacked.
        labels: float64 (R, L), of the task.
        row_id: int64 (R,).
        told: scores that an account is told.
        task: that is attacked.
    """
    with tempfile.TemporaryDirectory() as place:
        board = Board.open(Path(place) / "board", folder)
        try:
            season = board.open_season("attacked", 1000, told=told)
            assert {key.config for key in season.cells} == {config}
            yield Arena(board, season, task, row_id, labels)
        finally:
            board.close()


ATTACKS = {
    "uninformed, 1 account": lambda a, rng: uninformed(a, rng, 40),
    "climbing, 1 account": lambda a, rng: climbing(a, rng, 40),
    "informed, 1 account": lambda a, rng: informed(a, rng, 20, 1),
    "uninformed, 20 accounts": lambda a, rng: uninformed(a, rng, 20, 20),
    "informed, 20 accounts": lambda a, rng: informed(a, rng, 14, 20),
}


def main() -> None:
    """Print and record the gains."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rows", type=int, default=200)
    args = parser.parse_args()
    from builders.core.names import Size
    from builders.dataset.spec import BuildSpec
    from tests.builders.synthetic import SPEC, make_folder

    lines = []
    with tempfile.TemporaryDirectory() as place:
        rows = {"train": 12, "test": args.rows}
        spec = BuildSpec("tfim_1d", Size(8), rows, shots=32, seed=7, test_seed=SPEC.test_seed)
        data = make_folder(Path(place), spec)
        test = data.splits["test"]
        labels = test["correlation"].reshape(args.rows, -1).astype(np.float64)
        for name, attack in ATTACKS.items():
            with arena(data.public, data.config, labels, test["row_id"]) as target:
                final, best, start = attack(target, np.random.default_rng(1))
                gains = [*target.gains(final, best), *target.gains(final, start)]
                counts = {"files": target.files, "told": target.told_scores}
            names = ("live", "hidden", "live_over_start", "hidden_over_start")
            lines.append({"attack": name, **counts, **dict(zip(names, gains, strict=True))})
            said = ", ".join(f"{100 * gain:+.2f}" for gain in gains)
            head = f"{name:24} {target.files:4} files {target.told_scores:4} told"
            print(f"{head}: {said}", flush=True)
    print(hardware())
    if args.out:
        record = {"rows": args.rows, "told": 10, "hardware": hardware(), "attacks": lines}
        args.out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
