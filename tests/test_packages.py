"""The packages that are released: the wheel built from the sdist, installed by pip and run."""

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.paths import ROOT

pytestmark = pytest.mark.slow
PACKAGES = ("builders", "leaderboard", "baselines", "qslbench")


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the unpacked sdist, so that this holds all that a build needs."""
    home = tmp_path_factory.mktemp("packages")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", home, cwd=ROOT)
    (sdist,) = home.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(home, filter="data")
    source = home / sdist.name.removesuffix(".tar.gz")
    assert {"Makefile", "mkdocs.yml", "tests", "docs", "cards"} <= {
        p.name for p in source.iterdir()
    }
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", home, cwd=source)
    (made,) = home.glob("*.whl")
    return made


def test_the_wheel_holds_all_our_code(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    ours = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    wanted = {str(path.relative_to(ROOT)) for path in ours}
    assert {name for name in packed if name.endswith(".py")} == wanted
    assert {"builders/card_template.md", "leaderboard/inductive_bias.json"} <= packed
    assert {f"{package}/py.typed" for package in PACKAGES} <= packed
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in packed)


def test_pip_installs_the_wheel_and_its_command_runs(wheel: Path, tmp_path: Path) -> None:
    """Into an environment of its own, which borrows the packages that the wheel requires."""
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=tmp_path)
    (site,) = home.glob("lib/python*/site-packages")
    # Of a folder named so, Python reads no .pth: the editable install of this tree stays out.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    program = """
import baselines, builders, leaderboard, qslbench
from builders import families
from leaderboard import tasks
print(*(module.__file__ for module in (baselines, builders, leaderboard, qslbench)))
print(*families.names(), *tasks.names(), *baselines.names(), *qslbench.cli.list_commands(None))
"""
    files, names = run(python, "-I", "-c", program, cwd=tmp_path).splitlines()
    assert all(file.startswith(str(site)) for file in files.split())
    assert {"tfim_1d", "correlation", "train_mean", "verify"} <= set(names.split())
    command = home / "bin" / "qslbench"
    assert "qslbench" in run(command, "--version", cwd=tmp_path)
    assert "tfim_1d" in run(command, "list", "families", cwd=tmp_path)
    parameters = '{"parameters": {"J": [1, 0.5, 1], "h": [1, 1, 1, 1]}}'
    (tmp_path / "chain.json").write_text(parameters)
    solve = ("solve", "tfim_1d", "--size", "4", "--parameters", "chain.json", "--json")
    assert "energy" in run(command, *solve, cwd=tmp_path)
