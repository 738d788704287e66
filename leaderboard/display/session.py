"""The board behind the pages, their data, and choices kept in the address."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from builders.core.errors import RequestError, WorkError
from builders.dataset import manifest
from builders.dataset.manifest import Manifest
from builders.dataset.schema import Arrays
from builders.folders import loading
from leaderboard.board.service import Board
from leaderboard.display import address, download
from leaderboard.display.place import BoardPlace
from leaderboard.refusals import AwayError
from leaderboard.web.uploads import GRANTS

T = TypeVar("T")

NONE = ""  # stands in an address for the choice of nothing


def board() -> Board:
    """The board, opened once for all visitors; the page ends with a message if it cannot be."""
    try:
        return _open(BoardPlace.from_environment())
    except AwayError as error:
        away(error)
    except (RequestError, WorkError) as error:
        _end("The board cannot be opened.", error)


def away(error: AwayError) -> NoReturn:
    """End the page with a sentence; the reason names hosts, and goes to the log of the server."""
    print(error, file=sys.stderr, flush=True)
    st.error(
        "The board's database does not answer now. Nothing was changed: load the page again later.",
        icon=":material/cloud_off:",
    )
    st.stop()


def _end(title: str, error: Exception) -> NoReturn:
    st.error(title, icon=":material/error:")
    st.code(str(error), language=None, wrap_lines=True)
    st.stop()


@st.cache_resource(show_spinner=False, hash_funcs={BoardPlace: repr}, on_release=Board.close)
def _open(place: BoardPlace) -> Board:
    return place.open()


def found_manifest(folder: Path) -> Manifest:
    """The manifest of a data set folder, read again when the file has changed.

    The page ends with a message if it cannot be read.
    """
    try:
        return _manifest(str(folder), stamp(folder))
    except RequestError as error:
        _end("The data of the board cannot be read.", error)


def split_arrays(folder: Path, config: str, split: str) -> Arrays:
    """The arrays of a split, read and checked again when the manifest has changed."""
    return _split(str(folder), stamp(folder), config, split)


def text_beside(folder: Path, config: str, name: str) -> str | None:
    """A text file beside the rows of a config; None where it has no such."""
    return loading.read_texts(folder, found_manifest(folder), config).get(name)


def stamp(folder: Path) -> tuple[int, int]:
    """Changes with every build into the folder: manifests are written last and whole."""
    try:
        status = (folder / manifest.NAME).stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


@st.cache_data(show_spinner=False, max_entries=4)
def _manifest(folder: str, stamp: tuple[int, int]) -> Manifest:  # noqa: ARG001
    return manifest.read(Path(folder))


@st.cache_data(show_spinner="Reading …", max_entries=4)
def _split(folder: str, stamp: tuple[int, int], config: str, split: str) -> Arrays:  # noqa: ARG001
    return dict(loading.load(Path(folder), config, splits=[split])[split])


def choose(
    label: str,
    options: Sequence[T],
    key: str,
    *,
    default: int = 0,
    show: Callable[[Any], str] = str,
    help: str | None = None,  # noqa: A002
    width: int | Literal["stretch"] = "stretch",
) -> T:
    """A select box; what the visitor chooses is kept in the address as `key`, so that a view can be
    shared. The page ends where the address names what is not there.

    Args:
        label: above the box.
        options: at least one; their `str` is what the address holds.
        key: name in the address and in the session.
        default: index of the choice when the address has none.
        show: option → text in the box.
        help: shown at the label.
        width: in pixels.
    """
    names = [str(option) for option in options]
    given = address.known(label.lower(), key, names)
    st.session_state[key] = options[names.index(given[-1]) if given else default % len(names)]
    moved = partial(_one, key)
    return st.selectbox(label, options, 0, show, key, help, moved, width=width)


def slide(label: str, options: Sequence[int], key: str, *, default: int) -> int:
    """As `choose`, with a slider over sorted numbers; a single one leaves nothing to choose."""
    given = address.known(label.lower(), key, [str(option) for option in options])
    if len(options) == 1:
        return options[0]
    st.session_state[key] = int(given[-1]) if given else options[default]
    return st.select_slider(label, options, key=key, on_change=partial(_one, key))


def _one(key: str) -> None:
    address.choose(**{key: [str(st.session_state[key])]})


def choose_many(
    label: str,
    options: Sequence[T],
    key: str,
    *,
    default: Sequence[T],
    show: Callable[[Any], str] = str,
    help: str | None = None,  # noqa: A002
) -> list[T]:
    """As `choose`, for any number of options, in the order of the visitor.

    Args:
        label: above the box.
        options: their `str` is what the address holds.
        key: name in the address and in the session.
        default: the choice when the address has none.
        show: option → text in the box.
        help: shown at the label.
    """
    by_name = {str(option): option for option in options}
    given = address.known(f"choice of {label.lower()}", key, [*by_name, NONE])
    chosen = list(default) if given is None else [by_name[name] for name in given if name]
    st.session_state[key] = chosen
    moved = partial(_many, key)
    return list(
        st.multiselect(label, options, format_func=show, key=key, help=help, on_change=moved)
    )


def _many(key: str) -> None:
    address.choose(**{key: [str(option) for option in st.session_state[key]] or [NONE]})


def downloads(name: str, table: Any) -> None:
    """A button a format for what is shown.

    Args:
        name: of the files, without suffix.
        table: pyarrow Table.
    """
    with st.container(horizontal=True):
        for title, file in download.FORMATS.items():
            st.download_button(
                title,
                partial(file.content, table),
                f"{name}.{file.suffix}",
                file.mime,
                key=f"{name}-{title}",
                icon=":material/download:",
                on_click="ignore",
            )


def number(label: str, stop: int, key: str, *, help: str | None = None) -> int:  # noqa: A002
    """A box for one of 0 … stop − 1, kept in the address as `key`."""
    given = address.of(key)
    if given is not None and not (given.isdecimal() and given.isascii() and int(given) < stop):
        address.known(label.lower(), key, ())
        given = None
    st.session_state[key] = int(given or 0)
    return int(
        st.number_input(
            label, 0, stop - 1, step=1, key=key, help=help, on_change=partial(_one, key)
        )
    )


def signing_in() -> bool:
    """Whether an identity provider is configured, see docs/sign-in.md."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def may_upload(is_allowed: bool) -> None:
    """Let the browser that shows this page send files ahead of a submission, or not any more."""
    context = get_script_run_ctx()
    if context is not None:
        (GRANTS.allow if is_allowed else GRANTS.withdraw)(context.session_id)


def theme() -> str:
    """`light` or `dark`, as the visitor sees the page."""
    return "dark" if st.context.theme.type == "dark" else "light"
