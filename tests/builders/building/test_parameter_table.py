"""Rows from a table of parameters, in place of drawn ones."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builders
from builders import families
from builders.building import checkpoints
from builders.building.asked import build, tabled
from builders.building.parameter_table import read_parameters
from builders.building.verifying import verify
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.spec import BuildSpec
from tests.door import Door
from tests.paths import ROOT

TFIM, SIZE = families.load("tfim_1d"), Size(3)
ROWS = [{"J": [0.1 * k, 1.0], "h": [1.0, 1.0, 0.5]} for k in range(1, 6)]
FLAT = np.array([[*row["J"], *row["h"]] for row in ROWS])


def write(folder: Path, form: str, rows: list[dict] = ROWS) -> Path:
    path = folder / f"table.{form.split('-')[0]}"
    if form == "json":
        path.write_text(json.dumps(rows))
    elif form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif form == "csv-lists":
        lines = ["J,h", *(f'"{row["J"]}","{row["h"]}"' for row in rows)]
        path.write_text("\n".join(lines) + "\n")
    else:
        lines = ["J_0,J_1,h_0,h_1,h_2"]
        lines += [",".join(map(str, [*row["J"], *row["h"]])) for row in rows]
        path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n")
    return path


@pytest.mark.parametrize("form", ["csv", "csv-lists", "json", "parquet"])
def test_every_form_gives_the_same_rows(form: str, tmp_path: Path) -> None:
    table = read_parameters(write(tmp_path, form), TFIM, SIZE)
    assert table.counts == {"train": 4, "test": 1}  # 80 %, 20 %
    assert np.array_equal(np.concatenate([*table.splits.values()]), FLAT)


def test_a_column_says_the_split(tmp_path: Path) -> None:
    said = ["test", "train", "test_ood", "train", "test"]
    rows = [{**row, "split": split} for row, split in zip(ROWS, said, strict=True)]
    table = read_parameters(write(tmp_path, "json", rows), TFIM, SIZE)
    assert {s: list(n) for s, n in table.rows.items()} == {
        "train": [2, 4],
        "test": [1, 5],
        "test_ood": [3],
    }
    assert np.array_equal(table.splits["test"], FLAT[[0, 4]])
    with pytest.raises(RequestError, match="has a column 'split': leave --train and --test out"):
        read_parameters(tmp_path / "table.json", TFIM, SIZE, train=3)


def test_symmetric_matrices_and_scalars(tmp_path: Path) -> None:
    graph, size = families.load("qaoa_maxcut_sk"), Size(4, letter="v")
    path = tmp_path / "w.csv"
    path.write_text("w_0_1,w_0_2,w_0_3,w_1_2,w_1_3,w_2_3\n1,2,3,4,5,6\n1,-2,3,0,0,6\n")
    table = read_parameters(path, graph, size, train=1, test=1)
    assert graph.unflatten(size, table.splits["test"][0])["w"].tolist() == [
        [0, 1, -2, 3],
        [1, 0, 0, 0],
        [-2, 0, 0, 6],
        [3, 0, 6, 0],
    ]


WRONG = {
    "J,h\n1,2\n": "row 1: parameter 'J' of tfim_1d has shape ()",
    "J_0,J_1,h_0,h_1\n1,1,1,1\n": "parameter h lacks column h_2",
    "J_0,J_1,h_0,h_1,h_2,h_3\n1,1,1,1,1,1\n": "column 'h_3': h has no such entry at size 3",
    "J_0,J_1,h_0,h_1,h_2,g\n1,1,1,1,1,1\n": "column 'g': unknown parameter 'g'",
    "J_0,J_1,h_0,h_1,h_2\n1,1,1,1,1\n1,x,1,1,1\n": "row 2, column 'J_1' is 'x': give a finite",
    "J_0,J_1,h_0,h_1,h_2\n1,,1,1,1\n": "row 1, column 'J_1' is missing",
    "J_0,J_1,h_0,h_1,h_2\n1,nan,1,1,1\n": "row 1, column 'J_1' is 'nan'",
    "J_0,J_1,h_0,h_1,h_2\n1,1_0,1,1,1\n": "row 1, column 'J_1' is '1_0'",
    "J_0,J_1,h_0,h_1,h_2\n1,1,1,1\n": "line 2: 4 values, and the head has 5",
    "J_0,J_0\n1,1\n": "columns ['J_0'] stand twice",
    "J_0,J_1,h_0,h_1,h_2\n": "has no rows",
    "J_0,J_1,h_0,h_1,h_2\n1,2,1,1,1\n2,2,1,1,1\n1,2,1,1,1\n": "row 3 has the parameters of row 1",
    "split,J_0,J_1,h_0,h_1,h_2\nvalid,2,1,1,1,1\n": "row 1, column 'split': unknown split 'valid'",
    "split,J_0,J_1,h_0,h_1,h_2\ntest,2,1,1,1,1\n": "of train too",
    'J,h\n"[1, 2","[1,1,1]"\n': "row 1, column 'J' is '[1, 2'",
    'J,h\n"[1, 2]","[1,1]"\n': "row 1: parameter 'h' of tfim_1d has shape (2,)",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named_with_row_and_column(text: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(RequestError) as refusal:
        read_parameters(path, TFIM, SIZE)
    assert WRONG[text] in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_tables_that_cannot_be(tmp_path: Path) -> None:
    path = write(tmp_path, "csv")
    for train, test in ((3, 3), (0, 5), (9, None)):
        with pytest.raises(RequestError, match=r"table\.csv has 5 rows, and"):
            read_parameters(path, TFIM, SIZE, train, test)
    with pytest.raises(RequestError, match="makes several rows of one draw"):
        read_parameters(path, families.load("quench_tfim_1d"), SIZE)
    with pytest.raises(RequestError, match="has no parameters"):
        read_parameters(path, families.load("surface_code"), Size(3, letter="d"))
    with pytest.raises(RequestError, match=r"ends in one of \.csv"):
        read_parameters(Path(__file__), TFIM, SIZE)
    (tmp_path / "a.json").write_text('{"J": 1}')
    with pytest.raises(RequestError, match="a list of objects"):
        read_parameters(tmp_path / "a.json", TFIM, SIZE)
    (tmp_path / "a.parquet").write_text("no Parquet")
    with pytest.raises(RequestError, match="cannot be read as Parquet"):
        read_parameters(tmp_path / "a.parquet", TFIM, SIZE)


def test_a_resume_knows_the_table(tmp_path: Path) -> None:
    """Blocks of another table, or of another cut of it, are not taken over."""
    path = write(tmp_path, "json")
    spec = BuildSpec("tfim_1d", SIZE, {"train": 4, "test": 1}, 4, seed=0)
    settings = TFIM.check_settings(SIZE, spec.settings("train", ""))
    asked = [tabled(spec, path, *cut, 0)[1] for cut in ((4, 1), (3, 2), (4, 1))]
    places = [checkpoints.folder(tmp_path / "data", one, settings) for one in (*asked, spec)]
    assert places[0] == places[2]
    write(tmp_path, "json", ROWS[::-1])
    _, other = tabled(spec, path, 4, 1, 0)
    places.append(checkpoints.folder(tmp_path / "data", other, settings))
    assert len(set(places)) == 4


@pytest.mark.usefixtures("own")
def test_a_config_is_built_and_verified_from_its_own_parameters(tmp_path: Path, door: Door) -> None:
    """Blocks of 20 rows: the last of a split ends where the table does."""
    toy = shutil.copy(ROOT / "tests" / "toys" / "families" / "toy_graph.py", tmp_path)
    rng, pairs = np.random.default_rng(0), [f"w_{i}_{j}" for i in range(5) for j in range(i + 1, 5)]
    rows = [dict(zip(pairs, map(float, rng.random(10)), strict=True)) for _ in range(8)]
    (tmp_path / "mine.json").write_text(json.dumps(rows))
    out = tmp_path / "data"
    asked = ("--size", 5, "--parameters", tmp_path / "mine.json", "--out", out, "--workers", 1)
    status, said, err = door("build", toy, *asked, "--train", 5, "--test", 3)
    assert status == 0, err
    assert "5 train, 3 test rows" in said
    data = builders.load(out, "toy_graph_v005")
    given = np.array([[row[pair] for pair in pairs] for row in rows])
    assert np.array_equal(data["train"]["parameters"], given[:5])
    assert np.array_equal(data["test"]["parameters"], given[5:])
    entry = manifest.read(out).config("toy_graph_v005")
    assert entry.table is not None
    assert (entry.table.file, entry.spec.table) == ("mine.json", entry.table.sha256)
    assert "Given in a table, mine.json" in entry.distribution
    assert "were given in a table, mine.json" in (out / "README.md").read_text()
    assert verify(out, rows=8).problems == ()
    assert verify(out.with_name("data-private"), rows=3).problems == ()
    status, _, err = door("build", toy, *asked, "--test-ood", 2)
    assert status == 2
    assert "a table names rows of test_ood in a column" in err


@pytest.mark.slow
def test_ground_states_of_a_table_are_those_that_solve_gives(tmp_path: Path) -> None:
    path = write(tmp_path, "csv")
    config = build("tfim_1d", 3, parameters=path, shots=4, out=tmp_path / "data", workers=1)
    data = builders.load(tmp_path / "data", config)
    for row, energy in zip(ROWS, data["train"]["energy"], strict=False):
        assert energy == pytest.approx(builders.solve("tfim_1d", 3, row).energy, rel=1e-9)
    assert verify(tmp_path / "data", rows=5).problems == ()
