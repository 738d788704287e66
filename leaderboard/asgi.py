"""What `qslbench board` serves: the pages, and the HTTP interface under /api, in one process.

`streamlit run` finds `app` here by reading the file, so that it must be named and made as it is.
"""

from pathlib import Path

import streamlit as st
from fastapi.routing import Mount

from leaderboard.api.application import application
from leaderboard.display.place import Place

app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[Mount("/api", application(Place.from_environment().open))],
)
