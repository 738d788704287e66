"""Which other entries an answer is like: nearly the same, or the same errors made smaller."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.task import Task
from leaderboard.seasons.blends import blends
from leaderboard.seasons.fingerprints import LIVE_SHARE, Fingerprint, near, near_by_rows
from leaderboard.store.entries import Earlier

_AT_ONCE = 256  # entries: 20 MB of differences


@dataclass
class Likeness:
    """Ids, in the order of arrival.

    Attributes:
        near: of entries with nearly the same answers.
        copied: those of them of other accounts that came before any of this one, where the two are
            not both solvers, whose right answers are the same.
        is_own: whether the account has sent nearly the same answers before.
        blended: of entries whose errors are proportional.
    """

    near: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    blended: list[str] = field(default_factory=list)
    is_own: bool = False


@dataclass(frozen=True)
class Looker:
    """Compares one answer with others to the same config and task, whatever their n and M.

    Attributes:
        task: of the answer.
        own: fingerprint of the answer.
        losses: of the answer.
        scored: bool (R,), the rows of the losses, by row id.
        account: whose it is.
        entry_class: as stated.
        live: whether a season is open: then nothing of the labels may enter but what was told.
    """

    task: Task
    own: Fingerprint
    losses: Losses
    scored: NDArray[np.bool_]
    account: str
    entry_class: str
    live: bool

    def look(self, others: Sequence[Earlier], found: Likeness, *, is_before: bool = True) -> None:
        """Add what is found among others.

        Args:
            others: in the order of arrival.
            found: what is known already.
            is_before: whether they came earlier; a copy is the later one, a blend either.
        """
        for start in range(0, len(others), _AT_ONCE):
            part = [(o, Fingerprint.from_bytes(o.sketch)) for o in others[start:][:_AT_ONCE]]
            part = [(o, print_) for o, print_ in part if self.own.fits(print_)]
            if part:
                self._look([o for o, _ in part], [p for _, p in part], found, is_before)

    def _look(
        self,
        others: Sequence[Earlier],
        prints: Sequence[Fingerprint],
        found: Likeness,
        is_before: bool,
    ) -> None:
        if is_before:
            for k in np.flatnonzero(self._near(others, prints)).tolist():
                _note(found.near, others[k].id)
                same_class = {self.entry_class, others[k].entry_class}
                found.is_own |= others[k].account == self.account
                if not found.is_own and same_class != {"solver"}:
                    _note(found.copied, others[k].id)
        if not self.live and self._by_rows and self.entry_class != "solver":
            theirs = np.stack([o.losses.values for o in others])
            apart = self.own.apart(prints, factor=False)[:, self.scored]
            for k in np.flatnonzero(blends(self.losses.values, theirs, apart)).tolist():
                _note(found.blended, others[k].id)

    def _near(self, others: Sequence[Earlier], prints: Sequence[Fingerprint]) -> NDArray[np.bool_]:
        apart = self.own.apart(prints)
        if not self.live and self._by_rows:
            theirs = np.stack([o.losses.values for o in others])
            return near_by_rows(apart[:, self.scored], theirs)
        plain = self.own.is_plain
        if self.live:
            told = [o.told_loss for o in others]
            errors = [0.0 if loss is None else self.task.apart(loss) for loss in told]
            share = {"share": LIVE_SHARE} if plain else {}
        else:
            errors, share = [self.task.apart(o.losses.mean) for o in others], {}
        rows = zip(apart, errors, strict=True)
        return np.array([near(a[None], e, is_plain=plain, **share)[0] for a, e in rows])

    @property
    def _by_rows(self) -> bool:
        """Whether the errors of single rows are known, and are distances."""
        is_single = len(self.losses) == self.losses.blocks.rows == int(self.scored.sum())
        squared = abs(self.task.apart(0.25) - 0.5) < 1e-9
        return (
            self.own.is_plain and len(self.own.sums) == len(self.scored) and is_single and squared
        )


def _note(ids: list[str], id_: str) -> None:
    """Once each, though a submission has many cells."""
    if id_ not in ids:
        ids.append(id_)
