"""A table of measured shots, a line a shot.

    row        the line of the parameters whose state was measured, counted from 1
    bases      a letter X, Y or Z a site, such as XZZY
    outcomes   a digit a site, 0 for the eigenvalue +1 and 1 for -1, such as 0110

Estimates from shots hold for bases that were drawn at random, each site by itself: bases that were
not are refused.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.building.tables import read_lines
from builders.core.errors import RequestError, unknown
from builders.core.names import Size

Tokens = NDArray[np.uint8]

COLUMNS = ("row", "bases", "outcomes")
_LETTERS = {letter: 2 * k for k, letter in enumerate("XYZ")}
# In standard errors. Of 127 sites and three bases the largest deviation of a fair choice is at 4.
_FAIR = 6.0


def read_shots(path: Path, size: Size, rows: int, copies: int | None) -> Tokens:
    """Tokens 2·basis + bit of every row, uint8 (R, M, N), shots in the order of the table.

    Args:
        path: the table.
        size: system size.
        rows: R, of the table of parameters.
        copies: M; by default the fewest shots that a row has.

    Raises:
        RequestError: names the line and the column; or bases that were not drawn at random.
    """
    lines = read_lines(path)
    of_row: list[list[Tokens]] = [[] for _ in range(rows)]
    for k, line in enumerate(lines, 1):
        for column in line:
            if column not in COLUMNS:
                raise RequestError(f"{path}: {unknown('column', column, COLUMNS)}")
        of_row[_row(path, k, line, rows) - 1].append(_tokens(path, k, line, size.sites))
    counts = np.array([len(shots) for shots in of_row])
    least = int(counts.argmin())
    if not counts[least]:
        raise RequestError(
            f"{path} has no shot of row {least + 1}. Leave the row out, or add some."
        )
    if copies is not None and not 1 <= copies <= counts[least]:
        raise RequestError(
            f"--shots {copies}: row {least + 1} of {path} has {counts[least]}. Give 1 to "
            f"{counts[least]}."
        )
    every = np.stack([np.stack(shots[: copies or int(counts[least])]) for shots in of_row])
    _check_bases(path, every // 2)
    return every


def _row(path: Path, k: int, line: Mapping[str, Any], rows: int) -> int:
    given = line.get("row")
    try:
        row = int(str(given))
    except ValueError:
        row = 0
    if not 1 <= row <= rows:
        raise RequestError(
            f"{path}, shot {k}, column 'row' is {str(given)[:40]!r}: a row of the parameters, 1 to "
            f"{rows}, is needed."
        )
    return row


def _tokens(path: Path, k: int, line: Mapping[str, Any], sites: int) -> Tokens:
    texts = [str(line.get(column, "")).strip() for column in COLUMNS[1:]]
    for column, text, allowed in zip(COLUMNS[1:], texts, ("XYZ", "01"), strict=True):
        if len(text) != sites or set(text) - set(allowed):
            raise RequestError(
                f"{path}, shot {k}, column {column!r} is {text[:40]!r}: {sites} of "
                f"{', '.join(allowed)} are needed, one a site."
            )
    basis = [_LETTERS[letter] for letter in texts[0]]
    return np.array(basis, dtype=np.uint8) + np.array(list(texts[1]), dtype=np.uint8)


def _check_bases(path: Path, bases: Tokens) -> None:
    """Refuse bases that are not each of the three with probability 1/3 at every site, and two
    neighbours the same with 1/3. A setting that was measured several times counts once.
    """
    settings = np.concatenate([np.unique(row, axis=0) for row in bases])
    if bases.shape[1] <= 3 ** bases.shape[2] // 4:
        chosen = settings
    else:  # few sites: settings repeat by chance
        chosen = bases.reshape(-1, bases.shape[2])
    spread = np.sqrt(2.0 / 9.0 / len(chosen))
    shares = {f"{letter} at site": (chosen == k).mean(axis=0) for k, letter in enumerate("XYZ")}
    shares["one basis at sites a, a + 1, a"] = (chosen[:, 1:] == chosen[:, :-1]).mean(axis=0)
    for what, share in shares.items():
        off = np.abs(share - 1.0 / 3.0) / spread
        if off.max(initial=0.0) > _FAIR:
            site = int(off.argmax())
            raise RequestError(
                f"{path}: {what} {site} was measured in {100 * share[site]:.0f} % of the settings, "
                f"{off[site]:.0f} standard errors from 1/3. Estimates from shots need bases that "
                "were drawn at random, each site by itself."
            )
