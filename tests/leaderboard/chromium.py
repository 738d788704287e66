"""A visitor with a browser, for tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from leaderboard.display import links

WAIT_SECONDS = 40
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-first-run", "--window-size=1280,1200"),
)
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DRIVER = shutil.which("chromedriver")


@contextmanager
def visitor(folder: Path) -> Iterator[webdriver.Chrome]:
    """A browser that keeps its files, downloads too, in a folder."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("needs chromium and chromedriver on the path")
    options = Options()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.add_experimental_option(
        "prefs", {"download.default_directory": str(folder / "downloads")}
    )
    # Logs and driver look-ups of selenium stay out of the home folder.
    service = Service(DRIVER, env=os.environ | {"SE_CACHE_PATH": str(folder), "SE_OFFLINE": "true"})
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def wait(browser: webdriver.Chrome, what: str, condition: Any) -> Any:
    """What a condition gives, once that is true."""
    text = f"no {what} after {WAIT_SECONDS} s"
    # Streamlit draws elements anew while we look at them.
    waiting = WebDriverWait(
        browser, WAIT_SECONDS, ignored_exceptions=[StaleElementReferenceException]
    )
    return waiting.until(condition, text)


def says(words: str) -> Any:
    """Whether the page holds these words."""
    return lambda browser: words in browser.find_element(By.TAG_NAME, "body").text


def cells(browser: webdriver.Chrome) -> list[str]:
    """The texts of all tables: drawn on a canvas, they are kept beside it for screen readers. Links
    stand there in full; here by the name that they are shown as.
    """
    found = browser.find_elements(By.CSS_SELECTOR, "[data-testid=stDataFrame] td")
    texts = [cell.get_attribute("textContent") or "" for cell in found]
    return [links.name_of(text) if text.startswith("entry?id=") else text for text in texts]


def charts(browser: webdriver.Chrome) -> int:
    """How many charts are drawn."""
    marks = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
    return len(browser.find_elements(By.CSS_SELECTOR, marks))


def is_complete(browser: webdriver.Chrome) -> bool:
    """Whether the page has run to its end and everything on it is there."""
    ran = "[data-testid=stApp][data-test-script-state=notRunning]"
    return bool(browser.find_elements(By.CSS_SELECTOR, ran)) and not browser.find_elements(
        By.CSS_SELECTOR, "[data-testid=stSkeleton]"
    )


def upload(browser: webdriver.Chrome, path: Path, said: str = "The file is valid") -> None:
    """Put a file into the box, see what is said of it, and send it where it can be."""
    box = "[data-testid=stFileUploader] input[type=file]"
    wait(browser, "file box", lambda b: b.find_elements(By.CSS_SELECTOR, box))[0].send_keys(
        str(path)
    )
    wait(browser, "what is said of the file", says(said))
    wait(browser, "end of the page", is_complete)
    button = browser.find_element(By.CSS_SELECTOR, ".st-key-submit button")
    if button.is_enabled():
        button.click()


def show(browser: webdriver.Chrome, *, width: int = 1280, theme: str = "light") -> None:
    """Give the page a width in pixels and the visitor a taste."""
    size = {"width": width, "height": 1200, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    wish = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)


def is_too_wide(browser: webdriver.Chrome) -> bool:
    """Whether the page has to be scrolled sideways."""
    script = (
        "m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth"
    )
    return int(browser.execute_script(script)) > 1


def screenshot(browser: webdriver.Chrome, path: Path) -> None:
    """Keep a picture, which must show something."""
    assert browser.save_screenshot(str(path))
    assert path.stat().st_size > 20_000, "the page is empty"  # a blank page has about 5 kB
