"""What works with none of the extras, and with each alone; what does not says what to install."""

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from builders.core import extras
from builders.core.errors import RequestError, WorkError
from tests.builders.synthetic import SPEC, SyntheticFolder
from tests.door import Door
from tests.paths import ROOT

# Modules that the others bring with them, or that are for development.
BROUGHT = {
    "app": ("starlette", "uvicorn"),
    "dev": ("matplotlib", "polars", "duckdb", "hypothesis", "schemathesis", "mlcroissant"),
}

HARNESS = """
import contextlib, importlib.machinery, io, json, sys
hidden, commands = set(json.loads(sys.argv[1])), json.loads(sys.argv[2])
found = importlib.machinery.PathFinder.find_spec

class WithoutThem:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else found(name, path, target)

sys.meta_path[sys.meta_path.index(importlib.machinery.PathFinder)] = WithoutThem
import qslbench, builders, leaderboard, baselines
ended = {}
for name, arguments in commands.items():
    sys.argv, said = ["qslbench", *arguments], io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            qslbench.main()
        except SystemExit as status:
            ended[name] = [status.code or 0, said.getvalue()]
        except BaseException as error:
            ended[name] = [-1, repr(error)]
json.dump(ended, sys.stdout)
"""

NEEDS = {
    # Command → extras of which one is enough, none where the core is.
    "list families": (),
    "list tasks": (),
    "list configs": (),
    "list baselines": ("baselines", "build"),
    "build": ("build", "baselines"),
    "solve": ("build", "baselines"),
    "verify": (),
    "verify rows": ("build", "baselines"),
    "card": ("build", "baselines"),
    "run train_mean": (),
    "run ridge": ("baselines",),
    "run mlp": ("baselines", "build"),
    "demo": ("baselines",),
    "validate": (),
    "score": (),
    "submit": (),
    "season": (),
    "token": (),
    "rescore": (),
    "board": ("app",),
}


def commands(home: Path, data: SyntheticFolder) -> dict[str, list[str]]:
    public, private, store = str(data.public), str(data.private), str(home / "board")
    cell = ["--data", public, "--config", SPEC.config, "--task", "correlation", "--n", "4"]
    cell += ["--shots", "4", "--out"]
    file, parameters = str(home / "train_mean.parquet"), home / "parameters.json"
    parameters.write_text('{"parameters": {"J": [1, 1, 1], "h": [1, 1, 1, 1]}}')
    rows = ["--train", "2", "--test", "2", "--shots", "2", "--workers", "1"]
    return {
        "list families": ["list", "families"],
        "list tasks": ["list", "tasks"],
        "list configs": ["list", "configs", "--data", public],
        "list baselines": ["list", "baselines"],
        "build": ["build", "tfim_1d", "--size", "4", *rows, "--out", str(home / "built")],
        "solve": ["solve", "tfim_1d", "--size", "4", "--parameters", str(parameters)],
        "verify": ["verify", public],
        "verify rows": ["verify", str(home / "built"), "--rows", "1"],
        "card": ["card", "--family", "tfim_1d", "--out", str(home / "cards")],
        "run train_mean": ["run", "train_mean", *cell, file],
        "run ridge": ["run", "ridge", *cell, str(home / "ridge.parquet")],
        "run mlp": ["run", "mlp", *cell, str(home / "mlp.parquet"), "--set", "width=2"],
        # Where it may start, it refuses the folder that is a file.
        "demo": ["demo", "--out", str(parameters), "--workers", "1"],
        "validate": ["validate", file, "--data", public],
        "score": ["score", file, "--private", private],
        "submit": ["submit", file, "--store", store, "--data", public],
        "season": ["season", "log", "--store", store],
        "token": ["token", "list", "--store", store],
        "rescore": ["rescore", "--store", store],
        # Where it may start, it refuses the port.
        "board": ["board", "--store", store, "--port", "99999"],
    }


