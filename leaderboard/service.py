"""The board: takes submissions, ranks them. The app and the commands call this and nothing below.

>>> board = Board.open("board/", data="data/", private="data-private/")     # doctest: +SKIP
>>> board.submit("predictions.parquet").id                                  # doctest: +SKIP
>>> board.ranking("tfim_1d_n048", "correlation", 100, 64)                   # doctest: +SKIP
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builders import manifest
from leaderboard import tasks
from leaderboard.aggregate import Overall
from leaderboard.cells import CellKey
from leaderboard.evaluate import evaluate
from leaderboard.metadata import Metadata
from leaderboard.ranking import ranked, ranked_overall
from leaderboard.records import Metrics, Receipt, Row
from leaderboard.scoring import Value
from leaderboard.settings import Settings
from leaderboard.store import Store
from leaderboard.submission import read_submission
from leaderboard.tables import SubmissionRow
from leaderboard.validate import validate


@dataclass(frozen=True)
class Board:
    """An open board.

    Attributes:
        store: its submissions.
        settings: the data it scores with.
    """

    store: Store
    settings: Settings

    @staticmethod
    def open(
        store: Path | str,
        data: Path | str | None = None,
        private: Path | str | None = None,
        *,
        folder: Path | str | None = None,
    ) -> "Board":
        """Open a board, made if it is not there.

        The two data folders are written to `board.json` in the store's folder, so that they
        are given once.

        Args:
            store: a folder, or a database URL.
            data: public data set folder; as remembered by default.
            private: folder of the hidden labels; the sibling `<data>-private` if `data` is given
                alone, else as remembered.
            folder: where predictions are kept, needed with a URL only.

        Raises:
            RequestError: a folder that is not a data set, or a store that is not one.
        """
        home = Path(store if folder is None else folder)
        settings = Settings.remembered(home).changed(data, private)
        opened = Store.open(store, folder)
        settings.remember(opened.folder)
        return Board(opened, settings)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def submit(self, path: Path | str, *, sidecar: Path | str | None = None) -> Receipt:
        """Validate, score and store a file of predictions.

        Args:
            path: Parquet or CSV.
            sidecar: JSON file with the metadata, if they are not in the file or beside it.

        Raises:
            RequestError: the file is not accepted, or is on the board already; nothing is stored.
        """
        data, private = self.settings.pair()
        submission = read_submission(path, sidecar=sidecar)
        self.store.refuse_known(submission)
        validate(submission, data)
        self.store.add(submission, evaluate(submission, data, private))
        return self.submission(submission.identity[:12])

    def submission(self, id_: str) -> Receipt:
        """One submission.

        Raises:
            RequestError: no such id.
        """
        row = self.store.submission(id_)
        same = self.store.same_predictions(row.predictions_sha256)
        return _receipt(row, {row.predictions_sha256: same})

    def submissions(self) -> list[Receipt]:
        """All submissions, oldest first, with their scores."""
        rows = self.store.submissions()
        same: dict[str, list[str]] = {}
        for row in rows:
            same.setdefault(row.predictions_sha256, []).append(row.id)
        return [_receipt(row, same) for row in rows]

    def ranking(self, config: str, task: str, n: int, shots: int) -> list[Row]:
        """The submissions to a cell, best first; those that cannot be told apart share a rank, and
        those without a primary value are last.

        Raises:
            RequestError: no such task.
        """
        definition = tasks.load(task)
        key = CellKey(config, task, n, shots)
        rows = self.store.in_cell(key)
        return ranked(definition, rows, {row.id: _scores(row)[key] for row in rows})

    def overall(self, cells: Iterable[CellKey]) -> list[Overall]:
        """One ranking over several cells, of the submissions that answer all of them: mean skill
        and mean rank with their intervals, best mean skill first.
        """
        return ranked_overall({key: self.store.in_cell(key) for key in cells})

    def cells(self) -> list[CellKey]:
        """The cells that have a submission, sorted."""
        return self.store.cells()

    def configs(self) -> list[str]:
        """Config names of the data behind the board; without data, those with a submission."""
        if self.settings.data is None:
            return sorted({key.config for key in self.cells()})
        return sorted(manifest.read(self.settings.data).configs)


def _receipt(row: SubmissionRow, same: dict[str, list[str]]) -> Receipt:
    others = tuple(other for other in same[row.predictions_sha256] if other != row.id)
    metadata = Metadata.model_validate_json(row.metadata_json)
    return Receipt(row.id, row.created, metadata, _scores(row), others)


def _scores(row: SubmissionRow) -> dict[CellKey, Metrics]:
    """Cell → metric → value, of the scores that are loaded with the row."""
    found: dict[CellKey, dict[str, Value]] = {}
    for s in sorted(row.scores, key=lambda score: score.id):
        metrics = found.setdefault(CellKey(s.config, s.task, s.n, s.shots), {})
        metrics[s.metric] = Value(s.value, s.low, s.high, s.note)
    return dict(found)
