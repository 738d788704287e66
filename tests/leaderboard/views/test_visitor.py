"""What a person comes for, in Chromium: the best model of a task, a tie, a shared view, a citation,
numbers to take away, a good, a bad and a known file, six entries side by side, a phase diagram, and
the way in for programs.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.display import links
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import SPEC, SyntheticFolder, make_folder, make_split
from tests.leaderboard.answers import answer, cell, exact, metadata, write
from tests.leaderboard.chromium import cells, charts, is_complete, says, upload, visitor, wait
from tests.leaderboard.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ERRORS = {"best": 0.05, "twin": 0.1, "other twin": 0.1, "fourth": 0.2, "fifth": 0.3, "last": 0.4}
ROWS = {"train": 12, "test": 40}


@dataclass(frozen=True)
class Place:
    """Where a visitor goes.

    Attributes:
        url: of the board.
        home: folder of its own, with the files of the tests.
        data: chains with correlations.
        ids: name of the model → id of its entry.
    """

    url: str
    home: Path
    data: SyntheticFolder
    ids: dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A board with six models of a cell, two of which tests do not separate, and a phase task."""
    home = tmp_path_factory.mktemp("visited")
    chains = replace(SPEC, rows=ROWS)
    atoms = replace(SPEC, family="rydberg_1d", size=Size(7), shots=16, rows=ROWS)
    data = make_folder(home, chains, atoms)
    board = Board.open(home / "board", data.public)
    ids = {}
    for seed, (name, error) in enumerate(ERRORS.items()):
        row_id, values, _ = answer(data)
        noise = np.random.default_rng(seed).normal(0.0, error, values.shape)
        answers = {cell(data): Answer(row_id, (values + noise).astype(np.float32))}
        write_submission(home / "p.parquet", answers, metadata(name=name))
        ids[name] = board.submit(home / "p.parquet").id
    write_submission(home / "p.parquet", _phases(data, atoms), metadata(name="phases"))
    ids["phases"] = board.submit(home / "p.parquet").id
    board.close()
    with served("--store", home / "board") as (_, facts):
        yield Place(facts["url"], home, data, ids)


def _phases(data: SyntheticFolder, atoms: BuildSpec) -> dict[CellKey, Answer]:
    """The phases of atoms, of which four rows have that of a fifth."""
    hidden = make_split(atoms, "test")
    names = exact(replace(data, spec=atoms, splits={"test": hidden}), "phase")
    names[:4] = names[4]
    key = CellKey(atoms.config, "phase", ROWS["train"], atoms.shots)
    return {key: Answer(hidden["row_id"], names)}


@pytest.fixture(scope="module")
def browser(place: Place) -> Iterator[webdriver.Chrome]:
    (place.home / "downloads").mkdir()
    with visitor(place.home) as driver:
        yield driver


def _go(browser: webdriver.Chrome, place: Place, page: str, **query: str | list[str]) -> None:
    address = urlencode(query, doseq=True)
    browser.get(f"{place.url}/{page}{'?' if address else ''}{address}")
    wait(browser, f"title of {page!r}", lambda b: b.find_elements(By.TAG_NAME, "h1"))
    wait(browser, f"end of {page!r}", is_complete)


def test_find_the_best_model_of_a_task(browser, place) -> None:
    """From the first page by a click on the map, then on the name."""
    _go(browser, place, "")
    square = "[data-testid=stVegaLiteChart] .mark-rect path[aria-label*='task=correlation']"
    middle = wait(browser, "map", lambda b: b.find_elements(By.CSS_SELECTOR, square))[0]
    webdriver.ActionChains(browser).move_to_element(middle).click().perform()
    wait(browser, "its ranking", lambda b: "best" in cells(b))
    found = cells(browser)
    assert sorted(ERRORS, key=found.index)[0] == "best"
    _go(browser, place, "entry", id=place.ids["best"])
    wait(browser, "its place", says("1 of 6"))


def test_understand_a_tie(browser, place) -> None:
    two = [place.ids["twin"], place.ids["other twin"]]
    _go(browser, place, "compare", **links.query(cell(place.data)), m=two)
    wait(browser, "a verdict", says("do not tell the two apart"))
    wait(browser, "points of rows, and differences", lambda b: charts(b) >= 2)


