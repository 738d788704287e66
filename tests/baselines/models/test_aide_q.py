"""Synthetic labels are kept where rows held out are answered better, and nowhere else."""

from typing import Any

import numpy as np
import pytest

from baselines.models import aide_q
from baselines.networks.pair_learning import LabelledViews
from builders.core.errors import RequestError
from tests.baselines.cells import make_cell, noise_free


class Told(aide_q.Model):
    """Held-out errors that are told in advance, and rounds that are counted."""

    def __init__(self, *errors: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.errors, self.seen = list(errors), 0

    def _error(self, *_: Any) -> float:
        return self.errors.pop(0)

    def _round(self, *given: Any) -> LabelledViews:
        self.seen += 1
        return super()._round(*given)


@pytest.mark.parametrize(
    ("errors", "rounds_kept", "seen"),
    [((1.0, 1.0), 0, 1), ((1.0, 2.0), 0, 1), ((1.0, 0.9, 0.95), 1, 2), ((1.0, 0.9, 0.8), 2, 2)],
)
def test_a_round_that_does_not_help_is_undone_and_the_last(
    errors: tuple[float, ...], rounds_kept: int, seen: int
) -> None:
    cell = make_cell(size=6, n=10)
    model = Told(*errors, share=0.25).fit(cell)
    assert (model.rounds_kept, model.seen) == (rounds_kept, seen)
    # A quarter of ten chains a round, rounded up.
    assert (0 if model.kept is None else len(model.kept)) == 3 * rounds_kept


def test_no_label_is_made_without_rounds() -> None:
    """What learns from measured rows alone is `mlp_pairs`."""
    from baselines.models import mlp_pairs

    cell = make_cell(size=6)
    found = [m.fit(cell).predict(cell.rows) for m in (aide_q.Model(rounds=0), mlp_pairs.Model())]
    assert np.array_equal(*found)


def test_learners_of_a_check_see_different_halves_of_the_shots() -> None:
    cell, seen = make_cell(size=6, shots=16), []

    class Spy(aide_q.Model):
        def _part(self, fold: Any, given: Any, rows: LabelledViews, *rest: Any) -> Any:
            seen.append(rows.values)
            return super()._part(fold, given, rows, *rest)

    Spy(rounds=1).fit(cell)
    whole, *halves, last = seen
    assert np.array_equal(whole, last)
    assert len(halves) == aide_q.CHECKS
    assert all(not np.array_equal(x, y) for k, x in enumerate(halves) for y in halves[:k])


def test_refusals() -> None:
    cell = make_cell()
    with pytest.raises(RequestError, match="learns from shots"):
        aide_q.Model().fit(noise_free(cell, np.zeros((cell.n, 64))))
    with pytest.raises(RequestError, match="share=0"):
        aide_q.Model(share=0.0)
