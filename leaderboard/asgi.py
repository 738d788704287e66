"""What `qslbench board` serves: the pages, and the HTTP interface under /api, in one process.

`streamlit run` finds `app` here by reading the file, so that it must be named and made as it is.
"""

from pathlib import Path

import streamlit as st
from fastapi.middleware import Middleware
from fastapi.routing import Mount
from streamlit.runtime import Runtime

from leaderboard.api.application import application
from leaderboard.api.door import Door
from leaderboard.api.page_uploads import PageUploads
from leaderboard.board.service import Board
from leaderboard.display.place import BoardPlace
from leaderboard.web.hosts import Hosts


def opened() -> Board:
    """The board of the HTTP interface: where the page asks for sign-in, it asks for a token."""
    # Its cached functions warn where Streamlit does not run yet.
    from leaderboard.display.session import signing_in

    return BoardPlace.from_environment().open("required" if signing_in() else None)


def held() -> dict[str, int]:
    """Session → bytes of the files that Streamlit keeps for it."""
    if not Runtime.exists():
        return {}
    storage = getattr(Runtime.instance().uploaded_file_mgr, "file_storage", {})
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(storage.items())
    }


app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[Mount("/api", application(opened))],
    middleware=[Middleware(Door, hosts=Hosts.from_environment), Middleware(PageUploads, held=held)],
)
