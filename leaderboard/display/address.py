"""The address of a page: what the visitor chose, and nothing else.

A run reads it once and writes it at its end at most once, and only where the visitor has just
chosen something: so that defaults do not fill it, what it names wrongly stays as it was given, and
the browser's Back undoes one choice or leaves the page.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_NOW, _CHOSEN, _HERE, _MOVED = (f"address {part}" for part in ("now", "chosen", "here", "moved"))
_SHOWN = 100  # characters of a name that is not there


@contextmanager
def kept(page: StreamlitPage) -> Iterator[None]:
    """Around the run of a page."""
    state = st.session_state
    chosen: dict[str, list[str]] = state.pop(_CHOSEN, {})
    state[_HERE], state[_MOVED] = page, bool(chosen)
    state[_NOW] = _written() | chosen
    try:
        yield
    finally:
        if chosen and state[_NOW] != _written():
            st.query_params.from_dict(state[_NOW])


def _written() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _now() -> dict[str, list[str]]:
    held: dict[str, list[str]] = st.session_state.setdefault(_NOW, _written())
    return held


def all_of(key: str) -> list[str] | None:
    """What the address says under a name; None where it does not have it."""
    return _now().get(key)


def of(key: str) -> str | None:
    """The one thing that the address says under a name."""
    given = all_of(key)
    return given[-1] if given else None


def here() -> str:
    """The page that is run, as its address has it."""
    page: Any = st.session_state.get(_HERE)
    return "" if page is None else str(page.url_path)


def moved() -> bool:
    """Whether the visitor has just chosen something on this page."""
    return bool(st.session_state.get(_MOVED))


def choose(**names: Sequence[str]) -> None:
    """What a box calls when the visitor changes it."""
    st.session_state.setdefault(_CHOSEN, {}).update({k: list(v) for k, v in names.items()})


def complete(names: Mapping[str, str]) -> None:
    """Let these stand in the address too, if the visitor has just chosen something: a view that is
    shared does not then depend on what was chosen elsewhere.
    """
    if moved():
        _now().update({key: [value] for key, value in names.items()})


def known(what: str, key: str, allowed: Collection[str]) -> list[str] | None:
    """What the address says under a name, all of it allowed; None where it says nothing.

    What was right until the visitor chose something else in this run goes. Anything else that is
    not allowed ends the page, which then says so.

    Args:
        what: the thing that is named, in words.
        key: name in the address.
        allowed: what may stand there.
    """
    given = all_of(key)
    if given is None:
        return None
    dead = [name for name in given if name not in allowed]
    if not dead:
        return given
    if not moved():
        no_such(what, dead)
    del _now()[key]
    return None


def no_such(what: str, dead: Sequence[str]) -> NoReturn:
    """End the page with what is not there and a link to what is."""
    st.warning(f"No such {what} here. Nothing is shown in its place.", icon=":material/link_off:")
    st.code("\n".join(name[:_SHOWN] for name in dead), language=None, wrap_lines=True)
    page: Any = st.session_state.get(_HERE)
    if page is not None:
        st.page_link(page, label="Show what there is", icon=":material/arrow_forward:")
    st.stop()


def link_here(label: str, query: Mapping[str, str]) -> None:
    """A link to this page with what the address is to say."""
    page: Any = st.session_state.get(_HERE)
    if page is not None:
        st.page_link(page, label=label, icon=":material/link:", query_params=query)
