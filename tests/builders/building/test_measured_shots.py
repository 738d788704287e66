"""Shots that somebody measured become a config."""

import json
from pathlib import Path

import numpy as np
import pytest

import builders
from baselines.contract.cell import Cell
from builders import families
from builders.building.shots_table import read_shots
from builders.building.verifying import verify
from builders.core.errors import RequestError
from builders.core.names import Size
from tests.door import Door

SITES, ROWS, SHOTS = 4, 5, 40
CONFIG = "tfim_1d_n004-experiment_lab"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of shots of ground states, `shots.csv` and `parameters.json`."""
    folder = tmp_path_factory.mktemp("lab")
    family, rng = families.load("tfim_1d"), np.random.default_rng(0)
    lines, rows = ["row,bases,outcomes"], []
    for row in range(1, ROWS + 1):
        drawn = family.draw(Size(SITES), rng)
        rows.append({name: value.tolist() for name, value in drawn.items()})
        state = builders.solve("tfim_1d", SITES, drawn)
        lines += [line(row, tokens) for tokens in state.sample(SHOTS + row, rng)]
    (folder / "shots.csv").write_text("\n".join(lines) + "\n")
    (folder / "parameters.json").write_text(json.dumps(rows))
    return folder


def line(row: int, tokens: np.ndarray) -> str:
    bases, bits = ("XYZ"[t // 2] for t in tokens), (str(t % 2) for t in tokens)
    return f"{row},{''.join(bases)},{''.join(bits)}"


def test_they_are_learnt_from_and_scored(lab: Path, tmp_path: Path, door: Door) -> None:
    out, hidden = tmp_path / "data", tmp_path / "data-private"
    asked = ("--family", "tfim_1d", "--size", SITES, "--name", "lab", "--out", out, "--solve")
    status, said, err = door("import", lab, *asked)
    assert status == 0, err
    assert f"{CONFIG}: 4 train, 1 test rows of {SHOTS + 1} shots" in said  # the fewest of a row
    data, private = builders.load(out, CONFIG), builders.load(hidden, CONFIG)
    first = read_shots(lab / "shots.csv", Size(SITES), ROWS, None)
    assert np.array_equal(data["train"]["shots"], first[:4])
    assert np.array_equal(data["test"]["shots"], first[4:])
    row = json.loads((lab / "parameters.json").read_text())[4]
    exact = builders.solve("tfim_1d", SITES, row)
    assert private["test"]["energy"][0] == exact.energy
    assert np.allclose(private["test"]["correlation"][0], exact.correlation(), atol=1e-6)
    assert "energy" not in data["test"]
    assert verify(out, rows=5).problems == ()
    # Nothing is known of what a device did: estimates are taken as they are read.
    assert data.channel is None
    cell = Cell.open(out, CONFIG, "correlation", 4, 40)
    assert cell.rows.channel is None
    with pytest.raises(RequestError, match="went through no noise channel that could be undone"):
        cell.mitigate()
    p = tmp_path / "p.parquet"
    cell = ("--data", out, "--config", CONFIG, "--task", "correlation", "--n", 4, "--shots", 40)
    assert door("run", "shadow", *cell, "--out", p)[0] == 0
    assert door("run", "zne", *cell, "--out", p)[0] == 2
    status, said, _ = door("score", p, "--private", hidden, "--json")
    assert (status, json.loads(said)["cells"][0]["rows"]) == (0, 1)


def test_without_labels_there_is_no_task(lab: Path, tmp_path: Path, door: Door) -> None:
    asked = ("--family", "tfim_1d", "--size", SITES, "--name", "bare", "--out", tmp_path / "data")
    status, said, err = door("import", lab, *asked, "--shots", 10, "--train", 3, "--test", 2)
    assert status == 0, err
    assert "3 train, 2 test rows of 10 shots" in said
    assert "tasks: none" in said
    assert verify(tmp_path / "data", rows=2).not_rebuilt == ("tfim_1d_n004-experiment_bare",)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda t: t.replace("row,", "line,", 1), "unknown column 'line'"),
        (lambda t: t.replace("\n1,", "\n0,", 1), "shot 1, column 'row' is '0'"),
        (lambda t: t.replace("\n1,", "\n6,", 1), "a row of the parameters, 1 to 5"),
        (lambda t: t.replace("\n1,", "\n1,Q", 1), "shot 1, column 'bases' is 'Q"),
        (lambda t: t[:-2] + "2\n", "column 'outcomes' is"),
        (lambda t: t.replace("\n5,", "\n4,"), "has no shot of row 5"),
        (lambda t: t.replace("Y", "Z"), "Y at site 0 was measured in 0 % of the settings"),
    ],
)
def test_shots_that_cannot_be(edit, said: str, lab: Path, tmp_path: Path) -> None:
    path = tmp_path / "shots.csv"
    path.write_text(edit((lab / "shots.csv").read_text()))
    with pytest.raises(RequestError) as refusal:
        read_shots(path, Size(SITES), ROWS, None)
    assert said in str(refusal.value)


def test_bases_that_are_the_same_on_all_sites_are_refused(tmp_path: Path) -> None:
    """Every basis is drawn fairly, and no pair of sites is ever seen in two."""
    rng = np.random.default_rng(0)
    lines = [line(1, np.full(SITES, 2 * rng.integers(3))) for _ in range(300)]
    path = tmp_path / "shots.csv"
    path.write_text("\n".join(["row,bases,outcomes", *lines]))
    with pytest.raises(RequestError, match="one basis at sites a"):
        read_shots(path, Size(SITES), 1, None)


def test_settings_that_were_measured_often_are_fair(tmp_path: Path) -> None:
    """30 settings of 20 sites, 40 times each: few settings deviate more than many shots would."""
    rng = np.random.default_rng(3)
    lines = []
    for _ in range(30):
        basis = 2 * rng.integers(0, 3, 20)
        lines += [line(1, basis + rng.integers(0, 2, 20)) for _ in range(40)]
    path = tmp_path / "shots.csv"
    path.write_text("\n".join(["row,bases,outcomes", *lines]))
    assert read_shots(path, Size(20), 1, None).shape == (1, 1200, 20)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--family", "surface_code", "--size", 3, "--name", "x"), "has no circuit"),
        (("--family", "toric_code", "--size", 8, "--name", "x", "--solve"), "Leave --solve out"),
        (("--family", "tfim_1d", "--size", 4), "name the experiment"),
        (("--family", "tfim_1d", "--size", 4, "--name", "Lab"), "in lower case"),
        (("--family", "tfim_1d", "--size", 4, "--name", "x", "--shots", 99), "Give 1 to 41"),
        (("--family", "tfim_1d", "--size", 4, "--name", "x", "--variant", "y"), "mean nothing"),
        (("--family", "qaoa_maxcut", "--size", 4, "--name", "x"), "hold nothing, and no shots"),
    ],
)
def test_requests_that_cannot_be_met(
    more, said: str, lab: Path, tmp_path: Path, door: Door
) -> None:
    status, _, err = door("import", lab, "--out", tmp_path / "data", *more)
    assert status == 2
    assert said in err
    assert not (tmp_path / "data").exists()


def test_nothing_builds_such_shots(tmp_path: Path, door: Door) -> None:
    asked = ("--size", 4, "--noise", "experiment:lab", "--out", tmp_path / "data")
    status, _, err = door("build", "tfim_1d", *asked)
    assert status == 2
    assert "nothing builds the shots of an experiment" in err


def test_both_tables_are_needed_once(lab: Path, tmp_path: Path, door: Door) -> None:
    (tmp_path / "shots.csv").write_bytes((lab / "shots.csv").read_bytes())
    asked = ("--family", "tfim_1d", "--size", 4, "--name", "x", "--out", tmp_path / "data")
    assert "has none of parameters.csv" in door("import", tmp_path, *asked)[2]
    (tmp_path / "shots.json").write_text("[]")
    assert "has two of shots.csv" in door("import", tmp_path, *asked)[2]
