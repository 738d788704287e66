"""Scoring a file of predictions: read, checked against the data, scored."""

from pathlib import Path

from builders.dataset import manifest
from builders.folders.siblings import public_folder
from leaderboard.scoring.evaluate import evaluate
from leaderboard.scoring.scorer import CellReport
from leaderboard.submission.submission import Submission, read_submission
from leaderboard.submission.validate import SPLIT, validate


def score_file(
    file: Path | str | Submission,
    private: Path | str,
    data: Path | str | None = None,
    *,
    split: str = SPLIT,
) -> list[CellReport]:
    """Score a submission against the hidden labels, as `qslbench score` does.

    Args:
        file: Parquet or CSV, or a submission that was read.
        private: folder of the hidden labels.
        data: public data set folder; by default the private one's name without `-private`. Without
            one `skill` has no value.
        split: whose rows are answered, `test` or `test_ood`.

    Returns:
        A report a cell, sorted by cell: `report.metrics[name].value` with 95 % ends `low` and
        `high`, in the unit of the task. `print(report)` says all of it.

    Raises:
        RequestError: the file is not accepted, or the folders do not fit each other.

    >>> import qslbench
    >>> (cell,) = qslbench.score_file("mine.parquet", "data-private")
    >>> cell.key.task, cell.report.rows, cell.report.metrics["rmse"].value > 0
    ('correlation', 10, True)
    """
    public = public_folder(Path(private)) if data is None else Path(data)
    submission = file if isinstance(file, Submission) else read_submission(file)
    manifest.check_visibility(manifest.read(Path(private)), Path(private), "private")
    if public is not None:
        manifest.check_visibility(manifest.read(public), public, "public")
    validate(submission, private if public is None else public, split)
    return evaluate(submission, public, private, split=split)
