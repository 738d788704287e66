"""The card of one entry: who made it, what it is, and where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import entry_tables, links, sentences, words
from leaderboard.display.flags import flags
from leaderboard.display.standing import link
from leaderboard.store.entries import Entry

TILES = 6
_ARXIV = re.compile(r"(?:arXiv[: ]\s*)?(\d{4}\.\d{4,5})(?:v\d+)?", re.ASCII | re.IGNORECASE)
_BASELINE = re.compile(r"baselines/models/(\w+)\.py", re.ASCII)
Colour = Literal["gray", "green", "orange", "violet", "blue"]
_COLOURS: dict[str, Colour] = {"learned": "green", "hybrid": "orange", "solver": "violet"}


@dataclass(frozen=True)
class Badge:
    """A few words about an entry.

    Attributes:
        text: Markdown; strangers' words in it are escaped.
        icon: name of a Material symbol.
        colour: of Streamlit.
        help: one sentence, plain text.
    """

    text: str
    icon: str
    colour: Colour = "gray"
    help: str = ""


@dataclass(frozen=True)
class Tile:
    """Where an entry stands in one cell.

    Attributes:
        title: of the task, plain text.
        place: `2 of 5`, or why there is none.
        score: the metric that ranks with its value, or why it is not told; plain text.
        cell: Markdown, a link to the cell.
    """

    title: str
    place: str
    score: str
    cell: str


def byline(row: Entry) -> str:
    """Authors, version and day, plain text."""
    version = f" · version {row.metadata.version}" if row.metadata.version else ""
    return f"by {'; '.join(row.metadata.authors)}{version} · {row.created:%Y-%m-%d}"


def badges(row: Entry) -> list[Badge]:
    """Class, test shots, whose code, and the flags of all cells."""
    about = row.metadata
    found = [
        Badge(about.entry_class, "category", _COLOURS[about.entry_class], "The class of the entry.")
    ]
    if about.uses_test_shots:
        said = "The shots of the test rows were used, too."
        found.append(Badge("uses test shots", "science", "blue", said))
    else:
        found.append(
            Badge("no test shots", "science", help="The shots of test rows were not used.")
        )
    baseline = _BASELINE.fullmatch(about.code)
    if baseline:
        said = f"As its author states: qslbench run {baseline[1]} makes these predictions again."
        found.append(Badge(f"baseline `{baseline[1]}`", "replay", "blue", said))
    return found + list(_flags(row))


def _flags(row: Entry) -> Iterator[Badge]:
    """Every unusual flag once, with the number of cells that have it."""
    cells: dict[str, int] = {}
    meaning: dict[str, str] = {}
    for key in sorted(row.results):
        raised = flags(tasks.load(key.task), entry_tables.details(row, key))
        for flag in {flag.short: flag for flag in raised if not flag.is_usual}.values():
            cells[flag.short] = cells.get(flag.short, 0) + 1
            meaning.setdefault(flag.short, flag.meaning)
    for short, count in cells.items():
        where = "" if len(row.results) == 1 else f" in {count} of {len(row.results)} cells"
        yield Badge(f"{short}{where}", "flag", "orange", meaning[short])


def addresses(row: Entry) -> dict[str, str]:
    """Title → web address of the code and of the paper, where these are addresses."""
    paper = row.metadata.paper
    arxiv = _ARXIV.fullmatch(paper.strip())
    found = {
        "Code": link(row.metadata.code),
        "Paper": f"https://arxiv.org/abs/{arxiv[1]}" if arxiv else link(paper),
    }
    return {title: address for title, address in found.items() if address}


def shown_cells(row: Entry, first: CellKey) -> list[CellKey]:
    """Of the cells of an entry, those that have a tile: the one that is looked at, then of every
    config and task the one with the most copies.
    """
    most: dict[tuple[str, str], CellKey] = {}
    for key in sorted(row.results, key=lambda key: (key.n * max(key.shots, 1), key.n)):
        most[key.config, key.task] = key
    others = [key for key in most.values() if key != first]
    return [first, *sorted(others)][:TILES]


def tiles(board: Board, row: Entry, cells: Sequence[CellKey]) -> list[Tile]:
    """The place of an entry in its cells.

    Args:
        board: that ranks it.
        row: the entry.
        cells: of it.
    """
    return [_tile(board, row, key) for key in cells]


def _tile(board: Board, row: Entry, key: CellKey) -> Tile:
    task = tasks.load(key.task)
    place, score = _standing(board, row, key)
    name = f"{key.config}, n = {key.n}" + (f", M = {key.shots}" if key.shots else "")
    link = links.cell(key, "cell").partition("#")[0]
    return Tile(task.title, place, score, f"[{sentences.literal(name)}]({link})")


def _standing(board: Board, row: Entry, key: CellKey) -> tuple[str, str]:
    """Place and score."""
    primary = tasks.load(key.task).primary
    score = row.scores[key][primary]
    if score.value is None:
        if row.results[key].released:
            return "–", score.note
        is_waiting = score.note.startswith("held back")
        return "held back", "scored when the season closes" if is_waiting else score.note
    told = f"{words.metric_title(key.task, primary)} {score.value:z.4f}"
    if row.season != board.scope()[0]:
        return (f"season {row.season}" if row.season else "before seasons"), told
    if row.withdrawn:
        return "withdrawn", told
    ranking = board.ranking(*key)
    rank = next((other.rank for other in ranking if other.id == row.id), None)
    if rank is None:
        return "not ranked", f"{told}; another entry of the account is ranked"
    tied = sum(other.rank == rank for other in ranking) - 1
    return f"{rank} of {len(ranking)}", f"{told}, tied with {tied}" if tied else told
