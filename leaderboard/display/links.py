"""Addresses of entries and cells, and names that are links to them.

In a table a link carries the name that is shown behind its `#`, where browsers and the page it
leads to ignore it: a name is then a link of its own, whatever a stranger called it.
"""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlencode

import streamlit as st

from leaderboard.cells import CellKey
from leaderboard.display import plain
from leaderboard.track import STANDARD

ADDRESS = ("config", "task", "n", "M", "track")
"""The names of a cell in an address."""
SHOWN = r"#(.*)$"
"""What of a link a table shows, as a regular expression of JavaScript."""


def query(key: CellKey) -> dict[str, str]:
    """What the address of a page holds for a cell."""
    fields = dict(zip(ADDRESS, map(str, key), strict=True))
    if key.track == STANDARD:
        del fields["track"]
    return fields


def entry(id_: str, name: str) -> str:
    """A link to an entry, from any other page, that is shown as a name."""
    return _named("entry", {"id": id_}, name)


def cell(key: CellKey, name: str) -> str:
    """A link to a cell, from any other page, that is shown as a name."""
    return _named("cell", query(key), name)


def data_row(fields: Mapping[str, str], name: str) -> str:
    """A link to a row of the data, by what its address holds, that is shown as a name."""
    return _named("data", fields, name)


def _named(page: str, fields: Mapping[str, str], name: str) -> str:
    return f"{page}?{urlencode(fields)}#{quote(plain.from_left(name), safe='')}"


def name_of(link: str) -> str:
    """The name that a link is shown as."""
    return unquote(link.partition("#")[2]).removeprefix(plain.FROM_LEFT)


def column(title: str, **about: Any) -> Any:
    """The settings of a column of such links."""
    about = {"alignment": "left"} | about
    return st.column_config.LinkColumn(title, display_text=SHOWN, **about)


def html(link: str) -> str:
    """A link for `st.html`, opened in the same tab; its name is plain text."""
    address = link.partition("#")[0]
    return f'<a href="{escape(address)}" target="_self">{escape(name_of(link))}</a>'
