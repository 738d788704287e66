"""Files of one's own, from a path, from `QSLBENCH_PLUGINS` and from an installed package."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import baselines
from builders import families
from builders.core import discovery, own_files
from builders.core.errors import RequestError
from tests.builders.synthetic import SyntheticFolder
from tests.door import Door
from tests.paths import ROOT

TOY = ROOT / "tests" / "toys" / "families" / "toy_graph.py"
MODEL = """from baselines.contract.baseline import Baseline


class Mine(Baseline):
    title = "mine"

    def _fit(self, cell):
        self.mean = cell.labels.mean(axis=0)

    def _predict(self, rows):
        return self.mean + 0.0 * rows.row_id[:, None]
"""

pytestmark = pytest.mark.usefixtures("own")


def written(folder: Path, name: str, text: str = MODEL) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def test_a_path_is_a_family_of_that_name(tmp_path: Path) -> None:
    path = shutil.copy(TOY, tmp_path)
    assert families.named(str(path)) == "toy_graph"
    family = families.load("toy_graph")
    assert family.title == "Largest cut of a graph"
    assert type(family).__module__ == "builders.families.toy_graph"
    assert "toy_graph" in families.names()
    source = families.source("toy_graph")
    assert source is not None
    digest = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True)
    assert source.sha256 == digest.stdout.split()[0]
    assert families.source("tfim_1d") is None
    assert families.named("tfim_1d") == "tfim_1d"


def test_one_class_needs_no_further_name(tmp_path: Path) -> None:
    assert baselines.named(str(written(tmp_path, "mine.py"))) == "mine"
    model = baselines.load("mine")
    assert (model.name(), model.title) == ("mine", "mine")
    only = TOY.read_text().replace("FAMILY = WeightedGraph()", "")
    families.named(str(written(tmp_path, "toy_graph.py", only)))
    assert families.load("toy_graph").sizes == ("5", "6")


TWO = MODEL + MODEL.replace("Mine", "Other")
FAULTS = {
    "two classes": (TWO, "it defines Mine and Other. Say which is meant, such as `Model = Mine`"),
    "none": ("x = 1\n", "has no attribute 'Model'"),
    "syntax": ("x = 1\n\ny = (\n", "mine.py, line 3: SyntaxError: '(' was never closed. Correct"),
    "tabs": ("if 1:\n\tx = 1\n        y = 2\n", "mine.py, line 3: TabError"),
    "null bytes": ("x = 1\0\n", "mine.py"),
    "at import": ("\nimport no_such_module_at_all\n", "mine.py, line 2: ModuleNotFoundError"),
    "lacks a method": (MODEL.replace("def _fit", "def fitted"), "Model lacks _fit"),
    "no title": (MODEL.replace('    title = "mine"\n', ""), "`title` of Model is None"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_with_file_and_reason(
    fault: str, tmp_path: Path, synthetic_master: SyntheticFolder, door: Door
) -> None:
    text, said = FAULTS[fault]
    path = written(tmp_path, "mine.py", text)
    asked = (
        "--data",
        synthetic_master.public,
        "--config",
        "tfim_1d_n008",
        "--task",
        "energy",
        "--n",
        1,
    )
    status, out, err = door("run", path, *asked, "--shots", 1, "--out", tmp_path / "p.parquet")
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_two_classes_of_which_one_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "mine.py", TWO + "\nModel = Other\n")
    assert baselines.load(baselines.named(str(path))).__name__ == "Other"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ridge.py", "there is a baseline ridge already"),
        ("My-Model.py", "Use lower-case letters"),
        ("_mine.py", "Use lower-case letters"),
        ("mine.txt", "no file of Python"),
    ],
)
def test_names_that_cannot_be(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=said):
        baselines.named(str(written(tmp_path, name)))
    with pytest.raises(RequestError, match=r"absent.py is no file\."):
        baselines.named(str(tmp_path / "absent.py"))


def test_another_text_under_one_name_is_refused(tmp_path: Path) -> None:
    """What is half the old and half the new file would be nobody's."""
    first = written(tmp_path / "a", "mine.py")
    assert baselines.named(str(first)) == baselines.named(str(first)) == "mine"
    assert baselines.named(str(written(tmp_path / "b", "mine.py"))) == "mine"  # the same text
    first.write_text(MODEL + "# changed\n")
    with pytest.raises(RequestError, match="with another text"):
        baselines.named(str(first))


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("FAMILY = 1", "families"),
        ("FAMILY: int = 1", "families"),
        ("class Model: pass", "models"),
        ("import m\nclass A(m.GroundStateFamily): pass", "families"),
        ("class A(NetworkBaseline): pass", "models"),
        ("TASK = 1\nclass Helper: pass", "tasks"),
    ],
)
def test_what_a_file_is_shows_without_running_it(text: str, folder: str, tmp_path: Path) -> None:
    path = written(tmp_path, "mine.py", text + "\nraise SystemExit\n")
    assert own_files.folder_of(path) == folder


