"""A cell cut out of a config: the first n training rows, and the first M copies of every row."""

from baselines.contract.applies import is_estimated
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.stored import Stored
from builders.core.errors import RequestError, unknown
from builders.dataset.config import Config, offered_tasks
from leaderboard import tasks
from leaderboard.submission.metadata import Resources


def cut(
    stored: Stored, task: str, n: int, shots: int | None, *, spent: Resources | None = None
) -> Cell:
    """One cell; its arrays are copies, so that what lies past it cannot be reached through a view.

    Args:
        stored: the config.
        task: name of a task that the config has.
        n: training rows, those with row_id 0 … n − 1.
        shots: the first copies of every row, of the test rows too: 1 where a row is one shot, 0
            where nothing is measured. None for the noise-free cell of a task whose labels are
            estimated elsewhere: its training labels are exact, and it holds no record.
        spent: how the n·M copies are spent, if not on n rows of M copies with labels: on the
            first `spent.n` rows and the first `spent.shots` copies of each with labels, and on
            the `pretrain_n` rows after them and the first `pretrain_shots` copies of each
            without. So no copy is counted twice, and a larger part holds every smaller one
            of the same first row.

    Raises:
        RequestError: a task that the config has not, n or shots outside what is stored, or more
            copies spent than n·M.
    """
    config, offered = stored.config, offered_tasks(stored.entry)
    if task not in offered:
        raise unknown(f"task of {config}", task, offered)
    asked = tasks.load(task)
    estimated = is_estimated(asked, config)
    if shots is None and not estimated:
        raise RequestError(
            f"task {task} has exact training labels in every cell of {config}. Give a number of "
            "shots."
        )
    budget = None if spent is None else _checked_budget(n, shots, spent)
    train = stored.rows("train", record=shots is not None)
    if spent is not None and budget is not None:
        _check("rows", spent.n + spent.pretrain_n, "training rows", len(train), config)
        _check_copies(budget[1], train)
        n, shots = spent.n, spent.shots
    _check("n", n, "training rows", len(train), config)
    if shots is not None:
        _check_copies(shots, train)
    copies = shots or 0
    is_given = shots is None or not estimated
    return Cell(
        task=asked,
        train=train.take(slice(0, n), copies),
        rows=test_rows(stored, "test", copies if budget is None else budget[1]),
        given=stored.exact_labels(asked, n) if is_given else None,
        pretrain=None if spent is None else _unlabelled(train, spent),
        budget=budget,
    )


def test_rows(stored: Stored, split: str, shots: int) -> Rows:
    """The rows of a split that models are asked for, with their first copies.

    Args:
        stored: the config.
        split: which.
        shots: copies of each, as in `Cell.key`: 0 where the record is not shown.

    Raises:
        RequestError: no such split, or fewer copies.
    """
    shown = shots > 0 or not stored.config.family.record.has_copies
    rows = stored.rows(split, record=shown)
    if shown:
        _check_copies(shots, rows)
    return rows.take(slice(0, len(rows)), shots)


def _checked_budget(n: int, shots: int | None, spent: Resources) -> tuple[int, int]:
    if shots is None:
        raise RequestError("a noise-free cell has no copies to spend. Give a number of shots.")
    if spent.copies > n * shots:
        raise RequestError(
            f"{spent.n}·{spent.shots} + {spent.pretrain_n}·{spent.pretrain_shots} = "
            f"{spent.copies} state copies are more than the {n}·{shots} = {n * shots} of the cell. "
            "Spend fewer."
        )
    return n, shots


def _unlabelled(train: Rows, spent: Resources) -> Rows | None:
    """The rows after the labelled ones, with their first copies."""
    if not spent.pretrain_n * spent.pretrain_shots:
        return None
    _check("pretrain_shots", spent.pretrain_shots, "shots a row", train.copies, train.config)
    return train.take(slice(spent.n, spent.n + spent.pretrain_n), spent.pretrain_shots)


def _check_copies(shots: int, rows: Rows) -> None:
    record = rows.config.family.record
    if record.has_copies:
        _check("shots", shots, "shots a row", rows.copies, rows.config)
    else:
        record.check_shots(shots)


def _check(name: str, given: int, what: str, stored: int, config: Config) -> None:
    if not 1 <= given <= stored:
        raise RequestError(
            f"{name}={given} is outside what {config} holds: 1 to {stored} {what}. "
            f"Give a smaller number, or build the data set with more {what}."
            if given > stored
            else f"{name}={given} is too small. Give 1 to {stored} {what}."
        )
