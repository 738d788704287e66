"""The examples run as a newcomer runs them, and the first is as short as it is said to be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SAID = {
    "own_model": "tfim_1d_wide_n008 / correlation / n=100 / shots=64",
    "own_family": "own_family_n008 has no problems",
}


def test_every_example_is_run() -> None:
    assert {path.stem for path in EXAMPLES} == set(SAID)


def test_from_clone_to_a_scored_model_takes_less_than_30_lines() -> None:
    text = (ROOT / "examples" / "own_model.py").read_text("utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 30


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run(path: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert SAID[path.stem] in done.stdout
    if path.stem == "own_model":
        (skill,) = (line.split()[1] for line in done.stdout.splitlines() if " skill " in line)
        assert float(skill) > 0.2  # what the couplings of a bond say is learnt