@pytest.mark.parametrize("text", ["x = 1", "FAMILY = 1\nTASK = 2", "class A(Thing): pass"])
def test_a_file_that_may_be_anything_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="says what a file is"):
        own_files.folder_of(written(tmp_path, "mine.py", text))


def test_the_variable_and_the_option_take_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: Door
) -> None:
    path = written(tmp_path, "mine_too.py")
    _, out, _ = door("--plugin", path, "list", "baselines")
    assert "mine_too" in out
    assert discovery.VARIABLE not in os.environ
    status, _, err = door("--plugin", tmp_path / "absent.py", "verify", tmp_path)
    assert (status, "absent.py is no file" in err) == (2, True)
    own_files.forget(own_files.of_package("baselines.models")["mine_too"])
    monkeypatch.setenv(discovery.VARIABLE, str(path))
    assert "mine_too" in baselines.names()
    monkeypatch.setenv(discovery.VARIABLE, str(tmp_path / "absent.py"))
    with pytest.raises(RequestError, match="is not a folder, and no file of Python"):
        baselines.names()


def test_what_a_folder_held_when_it_was_read_is_remembered(
    tmp_path: Path, plug_in: Callable[[Path], None]
) -> None:
    """A data set must not name a text that did not make it."""
    path = written(tmp_path / "families", "toy_graph.py", TOY.read_text())
    plug_in(tmp_path)
    families.load("toy_graph")
    path.write_text("FAMILY = None\n")
    source = families.source("toy_graph")
    assert source is not None
    assert source.text == TOY.read_bytes()


def installed(site: Path, points: str, **modules: str) -> None:
    """A package in a folder as pip would leave it."""
    (site / "their_package").mkdir(parents=True)
    (site / "their_package" / "__init__.py").touch()
    for name, text in modules.items():
        (site / "their_package" / f"{name}.py").write_text(text)
    info = site / "their_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(points)


def python(site: Path, code: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(site)])
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_installed_package_brings_models_and_families(tmp_path: Path) -> None:
    points = (
        "[qslbench.models]\ntheirs = their_package.theirs\n"
        "[qslbench.families]\ntoy_graph = their_package.toy_graph\n"
    )
    installed(tmp_path, points, theirs=MODEL, toy_graph=TOY.read_text())
    code = (
        "import baselines; from builders import families\n"
        "print('theirs' in baselines.names(), baselines.load('theirs').name())\n"
        "print(families.load('toy_graph').title, families.source('toy_graph').file)\n"
        "print(baselines.source('theirs').sha256[:4], baselines.load('ridge').name())"
    )
    done = python(tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["True theirs", "Largest cut of a graph toy_graph.py"]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("ridge = their_package.ridge", "ridge of the installed their_package.ridge is named like"),
        ("theirs = their_package.theirs:Mine", "name a module of the form of our files"),
        ("other = their_package.theirs", "whose last part is the name"),
    ],
)
def test_entry_points_that_cannot_be(points: str, said: str, tmp_path: Path) -> None:
    installed(tmp_path, f"[qslbench.models]\n{points}\n", theirs=MODEL, ridge=MODEL)
    done = python(tmp_path, "import baselines; baselines.load('ridge')")
    assert "RequestError" in done.stderr
    assert said in done.stderr
