"""`build`, `solve` and `verify` through the command's door, with their refusals."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from builders import families, solve
from builders.core.names import Size
from tests.door import Door
from tests.paths import DOOR


def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DOOR), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def parameters(family: str, n: int) -> dict[str, list]:
    drawn = families.load(family).draw(Size(n), np.random.default_rng(0))
    return {name: value.tolist() for name, value in drawn.items()}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.json"
    file.write_text(json.dumps({"parameters": parameters("tfim_1d", 5)}))
    return file


def test_solve_prints_one_document(good: Path) -> None:
    done = run("solve", "tfim_1d", "--size", 5, "--parameters", good, "--shots", 3, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    state = solve("tfim_1d", 5, parameters("tfim_1d", 5))
    assert found["energy"] == state.energy
    assert found["v_score"] == pytest.approx(5 * state.energy_variance / state.energy**2)
    assert found["sector"] == "prod X = +1"
    assert 0.0 <= found["label_error"]["correlation"] <= found["label_error"]["renyi2"] < 1e-9
    assert np.array(found["correlation"]).shape == (5, 5)
    assert found["renyi2"] == state.renyi2().tolist()
    assert len(found["renyi2_blocks"]) == 4
    assert np.array(found["shots"]).shape == (3, 5)
    assert set(np.ravel(found["shots"])) <= set(range(6))


def test_a_long_solve_says_on_stderr_where_it_is(
    door: Door, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("solve", "xxz_1d", "--size", 5, "--solver", "dmrg", "--json", "--parameters")
    file = good.with_name("xxz.json")
    file.write_text(json.dumps({"parameters": parameters("xxz_1d", 5)}))
    monkeypatch.setattr("builders.commands.solve.QUIET", 1e9)
    status, short, said = door(*given, file)
    assert (status, said) == (0, "")
    monkeypatch.setattr("builders.commands.solve.QUIET", 0.0)
    _, long, said = door(*given, file)
    assert long == short
    assert json.loads(long)["sector"] == "sum Z = 1"
    assert re.fullmatch(r"\d+ s  sum Z = 1: energy -[0-9.]+ at bond 32", said.splitlines()[0])


def test_build_then_verify_then_a_flipped_byte(tmp_path: Path) -> None:
    out = tmp_path / "data"
    done = run(
        *("build", "xxz_1d", "--size", 6, "--train", 5, "--test", 4, "--shots", 8),
        *("--out", out, "--workers", 1, "--json"),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["config"] == "xxz_1d_n006"
    assert done.stderr == ""  # a bar is for a terminal
    assert run("verify", out, "--rows", 2).returncode == 0
    file = next((out / "data" / "xxz_1d_n006").glob("train-*"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    found = run("verify", out)
    assert found.returncode == 1
    assert file.name in found.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["build", "tfim1d", "--size", "8"], "Did you mean 'tfim_1d'"),
        (["build", "tfim_1d", "--size", "0"], "at least 2|too few|smallest"),
        (["build", "tfim_1d", "--size", "1"], "smallest system has 2"),
        (["build", "tfim_1d", "--size=-4"], "smallest system has 2"),
        (["build", "tfim_1d", "--size", "five"], "not a size"),
        (["build", "tfim_1d", "--size", "3x4"], "3x4 is none of a chain"),
        (["build", "tfim_1d", "--size", "5000"], "at most 1024"),
        (["build", "tfim_1d", "--size", "8", "--shots", "0"], "shots 0"),
        (["build", "tfim_1d", "--size", "8", "--train", "-1"], "train rows -1"),
        (["build", "tfim_1d", "--size", "8", "--workers", "0"], "workers 0"),
        (["build", "tfim_1d", "--size", "8", "--noise", "redout:0,0"], "Did you mean 'readout'"),
        (["build", "tfim_1d", "--size", "8", "--noise", "readout:0.1,1.2"], "within 0 to 1"),
        (["build", "tfim_1d", "--size", "8", *2 * ("--noise", "readout:0,0")], "--noise once"),
        (["build", "tfim_1d", "--size", "8", "--noise", "device:FakeFes"], "mean 'fake_fez'"),
        (["build", "tfim_1d", "--size", "8", "--noise", "device:fake_lima"], "has 5 calibrated"),
        (["build", "tfim_1d", "--size", "8", "--scheduler", "tcp://x"], "not an address"),
        (["solve", "tfim_1d", "--size", "5", "--parameters", "none.json"], "not a file"),
        (["verify", "nowhere"], "manifest|nowhere"),
        (["verify", "nowhere", "--seed", "-1"], "not in the range x>=0"),
        (["build", "tfim_1d_n048", "--size", "48"], "Give tfim_1d, and --size 48"),
        (["verify", "ORG/NAME"], "hf download ORG/NAME --repo-type dataset"),
        (["bild"], "Did you mean 'build'"),
    ],
)
def test_refusals(door: Door, args: list[str], said: str, tmp_path: Path) -> None:
    where = ["--out", tmp_path / "data"] if args[0] == "build" else []
    status, out, err = door(*args, *where)
    assert (status, out) == (2, "")
    assert any(word in err for word in said.split("|")), err
    assert "Traceback" not in err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[1, 2]", '{"parameters"'),
        ('{"parameters": {"J": [1, 1, 1, 1]}}', "missing ['h']"),
        ('{"parameters": {"J": [1, 1], "h": [1, 1, 1, 1, 1]}}', "needs shape (4,)"),
        (
            '{"parameters": {"J": [1, 1, NaN, 1], "h": [1, 1, 1, 1, 1]}}',
            "not finite, first at (2,)",
        ),
        ('{"parameters": {"J": [1, 1, 1e999, 1], "h": [1, 1, 1, 1, 1]}}', "not finite"),
        ('{"parameters": {"J": [1, "x", 1, 1], "h": [1, 1, 1, 1, 1]}}', "not an array of numbers"),
        ('{"parameters": {"J": [[1], 1, 1, 1], "h": [1, 1, 1, 1, 1]}}', "not an array of numbers"),
        ('{"parameters": {"J": [0, 0, 0, 0], "h": [0, 0, 0, 0, 0]}}', "all coefficients"),
        ('{"parameters": {"J": [1, 1, 1, 1], "h": [1, 1, 1, 1, 1], "g": 1}}', "unknown ['g']"),
        ("\x00\xff", "not JSON"),
    ],
)
def test_bad_parameter_files(door: Door, text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(text.encode("latin-1"))
    status, out, err = door("solve", "tfim_1d", "--size", 5, "--parameters", file)
    assert (status, out) == (2, "")
    assert said in err


def test_solve_says_when_the_sector_is_not_the_stated_one(door: Door, tmp_path: Path) -> None:
    file = tmp_path / "negative.json"
    file.write_text(json.dumps({"parameters": {"J": [0.5, 0.5], "h": [-1, -1, -1]}}))
    args = ("solve", "tfim_1d", "--size", 3, "--parameters", file)
    status, out, _ = door(*args)
    assert status == 0
    assert "sector            prod X = -1 (the family states prod X = +1)\n" in out
    status, out, _ = door(*args, "--sector", "stated", "--json")
    assert (status, json.loads(out)["sector"]) == (0, "prod X = +1")
    status, _, err = door(*args, "--sector", "3")
    assert status == 2
    assert "sector '3': tfim_1d at 3 sites has +1 and -1 (prod X), and 'stated'" in err


def test_solver_names_and_family_rules(door: Door, good: Path, tmp_path: Path) -> None:
    status, _, err = door(
        "solve", "tfim_1d", "--size", 5, "--parameters", good, "--solver", "exakt"
    )
    assert status == 2
    assert "Did you mean 'exact'" in err
    file = tmp_path / "xxz.json"
    file.write_text(json.dumps({"parameters": {"J": [1.0, -1.0], "delta": [0.0, 0.0]}}))
    status, _, err = door("solve", "xxz_1d", "--size", 3, "--parameters", file)
    assert status == 2
    assert "J[1] = -1.0" in err
    file.write_text(json.dumps({"parameters": {"J": [[0, 1, 0], [1, 0, 1], [1, 1, 0]]}}))
    status, _, err = door("solve", "heisenberg_1d", "--size", 3, "--parameters", file)
    assert status == 2
    assert "symmetric" in err


@pytest.mark.parametrize("factor", [1e12, 1e-12, 1e-310])
def test_energies_scale_with_the_hamiltonian(factor: float) -> None:
    """E(λH) = λE(H), also where squares and inverses leave the range of floats."""
    given = {name: np.array(v) for name, v in parameters("tfim_1d", 12).items()}
    one = solve("tfim_1d", 12, given)
    other = solve("tfim_1d", 12, {name: factor * v for name, v in given.items()})
    # A denormal number has few digits.
    digits = 1e-9 if factor > 1e-300 else 1e-4
    assert other.energy / factor == pytest.approx(one.energy, rel=digits)
    assert other.correlation() == pytest.approx(one.correlation(), abs=max(digits, 1e-6))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_refused(door: Door, tmp_path: Path) -> None:
    common = ("build", "tfim_1d", "--size", 4, "--train", 1, "--test", 1, "--out", tmp_path / "d")
    status, _, err = door(*common, "--device", "cuda")
    assert status == 2
    assert "no CUDA device" in err
    status, _, err = door(*common, "--device", "cuda", "--solver", "block2")
    assert status == 2
    assert "torch alone" in err
    assert not (tmp_path / "d").exists()
