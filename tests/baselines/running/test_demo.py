"""The demo as a newcomer runs it, and the published numbers in what it ranks."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from baselines.running import demo
from tests.paths import DOOR, ROOT

pytestmark = pytest.mark.slow

# arXiv 2505.13852, heisenberg_1d at N = 48, M = 64, n = 20 / 60 / 100.
PUBLISHED = {
    "shadow": {20: 0.2111, 60: 0.2111, 100: 0.2111},
    "ridge": {20: 0.0425, 60: 0.0288, 100: 0.0248},
}


def run(home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DOOR), "demo", "--out", str(home), "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme") / "demo"


@pytest.fixture(scope="module")
def rankings(home: Path) -> dict[tuple[str, str, int], dict[str, Any]]:
    """(config, task, n) → baseline → its line in the ranking."""
    done = run(home)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)["rankings"]
    return {
        (r["cell"]["config"], r["cell"]["task"], r["cell"]["n"]): {
            line["metadata"]["name"]: line for line in r["ranking"]
        }
        for r in found
    }


def value(line: dict[str, Any], metric: str) -> float:
    return float(line["metrics"][metric]["value"])


def test_every_baseline_is_ranked_in_every_cell(rankings: dict[Any, Any]) -> None:
    assert len(rankings) == 4 * 2 * 3
    assert all(sorted(lines) == sorted(demo.BASELINES) for lines in rankings.values())


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("n", [20, 60, 100])
def test_published_numbers_within_five_per_cent(
    rankings: dict[Any, Any], name: str, n: int
) -> None:
    lines = rankings["heisenberg_1d_n048", "correlation", n]
    assert value(lines[name], "rmse_entrywise") == pytest.approx(PUBLISHED[name][n], rel=0.05)
    # Ridge there is no better than the mean of the training shadows: what it takes from the
    # couplings is noise.
    if name == "ridge":
        mean = value(lines["train_mean"], "rmse_entrywise")
        assert value(lines[name], "rmse_entrywise") > 0.99 * mean


@pytest.mark.parametrize("family", demo.FAMILIES)
def test_a_network_shared_over_pairs_uses_the_hamiltonian(
    rankings: dict[Any, Any], family: str
) -> None:
    line = rankings[f"{family}_n048", "correlation", 100]["mlp_pairs"]
    assert line["rank"] == 1
    assert line["metrics"]["skill_x"]["low"] > 0.3


def test_a_second_run_finds_everything_done(rankings: dict[Any, Any], home: Path) -> None:
    before = sorted(p.stat().st_mtime_ns for p in home.rglob("*.parquet"))
    done = run(home)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["rankings"]) == len(rankings)
    assert sorted(p.stat().st_mtime_ns for p in home.rglob("*.parquet")) == before


def test_text_names_the_board(rankings: dict[Any, Any], home: Path) -> None:
    command = [sys.executable, str(DOOR), "demo", "--out", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert "http://localhost:8501" in done.stdout
    assert f"heisenberg_1d_n{max(demo.SIZES):03d}, correlation" in done.stdout


PAGES = {
    "README.md": 3,
    "docs/data.md": 3,
    "docs/build.md": 2,
    "docs/submit.md": 2,
    "docs/rules.md": 1,
    "docs/baselines.md": 1,
}
"""Page → its blocks that run; they use what `make demo` left and what blocks before them wrote."""
ELSEWHERE = ("make ", "qslbench board", "qslbench publish")
"""Blocks that install, serve, or send."""


def blocks(page: str) -> list[tuple[str, str]]:
    """Language and text of the Python and shell blocks of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```(python|sh)\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_pages_run_as_printed(
    rankings: dict[Any, Any], home: Path, page: str, tmp_path: Path
) -> None:
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_CACHE": str(home.parent / "cache"),
    }
    (tmp_path / "demo").symlink_to(home)
    scripts = []
    for language, block in blocks(page):
        if language == "python":
            scripts.append([sys.executable, "-c", block])
        elif not any(word in block for word in ELSEWHERE):
            door = re.sub(r"(?m)^(\.venv/bin/)?qslbench", f"{sys.executable} {DOOR}", block)
            scripts.append(["bash", "-ec", door])
    assert len(scripts) == PAGES[page]
    for script in scripts:
        done = subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{script[-1]}\n{done.stderr[-2000:]}"
