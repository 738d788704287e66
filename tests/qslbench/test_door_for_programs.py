"""`import qslbench` is one typed, light door, and every example in it runs."""

import ast
import doctest
import importlib
import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import qslbench
from builders.core import own_files
from tests.builders.synthetic import SyntheticFolder
from tests.paths import ROOT

DOOR = ROOT / "qslbench" / "__init__.py"
SHOWN = [
    *("Board", "Cell", "CellKey", "Dataset", "Metadata", "baseline", "build", "couplings"),
    *("family", "import_measured", "load", "names", "plug_in", "read_submission", "run", "score"),
    *("score_file", "shadow_correlation", "shadow_energy", "shadow_renyi2", "solve", "stream"),
    *("submit", "task", "validate", "verify", "write_submission"),
]


@pytest.fixture(scope="module")
def place(
    synthetic_master: SyntheticFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A folder with data, a submission and a file of one's own, which the examples are about."""
    here = tmp_path_factory.mktemp("door")
    shutil.copytree(synthetic_master.public, here / "data")
    shutil.copytree(synthetic_master.private, here / "data-private")
    measured(here, 5, 4, 30)
    shutil.copy(ROOT / "tests" / "toys" / "families" / "toy_graph.py", here)
    before = Path.cwd()
    os.chdir(here)
    (_, example), *_ = examples("write_submission")
    doctest.DocTestRunner().run(example, clear_globs=False)
    yield here
    os.chdir(before)
    for own in own_files.every():
        own_files.forget(own)


def measured(folder: Path, rows: int, sites: int, shots: int) -> None:
    """Tables of random shots of product states, and of couplings."""
    rng = np.random.default_rng(0)
    names = [f"J_{k}" for k in range(sites - 1)] + [f"h_{k}" for k in range(sites)]
    lines = [",".join(names)]
    lines += [",".join(f"{x:.3f}" for x in rng.uniform(0.1, 1, len(names))) for _ in range(rows)]
    (folder / "parameters.csv").write_text("\n".join(lines) + "\n")
    lines = ["row,bases,outcomes"]
    for row in range(1, rows + 1):
        for _ in range(shots):
            letters, bits = rng.integers(0, 3, sites), rng.integers(0, 2, sites)
            lines.append(f"{row},{''.join('XYZ'[b] for b in letters)},{''.join(map(str, bits))}")
    (folder / "shots.csv").write_text("\n".join(lines) + "\n")


def examples(name: str) -> list[tuple[str, doctest.DocTest]]:
    value = getattr(qslbench, name)
    members = [value, *(vars(value).get(m) for m in ("open",) if inspect.isclass(value))]
    found = []
    for member in filter(None, members):
        text = inspect.getdoc(member) or ""
        test = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
        found += [(name, test)] if test.examples else []
    return found


@pytest.mark.parametrize("name", [name for name in SHOWN if name not in ("build", "verify")])
def test_examples_run(name: str, place: Path) -> None:
    found = examples(name)
    assert found, f"{name} has no example"
    for _, example in found:
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        said: list[str] = []
        runner.run(example, out=said.append)
        assert runner.failures == 0, "".join(said)


@pytest.mark.slow
def test_building_and_verifying_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place / "built"
    folder.mkdir()
    monkeypatch.chdir(folder)
    config = qslbench.build("tfim_1d", 6, train=4, test=2, shots=8, out="data", workers=1)
    assert config == "tfim_1d_n006"
    for name in ("build", "verify"):
        for _, example in examples(name):
            assert doctest.DocTestRunner().run(example).failed == 0


def test_every_function_has_an_example() -> None:
    functions = {n for n in qslbench.__all__ if inspect.isfunction(getattr(qslbench, n))}
    assert functions - {"chain_bonds"} <= set(SHOWN)


def test_editors_know_the_names_that_programs_get() -> None:
    """Type checkers read the imports, programs the table: both say the same."""
    tree = ast.parse(DOOR.read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(qslbench.__all__) == list(qslbench.__all__) == sorted(typed)
    for name, module in typed.items():
        assert getattr(qslbench, name) is getattr(importlib.import_module(str(module)), name)
    assert set(qslbench.__all__) <= set(dir(qslbench))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = qslbench.no_such_name


def test_the_import_is_light() -> None:
    code = "import sys, time; t = time.process_time(); import qslbench\n"
    code += "print(time.process_time() - t); print(*sorted(m.split('.')[0] for m in sys.modules))"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    seconds, loaded = done.stdout.splitlines()
    assert float(seconds) < 0.15
    assert not {"numpy", "click", "pyarrow", "pydantic", "torch"} & set(loaded.split())


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: qslbench.load("nowhere", "tfim_1d_n008"), "no data set"),
        (lambda: qslbench.family("tfim"), "Did you mean 'tfim_1d'"),
        (lambda: qslbench.baseline("./mine.py"), "mine.py is no file"),
        (lambda: qslbench.build("tfim_1d", 0), "smallest system has 2"),
        (lambda: qslbench.couplings("tfim_1d_n008", np.zeros((2, 3))), r"\(R, 15\) is needed"),
        (lambda: qslbench.couplings("surface_code_d03", []), "no graph stands behind"),
        (lambda: qslbench.names("models"), "unknown kind 'models'"),
        (lambda: qslbench.submit("a.parquet", "no-board"), "no board at no-board"),
        (lambda: qslbench.write_submission("a.parquet", {}, {"name": "x"}), "'authors' is missing"),
    ],
)
def test_wrong_requests_are_value_errors(call, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refusal:
        call()
    assert isinstance(refusal.value, qslbench.RequestError)
