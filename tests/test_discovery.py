"""Plug-ins are found by name, broken ones raise at once, and one's own stand beside ours."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builders.core import discovery
from builders.core.errors import RequestError
from tests.door import Door
from tests.paths import ROOT

PLUGINS = {
    "builders.families": ("family", "heisenberg1d", "heisenberg_1d"),
    "leaderboard.tasks": ("task", "corelation", "correlation"),
    "baselines.models": ("baseline", "train-mean", "train_mean"),
    "builders.commands": ("command", "verfy", "verify"),
}


@pytest.mark.parametrize("package", PLUGINS)
def test_an_unknown_plugin_answers_with_the_nearest_name(package: str) -> None:
    kind, given, meant = PLUGINS[package]
    with pytest.raises(RequestError) as refusal:
        discovery.load(package, given, kind=kind)
    assert f"unknown {kind} {given!r}. Did you mean {meant!r}? Allowed: " in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("FAMILY = (", SyntaxError),
        ("import a_module_that_is_not_there", ModuleNotFoundError),
        ("1 / 0", ZeroDivisionError),
    ],
)
def test_a_broken_plugin_raises_at_once(
    text: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = f"plugins_{error.__name__.lower()}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / package / "whole.py").write_text("FAMILY = 1\n")
    (tmp_path / package / "broken.py").write_text(text + "\n")
    (tmp_path / package / "_helper.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert discovery.names(package) == ["broken", "whole"]
    assert discovery.load(package, "whole", kind="family").FAMILY == 1
    with pytest.raises(error):
        discovery.load(package, "broken", kind="family")


def test_threads_that_need_a_plugin_wait_for_its_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second call comes while the file is half read."""
    (tmp_path / "slow_plugins").mkdir()
    (tmp_path / "slow_plugins" / "__init__.py").write_text("")
    (tmp_path / "slow_plugins" / "slow.py").write_text("import time\ntime.sleep(0.3)\nFAMILY = 1\n")
    monkeypatch.syspath_prepend(tmp_path)

    def found() -> object:
        return discovery.find("slow_plugins", "slow", "FAMILY", lambda *_: None, kind="family")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(found)
        while "slow_plugins.slow" not in sys.modules:
            time.sleep(0.001)
        assert found() == first.result() == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [("tfim_1d", "tfim_1d of builders.families stand in two folders"), ("my_own", "")],
)
def test_plugins_of_ones_own_stand_beside_ours(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / f"{name}.py").write_text("FAMILY = 1\n")
    code = "from builders import families; print(*families.names())"
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, discovery.VARIABLE: str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    if message:
        assert message in done.stderr
    else:
        assert {name, "tfim_1d"} <= set(done.stdout.split())


BROKEN = {
    "families": {
        "FAMILY = (": "SyntaxError",
        "import a_module_that_is_not_there": "No module named 'a_module_that_is_not_there'",
        "1 / 0": "line 1: ZeroDivisionError",
        "class Mine: pass": "has no attribute 'FAMILY'",
        "FAMILY = 1": "`FAMILY` is 1, an instance of a Family is needed",
        "from builders.families.tfim_1d import TfimChain\nFAMILY = TfimChain()": "name both alike",
        "from builders.kinds.ground_state import GroundStateFamily\n"
        "class Mine(GroundStateFamily):\n    name = 'my_own'\n"
        "FAMILY = Mine()": "abstract",
    },
    "tasks": {
        "": "has no attribute 'TASK'",
        "TASK = 'energy'": "`TASK` is 'energy'",
        "from leaderboard.tasks.energy import TASK": "name both alike",
    },
    "models": {
        "": "has no attribute 'Model'",
        "Model = 1": "`Model` is 1, a subclass of Baseline is needed",
        "from baselines.contract.baseline import Baseline as B\nclass Model(B): pass": "lacks _fit",
        "from baselines.models.ridge import Model as Ridge\nclass Model(Ridge):\n"
        "    def __init__(self, quantile=0.5): pass": "unexpected keyword argument 'seed'",
    },
    "protocols": {"": "has no attribute 'PROTOCOL'", "PROTOCOL = []": "`PROTOCOL` of my_own is []"},
}


@pytest.mark.parametrize(
    ("folder", "text", "reason"),
    [(folder, text, reason) for folder, texts in BROKEN.items() for text, reason in texts.items()],
)
def test_a_broken_plugin_of_ones_own_is_refused_with_file_and_reason(
    folder: str,
    text: str,
    reason: str,
    door: Door,
    plug_in: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    file = tmp_path / folder / "my_own.py"
    file.parent.mkdir()
    file.write_text(text)
    plug_in(tmp_path)
    asked = ("list", {"models": "baselines"}.get(folder, folder))
    if folder == "protocols":
        asked = ("protocol", "my_own", "--data", tmp_path)
    status, out, said = door(*asked)
    assert (status, out) == (2, "")
    assert str(file) in said
    assert reason in said
    assert "Correct this file, or take it out" in said
