"""Pages in the menu: ours, and those of a plug-in folder."""

import pytest
import streamlit as st

from tests.leaderboard.pages import app_of
from tests.leaderboard.views.test_app import APP

TITLE = "Learning quantum systems from few measurements"
MINE = """
import streamlit as st
from leaderboard.display.page import Page

PAGE = Page("Mine", "star", group="Own", order=300)


def page() -> None:
    st.title("A page of mine")


if __name__ == "__main__":
    page()
"""


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("QSLBENCH_BOARD_STORE", str(tmp_path / "board"))
    yield app_of(APP)
    st.cache_resource.clear()


@pytest.fixture
def views(tmp_path, plug_in):
    folder = tmp_path / "plugins" / "views"
    folder.mkdir(parents=True)
    plug_in(folder.parent)
    return folder


def test_a_page_of_a_plug_in_folder_stands_in_the_menu(app, views) -> None:
    (views / "mine.py").write_text(MINE)
    app.run()
    assert not app.exception
    assert app.title[0].value == TITLE  # the first page is still the first
    app.switch_page(str(views / "mine.py")).run()
    assert app.title[0].value == "A page of mine"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (MINE.replace("PAGE =", "page_of_mine ="), "`PAGE` is None, a Page is needed"),
        (MINE.replace('"star"', '""'), "self.icon=''"),
        (MINE.replace('"star"', '"mine"'), "is not a valid Material icon"),
        ("1 / 0", "division by zero"),
    ],
)
def test_a_broken_page_is_left_out_and_the_reason_said(
    app, views, text, reason, door, capsys, tmp_path
) -> None:
    (views / "mine.py").write_text(text)
    app.run()
    assert not app.exception
    assert app.title[0].value == TITLE
    said = capsys.readouterr().err
    assert f"{views / 'mine.py'}" in said
    assert reason in said
    status, _, said = door("board", "--store", tmp_path / "board")
    assert status == 2
    assert reason in said
