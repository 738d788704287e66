"""Seconds until a page of a large board is there: in the server, and in a browser.

    python -m benchmarks.visits

1000 entries × 100 cells of 200 test rows with random losses in a SQLite store (`benchmarks.board`):
20 families and tasks of five n and M each. Every page is run in this process by Streamlit's
AppTest: the first run of all reads and computes what a board then keeps until something changes a
ranking (`cold`), and the median of five more is `warm`. With chromium and chromedriver on the path,
`qslbench board` is started on the store, and a browser that was there before opens each page anew:
from asking for the address until everything is drawn.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.board import fill
from builders import families
from builders.core.machine import hardware
from builders.core.names import Size, config_name
from leaderboard.cells import CellKey
from leaderboard.display.place import BoardPlace
from leaderboard.store.store import DATABASE, Store
from tests.leaderboard.chromium import CHROMIUM, DRIVER, charts, is_complete, visitor, wait
from tests.leaderboard.pages import app_of
from tests.leaderboard.serving import ROOT, served

FAMILIES = ("heisenberg_1d", "rydberg_1d", "tfim_1d", "tfim_1d_critical", "xxz_1d", "xy_1d",
            "heisenberg_2d")  # fmt: skip
RESOURCES = ((20, 64), (100, 64), (100, 256), (500, 64), (500, 256))  # n and M
PAGES = {"home": 1, "cell": 3, "cost": 1, "ranking": 1, "overall": 1}  # page → charts on it
EMPTY = "log"  # in a browser, what Streamlit itself takes on this machine
TIMES = 5


def cells(most: int) -> list[CellKey]:
    """The cells of the board, family by family."""
    kinds = [
        (config_name(name, Size.parse(families.load(name).sizes[-1])), task)
        for name in FAMILIES
        for task in families.load(name).tasks
        if task in ("correlation", "renyi2", "energy")
    ][: most // len(RESOURCES)]
    return [CellKey(config, task, n, shots) for config, task in kinds for n, shots in RESOURCES]


@contextmanager
def store_of(folder: Path | None, entries: int, most: int, rows: int) -> Iterator[Path]:
    """A folder with the store in it; one that is there already is taken as it is."""
    with tempfile.TemporaryDirectory(prefix="qslbench-visits-") as scratch:
        place = Path(scratch) if folder is None else folder
        if not (place / DATABASE).exists():
            store = Store.open(place)
            fill(store, entries, cells(most), rows)
            store.close()
        yield place


def clock(name: str, page: str) -> None:
    """Run one page in this process."""
    taken, busy = [], []
    for _ in range(TIMES + 1):
        app = app_of(ROOT / "leaderboard" / "app.py")
        app.switch_page(f"views/{page}.py")
        began, cpu = time.perf_counter(), time.process_time()
        app.run()
        taken.append(time.perf_counter() - began)
        busy.append(time.process_time() - cpu)
        assert not app.exception, app.exception
    print(
        f"{name:22s} {taken[0]:5.2f} s cold ({busy[0]:.2f} s of the processor), "
        f"{statistics.median(taken[1:]):5.2f} s warm ({statistics.median(busy[1:]):.2f} s)"
    )


def look(url: str, scratch: Path) -> None:
    """Open every page in a browser."""
    with visitor(scratch) as browser:
        for page, least in {EMPTY: 0, **PAGES}.items():
            taken = []
            for _ in range(TIMES + 1):
                browser.get("about:blank")
                began = time.perf_counter()
                browser.get(f"{url}/{'' if page == 'home' else page}")
                wait(browser, f"charts of {page}", lambda b, n=least: charts(b) >= n)
                wait(browser, f"end of {page}", is_complete)
                taken.append(time.perf_counter() - began)
            warm = statistics.median(taken[1:])
            print(f"{page:22s} {taken[0]:5.2f} s first, {warm:5.2f} s warm, in the browser")


def main() -> None:
    """Fill a store and visit it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--store", type=Path, help="Kept, and taken if it is there.")
    parser.add_argument("--no-browser", action="store_true")
    args = parser.parse_args()
    print(f"{args.entries} entries, {args.cells} cells, {args.rows} rows, {hardware()}")
    with store_of(args.store, args.entries, args.cells, args.rows) as place:
        os.environ.update(BoardPlace(str(place), labels="1").to_environment())
        clock("about, with Streamlit", "about")
        for page in PAGES:
            clock(page, page)
        if not args.no_browser and CHROMIUM and DRIVER:
            with (
                served("--store", place, "--show-labels") as (_, facts),
                tempfile.TemporaryDirectory(prefix="qslbench-visits-") as scratch,
            ):
                look(facts["url"], Path(scratch))


if __name__ == "__main__":
    main()
