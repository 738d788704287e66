"""Score whole submissions against the hidden labels."""

from pathlib import Path

from leaderboard.scoring.scorer import CellReport, Chosen, Scorer
from leaderboard.submission.submission import Submission
from leaderboard.submission.validate import SPLIT


def evaluate(
    submission: Submission,
    public_dir: Path | str | None,
    private_dir: Path | str,
    chosen: Chosen | None = None,
    split: str = SPLIT,
) -> list[CellReport]:
    """Score one submission that `validate` accepts; see `Scorer`, which scores many.

    Raises:
        RequestError: the folders do not belong together, or lack a config.
    """
    return Scorer(public_dir, private_dir, split=split, chosen=chosen).score(submission)
