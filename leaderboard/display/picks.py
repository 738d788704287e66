"""Boxes to choose a cell and its entries by, and reads that are kept until the board changes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from builders import families
from builders.core.names import parse_config
from leaderboard import tasks
from leaderboard.board import inspection
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import address, curve_chart, entry_tables, links, noise, sentences, session
from leaderboard.display.links import ADDRESS
from leaderboard.display.ranking_chart import unique_labels
from leaderboard.display.words import row_word, size_meaning, size_symbol
from leaderboard.ranking import comparison, curves, randomisation
from leaderboard.store.entries import Entry, Head
from leaderboard.store.records import Row
from leaderboard.track import STANDARD

_HASH: dict[Any, Any] = {Board: lambda board: (str(board.store.engine.url), board.store.version())}
_NARROW = 100  # pixels: three boxes with numbers stand side by side on a telephone
_LAST_ON = "page of the last cell"
LAST = "last cell"  # a visitor who goes to another page stays at the cell


def cell(cells: Sequence[CellKey]) -> CellKey:
    """The cell of five or six boxes, which offer only what has a submission.

    Once the visitor has chosen something the address names the whole cell. Until then the boxes
    show the cell of the page before, with a link that names it.

    Args:
        cells: at least one, sorted.
    """
    with st.container(horizontal=True, gap="small"):
        config = _config(sorted({key.config for key in cells}))
        left = [key for key in cells if key.config == config]
        names = sorted({key.task for key in left})
        task = _choose("Task", names, "task", 250, lambda name: tasks.load(name).title)
        left = of_track([key for key in left if key.task == task])
        word = row_word(config)
        n = _choose("n", sorted({key.n for key in left}), "n", help=f"Training {word}s.")
        counts = sorted({key.shots for key in left if key.n == n})
        shots = _choose("M", counts, "M", help=f"Copies of each {word}.")
    chosen = CellKey(config, task, n, shots, left[0].track)
    is_kept = bool(_last()) and st.session_state.get(_LAST_ON) != address.here()
    st.session_state[_LAST_ON] = address.here()
    st.session_state[LAST] = dict(zip(ADDRESS, map(str, chosen), strict=True))
    address.complete(cell_query(chosen))
    if is_kept and not address.moved():
        address.link_here("Shown is the cell of the page before: a link to it", cell_query(chosen))
    return chosen


def _last() -> dict[str, str]:
    """The cell of the page before, by the names of an address; an address that names any part of a
    cell means the same to everybody.
    """
    if any(address.of(name) is not None for name in ADDRESS):
        return {}
    last: dict[str, str] = st.session_state.get(LAST, {})
    return last


def of_track(cells: Sequence[CellKey]) -> list[CellKey]:
    """The cells of one track; a box offers it where there is another than the standard one.

    Args:
        cells: at least one.
    """
    tracks = sorted({key.track for key in cells}, key=lambda track: (track != STANDARD, track))
    track = STANDARD
    if tracks == [STANDARD]:
        address.known("track", "track", tracks)
    else:
        track = _choose("Track", tracks, "track", 200, help=sentences.TRACKS)
    return [key for key in cells if key.track == track]


def _config(configs: Sequence[str]) -> str:
    given = address.known("config", "config", configs)
    last = _last().get("config")
    start = last if last is not None and last in configs else _first(configs)
    if given:
        start = given[-1]
    family, size, channel = parse_config(start)
    names = sorted({parse_config(config)[0] for config in configs})
    ours = [config for config in configs if parse_config(config)[0] == family]
    offered = sorted({parse_config(c)[1] for c in ours}, key=lambda of: (of.sites, str(of)))
    moved = partial(_config_moved, configs)
    _box("Family", names, family, "family", moved, show=_family_title, width=365)
    symbol, meaning = size_symbol(start), f"{size_meaning(start).capitalize()}."
    _box(symbol, offered, size, "size", moved, help=meaning)
    channels = sorted(
        (parse_config(c).channel for c in ours if parse_config(c)[1] == size), key=noise.order
    )
    if len(channels) > 1:
        said = "What the shots went through; labels are noiseless."
        _box("Noise", channels, channel, "noise", moved, show=noise.words, help=said, width=170)
    return start


def _box(
    label: str,
    options: Sequence[Any],
    value: Any,
    key: str,
    moved: Callable[[], None],
    *,
    show: Callable[[Any], str] = str,
    help: str | None = None,  # noqa: A002
    width: int = _NARROW,
) -> None:
    """One of the boxes that a config is chosen by, which together are one name in the address."""
    st.session_state[key] = value
    st.selectbox(label, options, 0, show, key=key, help=help, on_change=moved, width=width)


def _config_moved(configs: Sequence[str]) -> None:
    """The config that is nearest to what the boxes say: of the family, then the size, the noise."""
    state = st.session_state
    ours = [config for config in configs if parse_config(config)[0] == state["family"]]
    if str(state["size"]) not in {str(parse_config(config)[1]) for config in ours}:
        size = max((parse_config(c)[1] for c in ours), key=lambda of: (of.sites, str(of)))
    else:
        size = state["size"]
    ours = sorted(
        (config for config in ours if str(parse_config(config)[1]) == str(size)),
        key=lambda config: noise.order(parse_config(config).channel),
    )
    same = [c for c in ours if parse_config(c).channel == state.get("noise")]
    address.choose(config=[(same or ours)[0]])


def _first(configs: Sequence[str]) -> str:
    """The largest of the first family."""
    family = parse_config(configs[0])[0]
    return max(
        (config for config in configs if parse_config(config)[0] == family),
        key=lambda config: parse_config(config)[1].sites,
    )


def _family_title(name: str) -> str:
    return families.load(name).title if name in families.names() else name


def _choose(
    label: str,
    options: Sequence[Any],
    key: str,
    width: int = _NARROW,
    show: Callable[[Any], str] = str,
    help: str | None = None,  # noqa: A002
) -> Any:
    """As `session.choose`, with the last visited cell as the default, then the largest."""
    names = [str(option) for option in options]
    last = _last().get(key)
    default = names.index(last) if last in names else (0 if key in ("task", "track") else -1)
    return session.choose(label, options, key, default=default, show=show, help=help, width=width)


def cell_query(key: CellKey, **more: str) -> dict[str, str]:
    """What the address of a page holds for a cell."""
    return links.query(key) | more


def entry(label: str, rows: Sequence[Row], key: str, default: int = 0) -> Row:
    """One line of a ranking, kept in the address by its id."""
    labels = unique_labels([row.name for row in rows], [row.id for row in rows])
    shown = {row.id: f"{row.rank}  {name}" for row, name in zip(rows, labels, strict=True)}
    ids = [row.id for row in rows]
    chosen = session.choose(label, ids, key, default=default, show=shown.__getitem__)
    return rows[ids.index(chosen)]


def nobody() -> None:
    """What an empty board says."""
    st.info("Nobody has submitted yet. The first file of predictions opens the ranking.")
    st.page_link("views/submit.py", label="Submit predictions", icon=":material/upload_file:")


@st.cache_data(show_spinner=False, max_entries=8, hash_funcs=_HASH)
def cells(board: Board) -> list[CellKey]:
    """As `Board.cells`."""
    return board.cells()


@st.cache_data(show_spinner=False, max_entries=2, hash_funcs=_HASH)
def entries(board: Board) -> list[Head]:
    """All entries, the latest first."""
    return board.store.heads()[::-1]


@st.cache_data(show_spinner="Reading …", max_entries=8, hash_funcs=_HASH)
def inspected(board: Board, id_: str, key: CellKey) -> inspection.Inspection:
    """As `inspection.inspect`."""
    return inspection.inspect(board, id_, CellKey(*key))


@st.cache_data(show_spinner=False, max_entries=8, hash_funcs=_HASH)
def compared(board: Board, first: str, second: str, track: str) -> list[comparison.Difference]:
    """As `comparison.compare`."""
    return comparison.compare(board.store, first, second, track)


@st.cache_data(show_spinner=False, max_entries=8, hash_funcs=_HASH)
def pairs(board: Board) -> list[randomisation.Twins]:
    """The pairs of the season that is shown."""
    return randomisation.pairs(board.store, board.scope()[0])


@st.cache_data(show_spinner=False, max_entries=16, hash_funcs=_HASH)
def points(
    board: Board, configs: list[str], metric: str, key: CellKey, axis: curve_chart.Axis
) -> list[curves.CurvePoint]:
    """The points that differ from a cell in nothing but the axis, of the season that is shown."""
    n, shots = (None if axis == "n" else key.n), (None if axis == "M" else key.shots)
    season = board.scope()[0]
    return curves.points(
        board.store, season, configs, key.task, metric, key.track, n=n, shots=shots
    )


@st.cache_data(show_spinner=False, max_entries=8, hash_funcs=_HASH)
def every_point(board: Board, key: CellKey, metric: str) -> list[curves.CurvePoint]:
    """The points of a cell's config, task and track at every n and M."""
    season = board.scope()[0]
    return curves.points(board.store, season, [key.config], key.task, metric, key.track)


@st.cache_data(show_spinner=False, max_entries=8, hash_funcs=_HASH)
def submission(board: Board, id_: str) -> Entry:
    """One submission with its scores and results."""
    return board.store.submission(id_)


@st.cache_data(show_spinner=False, max_entries=8, hash_funcs=_HASH)
def logged(board: Board, id_: str) -> list[dict[str, Any]]:
    """What the decision log says about an entry."""
    return entry_tables.logged(board.store.decisions(), id_)
