"""A visitor with a browser: opens the ranking, uploads a file, sees it ranked."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from leaderboard.service import Board
from tests.leaderboard.answers import write
from tests.leaderboard.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAIT_SECONDS = 40
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-first-run", "--window-size=1280,1200"),
)
EVIL = "<img src=x id=evil> **bold**"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DRIVER = shutil.which("chromedriver")


@pytest.fixture
def browser(tmp_path) -> Iterator[webdriver.Chrome]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("needs chromium and chromedriver on the path")
    options = Options()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    # Logs and driver look-ups of selenium stay out of the home folder.
    service = Service(
        DRIVER, env=os.environ | {"SE_CACHE_PATH": str(tmp_path), "SE_OFFLINE": "true"}
    )
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def board(synthetic_folder, tmp_path) -> Iterator[Board]:
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    opened.submit(write(tmp_path / "first.parquet", synthetic_folder, 0.2, name="first"))
    yield opened
    opened.close()


def wait(browser: webdriver.Chrome, what: str, condition: Any) -> Any:
    text = f"no {what} after {WAIT_SECONDS} s"
    # Streamlit draws elements anew while we look at them.
    waiting = WebDriverWait(
        browser, WAIT_SECONDS, ignored_exceptions=[StaleElementReferenceException]
    )
    return waiting.until(condition, text)


def says(words: str) -> Any:
    return lambda browser: words in browser.find_element(By.TAG_NAME, "body").text


def ranked(browser: webdriver.Chrome) -> Any:
    """The table is drawn on a canvas; its cells are kept beside it for screen readers."""
    cells = browser.find_elements(By.CSS_SELECTOR, "[data-testid=stDataFrame] td")
    return [cell.get_attribute("textContent") for cell in cells]


def is_drawn(browser: webdriver.Chrome) -> bool:
    marks = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
    return bool(browser.find_elements(By.CSS_SELECTOR, marks))


def test_upload_is_ranked(browser, board, synthetic_folder, tmp_path) -> None:
    with served("--store", tmp_path / "board") as (_, facts):
        browser.get(facts["url"])
        wait(browser, "ranking", lambda b: "first" in ranked(b))
        wait(browser, "dot plot", is_drawn)
        assert "task=correlation" in browser.current_url

        browser.find_element(By.CSS_SELECTOR, "a[href$='/submit']").click()
        wait(browser, "upload page", says("The file"))
        upload(browser, write(tmp_path / "mine.parquet", synthetic_folder, 0.1, name=EVIL))
        wait(browser, "receipt", says("Accepted and scored"))
        receipt = board.submissions()[-1]
        assert receipt.id in browser.find_element(By.TAG_NAME, "body").text

        browser.find_element(By.PARTIAL_LINK_TEXT, "See it in the ranking").click()
        wait(browser, "new rank", lambda b: EVIL in ranked(b))
        cells = ranked(browser)
        assert cells.index(EVIL) < cells.index("first")
        assert not browser.find_elements(By.ID, "evil")
        wait(browser, "dot plot", is_drawn)
        screenshot(browser, tmp_path / "ranking.png")


def test_refusal_is_shown(browser, board, tmp_path) -> None:
    with served("--store", tmp_path / "board") as (_, facts):
        browser.get(f"{facts['url']}/submit")
        wait(browser, "upload page", says("The file"))
        bad = tmp_path / "program.parquet"
        bad.write_bytes(b"\x7fELF" + bytes(500))
        upload(browser, bad)
        wait(browser, "refusal", says("program.parquet is not Parquet"))
        assert len(board.submissions()) == 1


def upload(browser: webdriver.Chrome, path: Path) -> None:
    box = "[data-testid=stFileUploader] input[type=file]"
    wait(browser, "file box", lambda b: b.find_elements(By.CSS_SELECTOR, box))[0].send_keys(
        str(path)
    )
    wait(browser, "uploaded file", says(path.name))
    browser.find_element(By.CSS_SELECTOR, "[data-testid=stFormSubmitButton] button").click()


def screenshot(browser: webdriver.Chrome, path: Path) -> None:
    assert browser.save_screenshot(str(path))
    assert path.stat().st_size > 20_000, "the page is empty"  # a blank page has about 5 kB