@pytest.mark.slow
@pytest.mark.parametrize("installed", ["", "build", "baselines", "app"])
def test_an_extra_does_what_its_name_says(
    installed: str, synthetic_master: SyntheticFolder, tmp_path: Path
) -> None:
    every = {m for found in (extras.MODULES, BROUGHT) for names in found.values() for m in names}
    there = {*extras.MODULES.get(installed, ()), *BROUGHT.get(installed, ())}
    asked = commands(tmp_path, synthetic_master)
    if installed in ("", "app"):
        del asked["verify rows"]  # of a config that is not built then
    done = subprocess.run(
        [sys.executable, "-c", HARNESS, json.dumps(sorted(every - there)), json.dumps(asked)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout)
    assert ended.keys() == asked.keys()
    for name, (status, said) in ended.items():
        needed = NEEDS[name]
        if needed and installed not in needed:
            last = said.strip().splitlines()[-1]
            assert status == 2, (name, said)
            assert last.startswith("qslbench: "), (name, said)
            assert last.endswith(f"Run: pip install 'qslbench[{needed[0]}]'"), (name, said)
            assert "Traceback" not in said
        elif name == "board":
            assert (status, "--port 99999" in said) == (2, True), said
        elif name == "demo":
            assert (status, str(tmp_path / "parameters.json") in said) == (2, True), said
        else:
            assert status == 0, (name, said)


def test_extras_bring_the_modules_that_we_say() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    homes = metadata.packages_distributions()
    for extra, modules in extras.MODULES.items():
        wanted = project["optional-dependencies"][extra]
        declared = {canonicalize_name(Requirement(text).name) for text in wanted}
        for module in modules:
            found = {canonicalize_name(d) for d in homes.get(module, [module])}
            # pyblock2 comes with block2, distributed with dask.
            assert found & declared or module in ("pyblock2", "distributed"), (extra, module)


def test_the_extra_is_that_of_the_package_that_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras.importlib.util, "find_spec", lambda _: None)
    assert "qslbench[build]" in str(extras.missing_extra(ImportError("no", name="torch.nn")))
    for package in ("baselines", "builders"):
        absent = ModuleNotFoundError("No module named 'torch'", name="torch.nn")
        module = ModuleType("asking")
        code = compile("raise error", str(ROOT / package / "asking.py"), "exec")
        with pytest.raises(ModuleNotFoundError) as caught:
            exec(code, {**vars(module), "error": absent})
        extra = "baselines" if package == "baselines" else "build"
        assert f"qslbench[{extra}]" in str(extras.missing_extra(caught.value))
    assert extras.missing_extra(ModuleNotFoundError("no", name="another")) is None


def test_a_module_that_is_there_and_broken_is_not_called_missing() -> None:
    assert extras.missing_extra(ImportError("broken", name="torch")) is None


@pytest.mark.parametrize("kind", [RequestError, WorkError])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at postgresql://me:pa/ss@w0rd@host/db now", "at postgresql://me:***@host/db now"),
        ("'http://u:p@proxy:3128'", "'http://u:***@proxy:3128'"),
        (
            "postgresql+psycopg://host/db?password=p&x=1",
            "postgresql+psycopg://host/db?password=***&x=1",
        ),
        ("http://localhost:8501/a and a@b.c", "http://localhost:8501/a and a@b.c"),
    ],
)
def test_no_message_holds_the_password_of_a_url(
    kind: type[Exception], text: str, shown: str
) -> None:
    assert str(kind(text)) == shown


@pytest.mark.parametrize("error", [28, 13, 5, 2, 21])
def test_an_error_of_the_system_is_one_line(
    door: Door, synthetic_master: SyntheticFolder, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def fails(*_: object) -> None:
        raise OSError(error, "no luck", "some/file")

    monkeypatch.setattr("builders.building.verifying.verify_folder", fails)
    status, _, said = door("verify", synthetic_master.public)
    assert status == 1
    assert said.startswith("qslbench: some/file: no luck. ")
    assert len(said.splitlines()) == 1


def test_predictions_that_could_not_be_written_are_not_computed(
    door: Door, synthetic_master: SyntheticFolder, tmp_path: Path
) -> None:
    cell = ["--data", synthetic_master.public, "--config", SPEC.config, "--task", "correlation"]
    (tmp_path / "file").write_text("")
    (tmp_path / "a.parquet").mkdir()
    for out in (tmp_path / "a.parquet", tmp_path / "file" / "a.parquet"):
        status, _, said = door("run", "train_mean", *cell, "--n", 4, "--shots", 4, "--out", out)
        assert status == 1
        assert "Check the path" in said
        assert len(said.splitlines()) == 1
