"""Data of somebody's own family carry the file, and say so where it is not here or another one."""

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import builders
from builders import families
from builders.building.asked import build
from builders.building.verifying import verify
from builders.core import own_files
from builders.core.errors import RequestError
from builders.dataset import manifest
from tests.builders.building.test_runners import scheduler, workers
from tests.door import Door
from tests.paths import ROOT

__all__ = ["scheduler"]  # a fixture

TOY = ROOT / "tests" / "toys" / "families" / "toy_graph.py"
CONFIG = "toy_graph_v005"

pytestmark = pytest.mark.usefixtures("own")


@pytest.fixture
def data(tmp_path: Path, own: None) -> Path:
    """Built from a file that this process does not know any more."""
    path = shutil.copy(TOY, tmp_path / "toy_graph.py")
    out = tmp_path / "data"
    assert build(str(path), 5, train=6, test=3, out=out, workers=1) == CONFIG
    stranger()
    return out


def stranger() -> None:
    for own in own_files.every():
        own_files.forget(own)


def test_the_file_stands_beside_the_rows(data: Path) -> None:
    for folder in (data, data.with_name("data-private")):
        source = manifest.read(folder).config(CONFIG).source
        assert source is not None
        assert source.file == "toy_graph.py"
    kept = data / "data" / CONFIG / "toy_graph.py"
    assert kept.read_bytes() == TOY.read_bytes()
    assert source.sha256 in (data / "README.md").read_text()
    assert not (data.with_name("data-private") / "data" / CONFIG / "toy_graph.py").exists()


def test_arrays_are_loaded_without_the_family(data: Path) -> None:
    loaded = builders.load(data, CONFIG)
    assert (loaded["train"]["parameters"].shape, loaded["train"]["cut"].shape) == ((6, 10), (6,))
    assert loaded.texts == {}
    assert "toy_graph" not in families.names()


def test_without_the_file_it_is_named_with_its_hash(data: Path, door: Door) -> None:
    kept = data / "data" / CONFIG / "toy_graph.py"
    digest = own_files.OwnFile("", str(kept), kept.read_bytes()).sha256
    cell = ("--config", CONFIG, "--task", "toy_cut", "--n", 6, "--out", "p.parquet")
    for command in (("verify", data), ("run", "ridge", "--data", data, *cell)):
        status, _, err = door(*command)
        assert status == 2
        assert (
            f"family toy_graph is none of this package, but of the file toy_graph.py, {''}" in err
        )
        assert f"SHA-256 {digest}" in err
        assert f"--plugin {kept}" in err
    private = data.with_name("data-private")
    served = ("--data", data, "--private", private, "--store", data.with_name("board"))
    status, _, err = door("board", *served, "--port", 0)
    assert (status, f"SHA-256 {digest}" in err) == (2, True)
    status, out, _ = door("list", "configs", "--data", data, "--json")
    assert (status, json.loads(out)[0]["name"]) == (0, CONFIG)


def test_with_the_file_it_is_verified_and_rebuilt(data: Path, door: Door) -> None:
    kept = data / "data" / CONFIG / "toy_graph.py"
    status, out, err = door("--plugin", kept, "verify", data, "--rows", 4)
    assert (status, out) == (0, "6 files, 9 rows, 0 problems\n"), err


def test_another_file_of_that_name_is_refused(data: Path, tmp_path: Path, door: Door) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "toy_graph.py"
    other.write_text(TOY.read_text().replace("< 0.5", "< 0.6"))
    status, _, err = door("--plugin", other, "verify", data)
    assert status == 2
    assert "its rows were made by toy_graph.py, SHA-256" in err
    assert f"{other} is another one" in err
    with pytest.raises(RequestError, match="is another one"):
        builders.load(data, CONFIG)
    # Nothing is added beside rows of the other one; they can be made anew.
    with pytest.raises(RequestError, match="is another one"):
        build("toy_graph", 6, train=2, test=1, out=data, workers=1)
    again = partial(build, "toy_graph", 5, train=6, test=3, out=data, workers=1)
    with pytest.raises(RequestError, match=r"built with .*file of the family SHA-256 .*--force"):
        again()
    again(force=True)
    assert verify(data, rows=2).ok


def test_a_fault_of_its_code_is_one_line(tmp_path: Path, door: Door) -> None:
    wrong = TOY.read_text().replace("cuts = [", "cuts = [1 / 0] + [")
    (tmp_path / "toy_graph.py").write_text(wrong)
    asked = ("--size", 5, "--train", 2, "--test", 1, "--workers", 1, "--out", tmp_path / "data")
    status, _, err = door("build", tmp_path / "toy_graph.py", *asked)
    line = wrong.splitlines().index("        cuts = [1 / 0] + [") + 1
    assert status == 2
    assert f"toy_graph.py, line {line}: ZeroDivisionError: division by zero" in err
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_other_processes_run_the_text_that_was_read(tmp_path: Path) -> None:
    """The file changes while the build runs, and no worker sees it."""
    path = tmp_path / "toy_graph.py"
    shutil.copy(TOY, path)
    name = families.named(str(path))
    path.write_text("raise SystemExit\n")
    rows = partial(build, name, 5, train=30, test=3, test_seed=5)
    for processes in (1, 2):
        rows(out=tmp_path / f"data{processes}", workers=processes)
    one, two = (builders.load(tmp_path / f"data{k}", CONFIG)["train"] for k in (1, 2))
    assert np.array_equal(one["cut"], two["cut"])


@pytest.mark.slow
def test_workers_of_a_cluster_get_the_text(scheduler: str, tmp_path: Path) -> None:
    """They have none of our files, and live on with another text of the same name."""
    (tmp_path / "work").mkdir()
    with workers(scheduler, tmp_path / "work", 1):
        for share in ("0.5", "0.9"):
            stranger()
            path = tmp_path / "toy_graph.py"
            path.write_text(TOY.read_text().replace("< 0.5", f"< {share}"))
            rows = partial(build, families.named(str(path)), 5, train=30, test=3, test_seed=5)
            here, there = tmp_path / f"here{share}", tmp_path / f"there{share}"
            rows(out=here, workers=1)
            rows(out=there, scheduler=scheduler)
            one, two = (builders.load(out, CONFIG)["train"] for out in (here, there))
            assert np.array_equal(one["cut"], two["cut"])


def test_a_resume_knows_the_file(tmp_path: Path) -> None:
    from builders.building import checkpoints
    from builders.dataset.spec import BuildSpec
    from builders.physics.rows import BuildSettings

    def place(text: str) -> Path:
        stranger()
        (tmp_path / "toy_graph.py").write_text(text)
        family = families.load(families.named(str(tmp_path / "toy_graph.py")))
        spec = BuildSpec("toy_graph", family.geometry.parse(5), {"train": 2}, 0, seed=0)
        return checkpoints.folder(tmp_path / "data", spec, BuildSettings("enumeration"))

    text = TOY.read_text()
    assert place(text) == place(text) != place(text.replace("< 0.5", "< 0.6"))
