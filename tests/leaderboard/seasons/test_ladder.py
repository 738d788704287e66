"""The Ladder, and attacks that probe the live score with a thousand adaptive submissions.

Each score that is told is a linear measurement of the residuals. 3000 labels, of which half are
scored live; the attacker does not know which half, and has 1000 submissions of one account.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest

from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.errors import RMSE
from leaderboard.scoring.score import Value
from leaderboard.seasons import ladder
from leaderboard.seasons.halves import public_half

ROWS, LENGTH, PROBES = 200, 15, 1000
ERROR = 0.05
NOTHING = 1e18  # stands for no score
PACE = 2.5 * ladder.STEP  # of mse, a file: just fast enough for the Ladder to tell each
PUBLIC = public_half("salt", "tfim_1d_n016", 1_000_000 + np.arange(ROWS), task="correlation")

Predictions = np.ndarray
# The rmse that the board shows after a submission to one of the cells with these labels.
Told = Callable[..., float]
Attack = Callable[[np.random.Generator, Predictions, Told], Predictions]


class Board:
    """Hidden labels; tells what a board tells."""

    def __init__(self, labels: Predictions) -> None:
        self.labels = labels
        self.best: dict[int, float] = {}
        self.told = 0

    def losses(self, predictions: Predictions, rows: np.ndarray) -> np.ndarray:
        return np.asarray(((predictions - self.labels) ** 2).mean(axis=1)[rows])

    def rmse(self, predictions: Predictions, rows: np.ndarray) -> float:
        return math.sqrt(self.losses(predictions, rows).mean())

    def by_ladder(self, predictions: Predictions, cell: int = 0) -> float:
        losses = Losses.of_rows(self.losses(predictions, PUBLIC))
        if ladder.climbs(self.best.get(cell), losses, RMSE, self.told):
            self.best[cell] = ladder.told_loss(losses, RMSE)
            self.told += 1
        return math.sqrt(self.best.get(cell, NOTHING))

    def by_four_digits(self, predictions: Predictions, _cell: int = 0) -> float:
        return round(self.rmse(predictions, PUBLIC), 4)


def directions(rng: np.random.Generator) -> Predictions:
    return rng.choice([-1.0, 1.0], (PROBES, ROWS, LENGTH))


def without(
    base: Predictions, along: Predictions, slopes: np.ndarray, noise: np.ndarray
) -> Predictions:
    """The base less the best linear estimate of its residuals.

    Args:
        along: (K, R, L), the directions that were measured.
        slopes: (K,), mean over the public half of direction times residual, as measured.
        noise: (K,), its standard error.
    """
    public = PUBLIC.sum() * LENGTH
    v = along.reshape(len(along), -1)
    prior = ERROR**2 / 2  # half of the residuals do not count
    spread = prior * v @ v.T + np.diag((noise * public) ** 2)
    found = prior * v.T @ np.linalg.solve(spread, slopes * public)
    return base - found.reshape(base.shape)


def measure(rng: np.random.Generator, base: Predictions, told: Told) -> Predictions:
    """One probe along each of 1000 random directions, then all of them at once."""
    along, size = directions(rng), 0.05
    start = told(base)
    shown = np.array([told(base + size * v) for v in along])
    # shown² = start² + size² + 2·size·slope.
    slopes = (shown**2 - start**2 - size**2) / (2 * size)
    noise = np.full(PROBES, 5e-5 * start / size)  # of four digits
    return without(base, along, slopes, noise)


def climb(rng: np.random.Generator, base: Predictions, told: Told) -> Predictions:
    """Random steps, kept when the score that is shown improves."""
    best, shown = base, told(base)
    for v in directions(rng):
        new = best + 0.002 * v
        after = told(new)
        if after < shown:
            best, shown = new, after
    return best


def descend(rng: np.random.Generator, base: Predictions, told: Told) -> Predictions:
    """Start with bad files and improve step by step, so that the Ladder has to tell scores."""
    along = directions(rng)
    sizes = 20.0 * np.exp(-0.5 * PACE * np.arange(PROBES))
    return from_bad_files(base, told, along, sizes, np.zeros(PROBES, dtype=int))


def spread(rng: np.random.Generator, base: Predictions, told: Told) -> Predictions:
    """The same in 50 cells at once, where the steps tell most: errors around the base's own."""
    sizes = 0.15 * np.exp(-0.5 * PACE * np.arange(20))
    return from_bad_files(base, told, directions(rng), np.tile(sizes, 50), np.arange(PROBES) // 20)


def from_bad_files(
    base: Predictions, told: Told, along: Predictions, sizes: np.ndarray, cells: np.ndarray
) -> Predictions:
    probes = zip(along, sizes, cells, strict=True)
    shown = np.array([told(base + a * v, cell) for v, a, cell in probes])
    first = np.diff(cells, prepend=-1) > 0
    news = (shown < math.sqrt(NOTHING)) & (first | (np.diff(shown, prepend=0.0) < 0))
    along, sizes, shown = along[news], sizes[news], shown[news]
    slopes = (shown**2 - ERROR**2 - sizes**2) / (2 * sizes)
    grid = ladder.STEP / math.sqrt(3) * shown**2 / sizes  # what the grid leaves open
    return without(base, along, slopes, grid)


def gains(attack: Attack, told: str, seed: int) -> tuple[float, float]:
    """Relative gain in rmse on the public and on the private half."""
    rng = np.random.default_rng(seed)
    labels = rng.uniform(-0.5, 0.5, (ROWS, LENGTH))
    base = labels + rng.normal(0, ERROR, labels.shape)
    board = Board(labels)
    final = attack(rng, base, getattr(board, told))
    return tuple(  # type: ignore[return-value]
        1 - board.rmse(final, rows) / board.rmse(base, rows) for rows in (PUBLIC, ~PUBLIC)
    )


@pytest.mark.parametrize(("attack", "least"), [(measure, 0.1), (climb, 0.01), (spread, 0.05)])
def test_attacks_work_where_scores_are_told(attack: Attack, least: float) -> None:
    """Else the next test would show nothing."""
    live, hidden = gains(attack, "by_four_digits", 1)
    print(attack.__name__, live, hidden)
    assert live > least
    assert hidden < 0.01


@pytest.mark.parametrize("attack", [measure, climb, descend, spread])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_probes_gain_less_than_two_percent(attack: Attack, seed: int) -> None:
    live, hidden = gains(attack, "by_ladder", seed)
    print(attack.__name__, live, hidden)
    assert live < 0.02
    # Nothing is known of the private half: a random change cannot help it but by chance.
    assert hidden < 0.005


def test_without_the_limit_many_cells_would_tell_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells of other n and M are ladders of their own on the same labels."""
    monkeypatch.setattr(ladder.climbs, "__defaults__", (0, PROBES))
    assert gains(spread, "by_ladder", 1)[0] > 0.02


def test_the_grid_by_hand() -> None:
    assert ladder.coarse(0.0) == 0.0
    assert ladder.coarse(1.0) == 1.0
    # ln 1.05 = .0488 lies between .03 and .06, nearer to .06.
    assert ladder.coarse(1.05) == pytest.approx(math.exp(0.06))
    assert ladder.coarse(-1.05) == -ladder.coarse(1.05)
    assert ladder.coarse(math.inf) == math.inf
    quarter = Losses.of_rows(np.full(4, 0.25))
    loss = ladder.told_loss(quarter, RMSE)
    assert loss == pytest.approx(ladder.coarse(0.5) ** 2)
    value = ladder.told(Value(0.5, 0.4, 0.6, "one row"), RMSE, loss)
    assert value == Value(pytest.approx(ladder.coarse(0.5)), None, None, "one row")


def test_what_is_no_better_than_a_constant_is_told_as_that() -> None:
    """Else errors of many sizes in one file would tell which rows are scored."""
    constant = Losses.of_rows(np.full(10, 4.0))
    assert ladder.told_loss(Losses.of_rows(np.full(10, 1e12)), RMSE, constant) == (
        ladder.told_loss(constant, RMSE)
    )
    better = Losses.of_rows(np.full(10, 3.0))
    assert ladder.told_loss(better, RMSE, constant) == ladder.coarse(3.0, 2 * ladder.STEP)


def test_counts_are_told_by_their_standard_error() -> None:
    """By hand, of 100 rows: 2·√100·arcsin √(k/100) is 0, 2.003, 2.838, 3.482, 4.027, 4.510 for
    k = 0 … 5, so that 2 and 3 wrong rows are one value, and 1 and 4 another each.
    """
    told = [ladder.coarse_share(k / 100, 100) for k in range(101)]
    assert told[0] == 0.0
    assert told[2] == told[3] != told[1]
    assert told[4] not in told[:4]
    assert told[1] == pytest.approx(math.sin(2 / 20) ** 2)
    assert len(set(told)) < 40  # of 101 counts
    # No value is off by more than half a step, which is half a standard error.
    for k, value in enumerate(told):
        apart = 20 * abs(math.asin(math.sqrt(k / 100)) - math.asin(math.sqrt(value)))
        assert apart <= 0.5 + 1e-9 or k > 100 / 1.36  # above, a step is 6 % of the share
    # Of many rows the grid is that of errors: 6 % of the share.
    many = [ladder.coarse_share(x, 10**6) for x in (0.01, 0.01 * math.exp(0.06))]
    assert many[1] / many[0] == pytest.approx(math.exp(0.06))
    assert sorted(many) == many
    wrong = Losses.of_rows(np.repeat([1.0, 0.0], [2, 98]))
    assert ladder.told_loss(wrong, RMSE) == told[2]


def test_who_climbs() -> None:
    even = Losses.of_rows(np.full(100, 1.0))
    assert ladder.climbs(None, even, RMSE)
    assert not ladder.climbs(1.05, even, RMSE)  # less than 6 % of a squared error
    assert ladder.climbs(1.07, even, RMSE)
    wide = Losses.of_rows(np.tile([0.0, 2.0], 50))  # mean 1, standard error .1
    assert not ladder.climbs(1.09, wide, RMSE)
    assert ladder.climbs(1.11, wide, RMSE)
    assert not ladder.climbs(None, even, RMSE, told_before=ladder.MOST_TOLD)
