"""Blocks of rows: intervals and paired tests from them are those from the rows."""

import time

import numpy as np
import pytest

from leaderboard.kinds.blocks import MOST, Blocks, Losses
from leaderboard.kinds.errors import MAE
from leaderboard.scoring.paired import flip_p, resolvable_difference, standing, weighted


def test_few_rows_are_kept_one_by_one() -> None:
    blocks = Blocks.of(7)
    assert blocks.counts.tolist() == [1] * 7
    assert (blocks.rows, blocks.is_even, blocks.grouped) == (7, True, False)
    assert blocks.means(np.arange(7)).tolist() == list(range(7))


def test_many_rows_are_cut_evenly() -> None:
    blocks = Blocks.of(12_345)
    assert len(blocks) == MOST
    assert blocks.rows == 12_345
    assert set(blocks.counts.tolist()) == {2, 3}


def test_rows_of_one_evolution_stay_together() -> None:
    blocks = Blocks.of(7, np.array([4, 4, 4, 9, 9, 2, 5]))
    assert blocks.counts.tolist() == [3, 2, 1, 1]
    assert blocks.grouped
    assert not Blocks.of(3, np.array([1, 2, 3])).grouped
    merged = Blocks.of(8, np.repeat([1, 2, 3, 4], 2), most=2)
    assert merged.counts.tolist() == [4, 4]
    with pytest.raises(ValueError, match="one row at least"):
        Blocks(np.array([1, 0]))


def test_means_by_hand() -> None:
    blocks = Blocks(np.array([2, 1, 3]))
    values = np.array([1.0, 3.0, 5.0, 0.0, 3.0, 6.0])
    assert blocks.means(values).tolist() == [2.0, 5.0, 3.0]
    assert blocks.means(np.stack([values, 2 * values], axis=1)).tolist() == [
        [2, 4],
        [5, 10],
        [3, 6],
    ]
    # Every row counts the same: (2·2 + 5 + 3·3)/6.
    assert (blocks.equal @ blocks.means(values)).tolist() == [3.0]
    assert blocks.means(values > 2).tolist() == [0.5, 1.0, 2 / 3]


def test_a_resample_is_blocks_drawn_again() -> None:
    blocks = Blocks(np.array([2, 1, 3]))
    drawn = np.random.default_rng(5).multinomial(3, [1 / 3] * 3, size=40)
    values = np.array([2.0, 5.0, 3.0])
    plain = [(d * blocks.counts * values).sum() / (d * blocks.counts).sum() for d in drawn]
    assert blocks.resamples(40, 5) @ values == pytest.approx(np.array(plain), rel=1e-14)


def test_losses_survive_the_store() -> None:
    rows = Losses.of_rows(np.array([0.25, 0.5]))
    assert rows.to_bytes() == np.array([0.25, 0.5], "<f8").tobytes()  # as it always was
    assert Losses.from_bytes(rows.to_bytes()).values.tolist() == [0.25, 0.5]
    for counts in ([2, 1, 3], [4], [1, 1, 2]):
        blocks = Blocks(np.array(counts))
        one = Losses(np.linspace(0.0, 1.0, len(counts)), blocks)
        back = Losses.from_bytes(one.to_bytes())
        assert back.blocks == blocks
        assert back.values.tolist() == one.values.tolist()
        assert back.mean == pytest.approx(float(blocks.equal[0] @ one.values))


def cut(values: np.ndarray, rng: np.random.Generator, blocks: int) -> Losses:
    """Means of rows in blocks of very different sizes."""
    inside = np.sort(rng.choice(np.arange(1, len(values)), blocks - 1, replace=False))
    counts = np.diff(np.r_[0, inside, len(values)])
    made = Blocks(counts)
    return Losses(made.means(values), made)


def interval(losses: Losses, bootstraps: int = 1000) -> tuple[float, float]:
    means = losses.blocks.resamples(bootstraps, 0) @ losses.values
    return tuple(np.quantile(means, (0.025, 0.975)))


