"""Every page in a browser: no serious fault that axe-core finds, in either theme, one title and one
heading of the first order a page, nothing fetched from elsewhere, and what a reader of the screen
is told of a chart.
"""

import importlib.resources
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from leaderboard import views
from leaderboard.board.service import Board
from tests.leaderboard.answers import write
from tests.leaderboard.chromium import is_complete, show, visitor, wait
from tests.leaderboard.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_AXE = """
const done = arguments[0];
axe.run({resultTypes: ["violations"]}).then(found => done(found.violations
  .filter(fault => ["serious", "critical"].includes(fault.impact) || fault.id == "heading-order")
  .map(fault => [fault.id, fault.nodes.slice(0, 3).map(node => node.html.slice(0, 300)
                                                           + node.failureSummary)])));
"""
_FETCHED = "return performance.getEntriesByType('resource').map(entry => entry.name)"
_PAPER = "return getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
_HEADINGS = "return [...document.querySelectorAll('h1')].map(heading => heading.textContent)"


@pytest.fixture(scope="module")
def url(synthetic_master, tmp_path_factory) -> Iterator[str]:
    """A board with two entries, served."""
    home = tmp_path_factory.mktemp("accessible")
    board = Board.open(home / "board", synthetic_master.public)
    for name, shift in (("near", 0.1), ("far", 0.3)):
        board.submit(write(home / "p.parquet", synthetic_master, shift, name=name))
    board.close()
    with served("--store", home / "board") as (_, facts):
        yield facts["url"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[webdriver.Chrome]:
    with visitor(tmp_path_factory.mktemp("browser")) as driver:
        yield driver


def _opened(browser: webdriver.Chrome, url: str, page: str) -> None:
    browser.get(f"{url}/{page}")
    wait(browser, f"title of {page!r}", lambda b: b.find_elements(By.TAG_NAME, "h1"))
    wait(browser, f"end of {page!r}", is_complete)


def _is_drawn(theme: str) -> Any:
    """Whether the page is as bright as the theme, and has run to its end in it."""

    def check(browser: webdriver.Chrome) -> bool:
        dark = sum(map(int, re.findall(r"\d+", browser.execute_script(_PAPER))[:3])) < 384
        return dark == (theme == "dark") and is_complete(browser)

    return check


def test_no_page_has_a_serious_fault_in_either_theme(browser, url) -> None:
    axe = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text("utf-8")
    titles, faults, fetched = set(), {}, set()
    pages = sorted(views.names())
    for page in pages:
        show(browser, theme="light")
        _opened(browser, url, page)
        assert len(browser.execute_script(_HEADINGS)) == 1, page
        titles.add(browser.title)
        browser.execute_script(axe)
        for theme in ("light", "dark"):
            show(browser, theme=theme)
            wait(browser, f"{theme} {page!r}", _is_drawn(theme))
            found = browser.execute_async_script(_AXE)
            if found:
                faults[f"{page}, {theme}"] = found
        fetched |= set(browser.execute_script(_FETCHED))
        assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert not faults, json.dumps(faults, indent=1)
    assert len(titles) == len(pages)
    assert {name for name in fetched if not name.startswith((url, "data:", "blob:"))} == set()


def test_a_chart_has_a_name_and_a_link_is_reached_by_keys(browser, url) -> None:
    show(browser)
    _opened(browser, url, "cell")
    names = [
        element.get_attribute("aria-label") or ""
        for element in browser.find_elements(By.CSS_SELECTOR, "[data-testid=stVegaLiteChart]")
    ]
    assert any(name.startswith("Ranking of the cell") and "smallest 1  near" in name
               for name in names)  # fmt: skip
    _opened(browser, url, "log")
    link = browser.find_element(By.CSS_SELECTOR, ".log a")
    assert link.get_attribute("tabindex") in (None, "", "0")
    browser.execute_script("arguments[0].focus()", link)
    webdriver.ActionChains(browser).send_keys(Keys.ENTER).perform()
    wait(browser, "the entry", lambda b: b.title.startswith("An entry"))
    wait(browser, "its name", lambda b: b.find_element(By.TAG_NAME, "h1").text == "far")