def test_share_a_view_and_go_back(browser, place) -> None:
    query = links.query(cell(place.data))
    _go(browser, place, "cost", **query)
    before = browser.current_url
    box = browser.find_element(By.CSS_SELECTOR, ".st-key-cost input")
    box.click()
    box.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    wait(browser, "a longer address", lambda b: "cost=" in b.current_url)
    wait(browser, "end of the page", is_complete)
    shared = browser.current_url
    browser.back()
    wait(browser, "the address before", lambda b: b.current_url == before)
    wait(browser, "the view before", says("every n·M"))
    browser.get("about:blank")
    browser.get(shared)
    wait(browser, "the shared view", says("stated of a whole file"))
    assert browser.current_url == shared


def test_cite_an_entry(browser, place) -> None:
    id_ = place.ids["best"]
    _go(browser, place, "entry", id=id_)
    browser.find_element(By.XPATH, "//summary[contains(., 'how to cite')]").click()
    wait(browser, "BibTeX of the entry", says(f"@misc{{qslbench-{id_}"))
    said = browser.find_element(By.TAG_NAME, "body").text
    assert "@misc{qslbench-data" in said
    assert 'load_dataset("demo", "tfim_1d_n008")' in said


def test_download_a_ranking_and_predictions(browser, place) -> None:
    _go(browser, place, "ranking", **links.query(cell(place.data)))
    browser.find_element(By.XPATH, "//button[contains(., 'CSV')]").click()
    wait(browser, "download", lambda _: list((place.home / "downloads").glob("*.csv")))
    (file,) = (place.home / "downloads").glob("*.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert {line["name"] for line in lines} == set(ERRORS)
    assert lines[0]["name"] == "best"
    with urlopen(f"{place.url}/api/submissions/{place.ids['best']}/predictions") as answered:
        assert answered.read(4) == b"PAR1"


def test_a_good_file_is_scored(browser, place, tmp_path) -> None:
    _go(browser, place, "submit")
    upload(browser, write(tmp_path / "mine.parquet", place.data, 0.15, name="mine"))
    wait(browser, "receipt", says("Accepted and scored"))
    wait(browser, "verdict", says("you beat"))


def test_a_bad_file_is_refused(browser, place, tmp_path) -> None:
    _go(browser, place, "submit")
    path = tmp_path / "bad.csv"
    path.write_text("config,task\n1,2\n")
    upload(browser, path, "Refused. Nothing was stored.")
    wait(browser, "what to mend", says("columns missing"))


def test_a_known_file_leads_to_its_entry(browser, place, tmp_path) -> None:
    path = write(tmp_path / "again.parquet", place.data, 0.25, name="again")
    board = Board.open(place.home / "board")
    id_ = board.submit(path).id
    board.close()
    _go(browser, place, "submit")
    upload(browser, path, "This very file is on the board")
    browser.find_element(By.PARTIAL_LINK_TEXT, id_)


def test_compare_six(browser, place) -> None:
    six = [place.ids[name] for name in ERRORS]
    _go(browser, place, "compare", **links.query(cell(place.data)), m=six)
    wait(browser, "who wins", says("Who wins"))
    wait(browser, "the tie", says("share rank"))
    wait(browser, "differences", lambda b: charts(b) >= 1)
    assert {"A", "F", *ERRORS} <= set(cells(browser))


def test_a_phase_diagram_leads_to_its_rows(browser, place) -> None:
    _go(browser, place, "entry", id=place.ids["phases"])
    mark = "[aria-label^='Phase diagram'] .mark-symbol.role-mark path"
    marks = wait(browser, "marks of rows", lambda b: b.find_elements(By.CSS_SELECTOR, mark))
    assert len(marks) == ROWS["test"]
    wait(browser, "wrong rows", says("crosses are wrong"))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", marks[0])
    webdriver.ActionChains(browser).move_to_element(marks[0]).click().perform()
    wait(browser, "the row", lambda b: b.title == "Data · qslbench")
    assert "split=test" in browser.current_url


def test_programs_find_their_way(browser, place) -> None:
    _go(browser, place, "")
    browser.find_element(By.PARTIAL_LINK_TEXT, "the interface for programs").click()
    browser.switch_to.window(browser.window_handles[-1])
    wait(browser, "the description", says("interface for programs"))
    with urlopen(f"{place.url}/api/board?task=correlation") as answered:
        best = json.load(answered)["ranking"][0]
    assert (best["name"], best["rank"]) == ("best", 1)
