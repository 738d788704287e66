"""A visitor with a browser: sees a ranking, shares it, uploads a file, looks at all pages."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from leaderboard.board.service import Board
from leaderboard.cells import Answer
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import answer, cell, metadata, write
from tests.leaderboard.chromium import (
    cells,
    charts,
    is_complete,
    is_too_wide,
    says,
    screenshot,
    show,
    upload,
    visitor,
    wait,
)
from tests.leaderboard.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<img src=x id=evil> **bold**"


@pytest.fixture
def browser(tmp_path) -> Iterator[webdriver.Chrome]:
    with visitor(tmp_path) as driver:
        yield driver


@pytest.fixture
def board(synthetic_folder, tmp_path) -> Iterator[Board]:
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    opened.submit(write(tmp_path / "first.parquet", synthetic_folder, 0.2, name="first"))
    yield opened
    opened.close()


@pytest.fixture
def crowd(board, synthetic_folder, tmp_path) -> list[str]:
    """Ids of two more entries with noise, a hybrid one and one with a hostile name."""
    rng = np.random.default_rng(0)
    made = []
    for name, error, kind in (("second", 0.1, "hybrid"), (EVIL, 0.3, "learned")):
        row_id, values, _ = answer(synthetic_folder)
        noise = rng.normal(0, error, values.shape).astype(np.float32)
        path = tmp_path / "noise.parquet"
        about = metadata(name=name, entry_class=kind)
        write_submission(path, {cell(synthetic_folder): Answer(row_id, values + noise)}, about)
        made.append(board.submit(path).id)
    return made


def test_upload_is_ranked(browser, board, synthetic_folder, tmp_path) -> None:
    with served("--store", tmp_path / "board") as (_, facts):
        browser.get(f"{facts['url']}/ranking")
        wait(browser, "ranking", lambda b: "first" in cells(b))
        wait(browser, "dot plot", charts)
        assert "?" not in browser.current_url

        browser.find_element(By.CSS_SELECTOR, "a[href$='/submit']").click()
        wait(browser, "upload page", says("Upload, check, submit"))
        mine = write(tmp_path / "mine.parquet", synthetic_folder, 0.1, name=EVIL)
        upload(browser, mine)
        wait(browser, "receipt", says("Accepted and scored"))
        receipt = board.submissions()[-1]
        assert receipt.id in browser.find_element(By.TAG_NAME, "body").text
        wait(browser, "verdict", says("you beat 1"))
        screenshot(browser, tmp_path / "submitted.png")

        browser.refresh()
        upload(browser, mine, "This very file is on the board")
        link = browser.find_element(By.PARTIAL_LINK_TEXT, receipt.id)
        assert link.get_attribute("href").endswith(f"/entry?id={receipt.id}")
        assert len(board.submissions()) == 2

        browser.refresh()
        upload(browser, write(tmp_path / "other.parquet", synthetic_folder, 0.3, name="other"))
        wait(browser, "receipt", says("Accepted and scored"))

        wait(browser, "links", says("See it in the ranking"))
        browser.find_element(By.PARTIAL_LINK_TEXT, "See it in the ranking").click()
        wait(browser, "new rank", lambda b: EVIL in cells(b))
        found = cells(browser)
        assert found.index(EVIL) < found.index("first")
        assert not browser.find_elements(By.ID, "evil")
        wait(browser, "dot plot", charts)
        screenshot(browser, tmp_path / "ranking.png")


def test_refusal_is_shown(browser, board, tmp_path) -> None:
    with served("--store", tmp_path / "board") as (_, facts):
        browser.get(f"{facts['url']}/submit")
        wait(browser, "upload page", says("Upload, check, submit"))
        bad = tmp_path / "program.parquet"
        bad.write_bytes(b"\x7fELF" + bytes(500))
        upload(browser, bad, "program.parquet is not Parquet")
        assert len(board.submissions()) == 1


def test_filter_share_export_and_the_way_to_an_entry(browser, board, crowd, tmp_path) -> None:
    with served("--store", tmp_path / "board") as (_, facts):
        browser.get(f"{facts['url']}/ranking")
        wait(browser, "ranking", lambda b: {"first", "second", EVIL} <= set(cells(b)))

        box = browser.find_element(By.CSS_SELECTOR, ".st-key-class input")
        box.click()
        for _ in range(2):  # solver and hybrid go, learned stays
            box.send_keys(Keys.BACKSPACE)
        wait(browser, "filtered ranking", lambda b: "second" not in cells(b))
        # Which is written at the end of the page, after its table.
        wait(browser, "its address", lambda b: "class=" in b.current_url)
        shared = browser.current_url
        assert shared.count("class=") == 1

        (tmp_path / "downloads").mkdir()
        browser.find_element(By.XPATH, "//button[contains(., 'JSON')]").click()
        wait(browser, "download", lambda _: list((tmp_path / "downloads").glob("*.json")))
        (file,) = (tmp_path / "downloads").glob("*.json")
        lines = json.loads(file.read_text("utf-8"))
        assert [line["name"] for line in lines] == ["first", EVIL]

        browser.get("about:blank")
        browser.get(shared)
        wait(browser, "shared view", lambda b: "first" in cells(b))
        assert "second" not in cells(browser)

        # The box in front of the first row: tables are drawn on a canvas.
        table = browser.find_element(By.CSS_SELECTOR, "[data-testid=stDataFrame]")
        chain = webdriver.ActionChains(browser)
        left, top = -table.size["width"] // 2 + 16, -table.size["height"] // 2 + 52
        chain.move_to_element_with_offset(table, left, top).click().perform()
        wait(browser, "link to the entry", says("Open "))
        browser.find_element(By.PARTIAL_LINK_TEXT, "Open ").click()
        wait(browser, "entry", says("Where it errs"))
        wait(browser, "its plots", lambda b: charts(b) >= 6)


PAGES = {
    "": 1, "ranking": 1, "cell": 2, "curves": 1, "entry": 6, "compare": 3, "overall": 1,
    "cost": 1, "randomisation": 0, "times": 0, "noise": 0, "about": 0, "log": 0, "submit": 0,
    "data": 5,
}  # fmt: skip


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (400, "dark")])
def test_every_page_fits_and_nothing_hostile_runs(
    browser, board, crowd, tmp_path, width, theme
) -> None:
    show(browser, width=width, theme=theme)
    with served("--store", tmp_path / "board") as (_, facts):
        for page, plots in PAGES.items():
            browser.get(f"{facts['url']}/{page}")
            wait(browser, f"title of {page!r}", lambda b: b.find_elements(By.TAG_NAME, "h1"))
            wait(browser, f"plots of {page!r}", lambda b, least=plots: charts(b) >= least)
            wait(browser, f"end of {page!r}", is_complete)
            assert not browser.find_elements(By.ID, "evil"), page
            assert not browser.find_elements(By.CSS_SELECTOR, "[data-testid=stException]"), page
            assert not is_too_wide(browser), page
            screenshot(browser, tmp_path / f"{page or 'home'}-{width}-{theme}.png")
        dark = browser.execute_script(
            "return getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        )
        assert (sum(map(int, dark[4:-1].split(","))) < 200) == (theme == "dark")


def test_two_are_compared_by_their_address(browser, board, crowd, tmp_path: Path) -> None:
    with served("--store", tmp_path / "board") as (_, facts):
        browser.get(f"{facts['url']}/compare?task=correlation&a={crowd[0]}&b={crowd[1]}")
        wait(browser, "verdict", says("The first entry is better"))
        wait(browser, "plots", lambda b: charts(b) >= 3)


def test_a_click_on_the_heat_map_opens_the_cell_and_back_returns(browser, board, crowd) -> None:
    with served("--store", board.store.folder) as (_, facts):
        browser.get(facts["url"])
        square = "[data-testid=stVegaLiteChart] .mark-rect path[aria-label*='renyi2']"
        wait(browser, "heat map", lambda b: b.find_elements(By.CSS_SELECTOR, square))
        wait(browser, "end of the page", is_complete)
        # The number is drawn over the square, so that no element can be asked to be clicked.
        middle = browser.find_element(By.CSS_SELECTOR, square)
        webdriver.ActionChains(browser).move_to_element(middle).click().perform()
        wait(browser, "ranking", lambda b: b.title == "Board · qslbench")
        assert "task=renyi2" in browser.current_url
        wait(browser, "its entries", lambda b: "first" in cells(b))
        browser.back()
        wait(browser, "the map", lambda b: b.title == "Home · qslbench")
        assert "?" not in browser.current_url


FETCHED = "return performance.getEntriesByType('resource').map(entry => entry.name)"


def test_back_leaves_a_page_and_nothing_comes_from_elsewhere(browser, board, tmp_path) -> None:
    with served("--store", tmp_path / "board") as (_, facts):
        url = facts["url"]
        fetched = set()
        for page, title in (("about", "About"), ("", "Home"), ("overall", "Overall")):
            browser.get(f"{url}/{page}")
            wait(browser, f"title of {page!r}", lambda b, t=title: b.title == f"{t} · qslbench")
            wait(browser, f"end of {page!r}", is_complete)
            fetched |= set(browser.execute_script(FETCHED))
        assert fetched
        assert {name for name in fetched if not name.startswith((url, "data:", "blob:"))} == set()
        browser.back()
        wait(browser, "the page before", lambda b: b.title == "Home · qslbench")
        browser.back()
        wait(browser, "the one before it", lambda b: b.title == "About · qslbench")

        browser.get(f"{url}/entry?id=0123456789abcdef0123")
        wait(browser, "refusal", says("No such entry here"))
        assert browser.current_url.endswith("/entry?id=0123456789abcdef0123")
        browser.find_element(By.PARTIAL_LINK_TEXT, "Show what there is").click()
        wait(browser, "an entry", says("Where it errs"))
        screenshot(browser, tmp_path / "entry.png")

        browser.get(f"{url}/api")
        wait(browser, "page of the interface", says("interface for programs"))
        assert not browser.find_elements(By.TAG_NAME, "script")
