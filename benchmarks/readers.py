"""Published files read by old and new libraries, each set of them in an environment of its own.

    python -m benchmarks.readers [--folder EMPTY] [--newest-python FILE]

Builds three small configs, makes one environment a line of `environments` with pip, and reads every
split of every config in it with `benchmarks/reading.py`: values must be those that were written,
labels of test rows null. `lowest` has every dependency of the core, and the readers of the extra
`dev`, at the lower bounds of `pyproject.toml`; `newest` what pip gives today, on another Python if
one is named. Prints a table; exit status 1 if anything is read wrongly. Takes some minutes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement

from builders.building.build import build
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.config import config_columns
from builders.dataset.spec import BuildSpec
from builders.folders import loading

ROOT = Path(__file__).parents[1]
BETWEEN = (18, 20, 21, 22, 23, 24, 25)
"""Versions of pyarrow that are tried alone."""
SEPARATE = ("pandas", "polars", "duckdb")
SPECS = (
    BuildSpec("tfim_1d", Size(6), {"train": 4, "test": 3}, 3, 1),
    BuildSpec("heisenberg_2d", Size(6, 2, 3), {"train": 4, "test": 3}, 3, 1),
    BuildSpec("qaoa_maxcut", Size(16, letter="v"), {"train": 4, "test": 3}, 0, 1),
)


def environments(newest_python: str) -> dict[str, tuple[str, list[str]]]:
    """Name → interpreter and what pip installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    core = [Requirement(text) for text in project["dependencies"]]
    dev = [Requirement(text) for text in project["optional-dependencies"]["dev"]]
    wanted = [*core, *(one for one in dev if one.name in SEPARATE)]
    alone = {f"pyarrow {n}": (sys.executable, ["numpy", f"pyarrow=={n}.*"]) for n in BETWEEN}
    return alone | {
        "lowest": (sys.executable, [lowest(one) for one in wanted]),
        "newest": (newest_python, [one.name for one in wanted]),
    }


def lowest(requirement: Requirement) -> str:
    """A requirement at its lower bound."""
    (bound,) = [s.version for s in requirement.specifier if s.operator == ">="]
    return f"{requirement.name}=={bound}"


def expected(folder: Path) -> dict[str, dict[str, dict[str, list[object]]]]:
    """Config → split → column → values, None where withheld."""
    contents = manifest.read(folder)
    return {
        config: {
            split: {
                c.name: arrays[c.name].tolist() if c.name in arrays else [None] * entry.rows[split]
                for c in config_columns(contents, config)
            }
            for split, arrays in loading.load(folder, config).splits.items()
        }
        for config, entry in contents.configs.items()
    }


def read_in(home: Path, python: str, packages: list[str], folder: Path) -> dict[str, str]:
    """What each reader of a new environment sees wrongly, "" for nothing.

    Raises:
        CalledProcessError: the environment cannot be made, or the script does not run.
    """
    if python == sys.executable:
        venv.create(home, with_pip=False)
    else:
        subprocess.run([python, "-m", "venv", "--without-pip", home], check=True)
    inside = str(home / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", inside, "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *packages], check=True, cwd=home)
    script = [inside, str(ROOT / "benchmarks" / "reading.py"), str(folder)]
    done = subprocess.run(
        [*script, str(folder.parent / "expected.json")],
        check=True,
        capture_output=True,
        text=True,
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "HF_HOME": str(home / "hub")},
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="an empty folder; by default one that goes")
    parser.add_argument("--newest-python", default=sys.executable, help="interpreter of `newest`")
    parser.add_argument("--only", action="append", help="an environment; repeat it")
    given = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        home = given.folder or Path(scratch)
        folder = home / "data"
        for spec in SPECS:
            build(spec, folder, workers=1)
        (home / "expected.json").write_text(json.dumps(expected(folder)), encoding="utf-8")
        for name, (python, packages) in environments(given.newest_python).items():
            if given.only and name not in given.only:
                continue
            try:
                found = read_in(home / name.replace(" ", "-"), python, packages, folder)
            except subprocess.CalledProcessError as error:
                found = {"environment": str(error.stderr or error)[-500:]}
            failed |= any(found.values()) or not found
            for reader, wrong in found.items():
                print(f"{name:<12}  {reader:<28}  {wrong or 'ok'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
