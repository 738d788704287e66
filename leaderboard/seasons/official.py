"""The cells of a season, a short list that is fixed when it opens.

All cells of a config share their test rows, and every first score in a cell is told: a hundred
cells would be a hundred free measurements of the same labels.
"""

from collections.abc import Sequence
from pathlib import Path

from builders.core.errors import RequestError
from builders.dataset import manifest
from builders.dataset.config import offered_tasks
from leaderboard import tasks
from leaderboard.cells import CellKey

PARTS = (1, 4)
"""The usual cells: all training rows with all shots of each, and a quarter of the rows."""
_TRAIN = "train"
_SHOWN = 6


def usual_cells(folder: Path) -> tuple[CellKey, ...]:
    """Two cells of every config and task: all training rows, and a quarter of them, with all shots.

    Args:
        folder: of a data set.
    """
    cells = set()
    for config, entry in manifest.read(folder).configs.items():
        rows = entry.rows.get(_TRAIN, 0)
        for task in offered_tasks(entry) if rows else ():
            cells |= {CellKey(config, task, max(1, rows // part), entry.shots) for part in PARTS}
    return tuple(sorted(cells))


def parsed(text: str) -> CellKey:
    """The cell of `CONFIG/TASK/N/M` or `CONFIG/TASK/N/M/TRACK`.

    Raises:
        RequestError: it is none.
    """
    parts = text.split("/")
    counts = parts[2:4]
    if len(parts) not in (4, 5) or not all(p.isascii() and p.isdecimal() for p in counts):
        raise RequestError(
            f"--cell {text!r}: CONFIG/TASK/N/M is needed, as tfim_1d_n048/correlation/100/64; a "
            "track may follow as a fifth part."
        )
    tasks.load(parts[1])
    return CellKey(parts[0], parts[1], int(parts[2]), int(parts[3]), *parts[4:])


def checked(cells: Sequence[CellKey], folder: Path) -> tuple[CellKey, ...]:
    """The cells, sorted, each once.

    Raises:
        RequestError: a cell that the data do not have, or none.
    """
    configs = manifest.read(folder).configs
    for key in cells:
        entry = configs.get(key.config)
        offered = () if entry is None else offered_tasks(entry)
        if entry is None or key.task not in offered:
            raise RequestError(
                f"--cell {key}: {folder} has no such config and task. Configs are "
                f"{', '.join(sorted(configs))}."
            )
        if not 1 <= key.n <= entry.rows.get(_TRAIN, 0) or not 0 <= key.shots <= entry.shots:
            raise RequestError(
                f"--cell {key}: {key.config} has {entry.rows.get(_TRAIN, 0)} training rows of "
                f"{entry.shots} shots."
            )
    if not cells:
        raise RequestError(f"{folder} has no cell: no config with training rows.")
    return tuple(sorted(set(cells)))


def refuse_others(official: Sequence[CellKey], answered: Sequence[CellKey], season: str) -> None:
    """Refuse answers to cells that are not of the season.

    Raises:
        RequestError: names those cells, and the official ones of their configs.
    """
    others = sorted(set(answered) - set(official))
    if not others:
        return
    configs = {key.config for key in others}
    ours = [key for key in official if key.config in configs] or list(official)
    raise RequestError(
        f"season {season} has {len(official)} official cells, and {len(others)} of the file are "
        f"none of them: {_listed(others)}. Leave them out. Official are {_listed(ours)}."
    )


def _listed(cells: Sequence[CellKey]) -> str:
    more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
    return "; ".join(map(str, cells[:_SHOWN])) + more