def test_interval_and_error_from_blocks_are_those_from_rows() -> None:
    """Independent rows. A standard error from B even blocks is known to 1/sqrt(2B), 2.2 % here; the
    sizes of a random cut are spread as exponentials, whose few large blocks make it 2.5 times that.
    """
    rng = np.random.default_rng(1)
    rows = rng.exponential(1.0, 20_000)
    plain = Losses.of_rows(rows)
    exact = rows.std() / np.sqrt(len(rows))
    for losses in (cut(rows, rng, 500), cut(rows, rng, 2000)):
        assert losses.mean == pytest.approx(plain.mean, rel=1e-12)
        assert losses.standard_error == pytest.approx(exact, rel=0.2)
        low, high = interval(losses, 4000)
        assert high - low == pytest.approx(2 * 1.96 * exact, rel=0.2)
    even = Losses(Blocks.of(20_000, most=1000).means(rows), Blocks.of(20_000, most=1000))
    assert even.standard_error == pytest.approx(exact, rel=0.1)
    assert np.subtract(*interval(even, 4000)[::-1]) == pytest.approx(2 * 1.96 * exact, rel=0.12)


def test_interval_from_blocks_covers() -> None:
    """Blocks of different size; 400 draws, of which 95 % hold the true mean: 380 with a deviation
    of 4.4. A percentile interval of few hundred blocks of skewed rows covers a little less.
    """
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        low, high = interval(cut(rng.exponential(1.0, 3000), rng, 300), 400)
        held += low <= 1.0 <= high
    assert 360 <= held <= 396


def test_rows_that_belong_together_need_their_blocks() -> None:
    """Ten states of each evolution share most of their error: single rows are too sure of it."""
    rng = np.random.default_rng(3)
    held = {"rows": 0, "blocks": 0}
    for _ in range(300):
        rows = np.repeat(rng.exponential(1.0, 200), 10) * rng.uniform(0.9, 1.1, 2000)
        together = Blocks.of(2000, np.repeat(np.arange(200), 10))
        for name, losses in (
            ("rows", Losses.of_rows(rows)),
            ("blocks", Losses(together.means(rows), together)),
        ):
            low, high = interval(losses, 400)
            held[name] += low <= 1.0 <= high
    # 95 % of 300 is 285 with a deviation of 3.8; skewness costs a few.
    assert 270 <= held["blocks"] <= 297
    assert held["rows"] < 180


def test_paired_tests_of_blocks_are_fair_and_as_strong() -> None:
    """Equal entries give uniform p-values, and a difference is seen as it is from rows."""
    rng = np.random.default_rng(4)
    one, other = rng.exponential(1.0, (2, 300, 1200))
    fair, strong = [], []
    for first, second in zip(one, other, strict=True):
        a = cut(first, rng, 150)
        b = Losses(a.blocks.means(second), a.blocks)
        fair.append(weighted(a) - weighted(b))
        strong.append(weighted(a) - weighted(Losses(b.values + 0.1, b.blocks)))
    # 5 % of 300 is 15 with a deviation of 3.8.
    assert abs(seen(np.array(fair)) - 15) <= 15
    # About 70 % are seen; the two tests look at the same draws.
    by_rows = seen(one - other - 0.1)
    assert by_rows > 150
    assert abs(by_rows - seen(np.array(strong))) < 30


def seen(differences: np.ndarray) -> int:
    return int((flip_p(differences) <= 0.05).sum())


def test_a_ranking_of_blocks() -> None:
    rng = np.random.default_rng(6)
    hard = rng.exponential(1.0, 6000)
    entries = []
    for shift in (0.0, 0.0, 0.2):
        own = Blocks.of(6000, most=700)
        entries.append(Losses(own.means(hard + shift + rng.normal(0, 0.05, 6000)), own))
    found = standing(entries, MAE)
    assert found.ranks.tolist() == [1, 1, 3]
    # The standard error of a difference: .05 · sqrt(2/6000).
    expected = 1.96 * 0.05 * np.sqrt(2 / 6000)
    assert resolvable_difference(entries, MAE) == pytest.approx([expected] * 2, rel=0.25)


def test_a_million_rows_cost_what_five_thousand_blocks_cost() -> None:
    rng = np.random.default_rng(7)
    blocks = Blocks.of(10**6)
    started = time.process_time()
    entries = [
        Losses(blocks.means(rng.random(10**6) < 0.01 * (1 + 0.1 * k)), blocks) for k in range(4)
    ]
    assert interval(entries[0])
    assert standing(entries, MAE).ranks.tolist() == [1, 2, 3, 4]
    assert time.process_time() - started < 20  # about 2 s
