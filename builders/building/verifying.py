"""Verifying a data set folder whole: its files, and some of its rows computed again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from builders.building.blocks import Given, rebuild_rows
from builders.building.importing import rebuilder
from builders.building.measured_shots import solved_again
from builders.core.errors import RequestError, counted
from builders.dataset import manifest
from builders.dataset.manifest import Manifest
from builders.folders import loading
from builders.folders.loading import read_texts
from builders.folders.remade import remade_texts
from builders.folders.siblings import public_folder
from builders.folders.verify import Rebuild, Verification, verify_folder, verify_rows
from builders.physics.record import PauliTokens


@dataclass(frozen=True)
class Verified:
    """What was found.

    Attributes:
        report: problems, and how much was looked at.
        not_rebuilt: configs whose rows cannot be computed again here.
        compared: what was compared beside rows, in words.
    """

    report: Verification
    not_rebuilt: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.report.ok

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a sentence each."""
        return self.report.problems

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        more = {"not_rebuilt": list(self.not_rebuilt), "compared": list(self.compared)}
        return self.report.to_json() | more


def verify(
    folder: str | Path,
    rows: int = 0,
    *,
    private: str | Path | None = None,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> Verified:
    """Check every file of a data set folder, and compute some rows of each config again.

    Args:
        folder: public or private.
        rows: of each config, compared bit by bit; 0 for none.
        private: folder of the hidden labels; the one beside `folder` by default.
        seed: picks the rows, 0 or more.
        say: is told what is at work, a line at a time.

    Returns:
        What was found; `problems` is empty where all is well.

    Raises:
        RequestError: no data set folder, or one whose family is a file that is not here.

    >>> import qslbench
    >>> qslbench.verify("data", rows=1).ok
    True
    """
    if rows < 0 or seed < 0:
        raise RequestError(f"rows {rows}, seed {seed}: give 0 or more.")
    path, hidden = Path(folder), None if private is None else Path(private)
    if hidden is not None:
        manifest.check_visibility(manifest.read(hidden), hidden, "private")
    report = verify_folder(path, hidden)
    if not rows or not report.ok:
        return Verified(report)
    problems, left, compared = report.problems, [], []
    contents = manifest.read(path)
    for config in contents.configs:
        rebuild = _rebuild(path, contents, config)
        if rebuild is None:
            say(f"{config}: imported, its rows cannot be computed again here")
            left.append(config)
            continue
        say(f"{config}: computing {counted(rows, 'row')} again")
        more = verify_rows(path, config, rows, rebuild, seed=seed, private=hidden)
        wrong, said = remade_texts(path, config)
        for line in said:
            say(line)
        compared += said
        problems += (*more.problems, *wrong)
    return Verified(replace(report, problems=problems), tuple(left), tuple(compared))


def _rebuild(folder: Path, contents: Manifest, config: str) -> Rebuild | None:
    """What computes rows of a config again; None where nothing can."""
    entry = contents.config(config)
    if entry.imported is not None and entry.record == PauliTokens.kind and entry.channel:
        return solved_again(folder, contents, config)
    if entry.imported is not None:
        return rebuilder(folder, contents, config)
    texts = read_texts(folder, contents, config) or None
    if entry.table is None:
        return partial(rebuild_rows, solver=entry.solver, texts=texts)
    given = _given(folder, contents, config)
    if given is None:
        return None
    return partial(rebuild_rows, solver=entry.solver, texts=texts, given=given)


def _given(folder: Path, contents: Manifest, config: str) -> Given | None:
    """The parameters that a table gave, as they stand in the public folder."""
    public = folder if contents.visibility == "public" else public_folder(folder)
    if public is None:
        return None
    data = loading.load(public, config, columns=["row_id", "parameters"])
    return {split: arrays["parameters"] for split, arrays in data.splits.items()}
