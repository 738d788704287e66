"""How pages declare themselves."""

from pathlib import Path
from types import ModuleType

import pytest

from builders.core import discovery
from leaderboard.display.page import FoundPage, Page, declared, menu

VIEWS = "leaderboard.views"
WHOLE = """
from leaderboard.display.page import Page
PAGE = Page("Mine", "star", group="", order=5)
def page() -> None: ...
if __name__ == "__main__":
    page()
"""


def module(path: Path, text: str) -> ModuleType:
    path.write_text(text)
    made = ModuleType(path.stem)
    made.__file__ = str(path)
    exec(compile(text, str(path), "exec"), made.__dict__)
    return made


def test_the_menu_is_in_the_order_of_the_pages() -> None:
    pages = [declared(discovery.load(VIEWS, name, kind="page")) for name in discovery.names(VIEWS)]
    names = {group: [found.name for found in held] for group, held in menu(pages).items()}
    assert names == {
        "": ["home", "ranking", "overall", "submit", "data"],
        "Results": [
            *("cell", "cost", "curves", "entry", "compare", "randomisation", "times", "noise"),
            "inductive_bias",
        ],
        "Rules": ["about", "log"],
    }


def test_a_page_says_what_it_is(tmp_path) -> None:
    found = declared(module(tmp_path / "mine.py", WHOLE))
    assert found == FoundPage("mine", tmp_path / "mine.py", Page("Mine", "star", "", 5))


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        ("PAGE = Page(", "SITE = Page(", "`PAGE` is None, a Page is needed"),
        ("def page", "def pages", "the function `page` is missing"),
        ('if __name__ == "__main__":', "if False:", "call `page\\(\\)` at the end"),
    ],
)
def test_a_wrongly_declared_page_is_refused(tmp_path, wrong, right, words) -> None:
    with pytest.raises(TypeError, match=f"wrong.py: {words}"):
        declared(module(tmp_path / "wrong.py", WHOLE.replace(wrong, right)))


@pytest.mark.parametrize("empty", ["title", "icon"])
def test_a_page_has_a_title_and_an_icon(empty) -> None:
    with pytest.raises(ValueError, match=f"self.{empty}=''"):
        Page(**{"title": "a", "icon": "b", "group": "", "order": 1, empty: ""})
