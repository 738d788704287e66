"""Kicked Ising families: rows of a circuit, Clifford points, refusals, a noisy build."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import families, load
from builders.building.blocks import make_rows, public_columns, rebuild_rows
from builders.building.build import build
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from builders.folders.verify import verify_folder, verify_rows
from builders.kinds.circuit import QUARTER, CliffordState
from tests.builders.channel_oracle import calibration_of
from tests.builders.noisy_circuits import noisy_device

pytest.importorskip("qiskit_aer")

NAMES = ("kicked_ising_1d", "kicked_ising_heavy_hex")
DEEP = ("kicked_ising_1d_deep", "kicked_ising_heavy_hex_deep", "kicked_ising_heavy_hex_diluted")


def spec_of(name: str) -> BuildSpec:
    together = families.load(name).rows_a_seed
    rows = {"train": 2 * together, "test": together, "test_ood": together}
    return BuildSpec(name, Size(9), rows, 12, 3, test_seed=3_141_592_653_589_793)


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_a_circuit_are_its_states_step_by_step(name: str) -> None:
    family = families.load(name)
    spec = spec_of(name)
    rows = rebuild_rows(spec, "train", list(spec.row_ids("train")))
    drawn = [family.unflatten(spec.size, flat) for flat in rows["parameters"]]
    together = family.rows_a_seed
    assert [int(p["steps"]) for p in drawn] == 2 * list(family.steps)
    assert rows["trajectory"].tolist() == [0] * together + [1] * together
    for p in drawn[:together]:
        assert np.array_equal(p["theta"], drawn[0]["theta"])
    # One step from |0…0⟩ is a kick alone: ⟨Z_i⟩ = cos θ_i, and no entanglement.
    assert rows["magnetization"][0] == pytest.approx(np.cos(drawn[0]["theta"]), abs=1e-7)
    assert rows["renyi2"][0] == pytest.approx(np.zeros(8), abs=1e-6)
    assert rows["renyi2"][:together].max() > 0.1


@pytest.mark.parametrize("name", [*NAMES, *DEEP])
def test_rows_do_not_depend_on_what_is_made_with_them(name: str) -> None:
    family, spec = families.load(name), spec_of(name)
    seeds = spec.row_seeds("train", spec.row_ids("train"))
    settings = spec.settings("train", "")
    both = public_columns(make_rows(family, spec.size, 12, seeds, settings))
    half = len(seeds) // 2
    alone = public_columns(make_rows(family, spec.size, 12, seeds[half:], settings))
    for column, array in alone.items():
        assert np.array_equal(array, both[column][half:]), column


def test_kicks_of_one_angle_and_of_many() -> None:
    chain = families.load("kicked_ising_1d")
    rng = np.random.default_rng(1)
    (plain, *_), (shifted, *_) = (chain.draw_rows(Size(30), rng, shifted=s) for s in (False, True))
    assert np.unique(plain["theta"]).size == 1
    assert np.unique(shifted["theta"]).size == 30
    hexagons = families.load("kicked_ising_heavy_hex")
    for shifted_too, share in ((False, 0.5), (True, 0.75)):
        theta = np.stack([
            hexagons.draw_rows(Size(127), rng, shifted=shifted_too)[0]["theta"] for _ in range(40)
        ])  # fmt: skip
        assert set(np.unique(theta)) == {0.0, QUARTER}
        # Four standard errors of 5080 coins.
        assert abs((theta == QUARTER).mean() - share) < 4 * np.sqrt(
            share * (1 - share) / theta.size
        )


def test_clifford_points_of_the_chain_are_made_of_bits() -> None:
    """The same labels as by matrix product states, at angles nearby."""
    chain = families.load("kicked_ising_1d")
    theta = np.full(12, QUARTER)
    exact = chain._evolution(Size(12), theta, [1, 3, 6])
    assert all(isinstance(state, CliffordState) for state in exact)
    near = chain._evolution(Size(12), np.nextafter(theta, 0.0), [1, 3, 6])
    for one, other in zip(exact, near, strict=True):
        assert not isinstance(other, CliffordState)
        for label in ("magnetization", "correlation", "renyi2"):
            want = getattr(one, label)()
            assert getattr(other, label)() == pytest.approx(want, abs=1e-7)


def test_diluted_circuits_have_small_clusters_and_one_angle() -> None:
    family, rng = families.load("kicked_ising_heavy_hex_diluted"), np.random.default_rng(5)
    for shifted in (False, True):
        rows = family.draw_rows(Size(127), rng, shifted=shifted)
        assert [int(p["steps"]) for p in rows] == list(range(2, 21, 2))
        theta = rows[0]["theta"]
        assert 0 < family.largest_cluster(Size(127), theta) <= 16
        # Four standard errors of 127 coins.
        assert abs((theta > 0).mean() - 0.5) < 4 * 0.5 / np.sqrt(127)
        assert np.unique(theta[theta > 0]).size == ((theta > 0).sum() if shifted else 1)


def test_deep_states_go_on_from_the_shallow_ones() -> None:
    """Vectors and matrix product states of the same circuit, where both are exact."""
    theta, chain = np.full(10, 0.7), families.load("kicked_ising_1d")
    deep = families.load("kicked_ising_1d_deep")
    for one, other in zip(
        chain.states(Size(10), theta, [2, 4, 6]),
        deep.states(Size(10), theta, [2, 4, 6]),
        strict=True,
    ):
        for label in ("magnetization", "correlation", "renyi2"):
            assert getattr(one, label)() == pytest.approx(getattr(other, label)(), abs=1e-7)


CLUSTERED = np.where(np.arange(30) == 20, 0.0, 0.4)


@pytest.mark.parametrize(
    ("name", "theta", "steps"),
    [
        ("kicked_ising_1d", np.full(24, 0.1), 20),
        ("kicked_ising_1d", np.full(1024, 0.1), 6),
        ("kicked_ising_1d", CLUSTERED, 20),
        ("kicked_ising_heavy_hex", np.full(24, 0.1), 20),
        ("kicked_ising_heavy_hex", np.full(127, QUARTER), 20),
    ],
)
def test_certified_circuits_are_taken(name: str, theta: np.ndarray, steps: int) -> None:
    families.load(name).check(Size(len(theta)), {"theta": theta, "steps": steps})


@pytest.mark.parametrize(
    ("name", "theta", "steps", "said"),
    [
        ("kicked_ising_1d", [0.1] * 4, 21, "21 steps are not certified"),
        ("kicked_ising_1d", [0.1] * 25, 7, "whole number from 1 to 6"),
        ("kicked_ising_1d", [0.1] * 4, -1, "whole number from 1 to 20"),
        ("kicked_ising_1d", [0.1] * 4, 1.5, "1.5 steps are not certified"),
        ("kicked_ising_1d", [0.1] * 3, 1, "needs shape"),
        ("kicked_ising_heavy_hex", [0.3] * 127, 1, "127 connected qubits .* at most 24 have"),
        ("kicked_ising_heavy_hex", [0.3] * 127, 5, "127 connected qubits .* at most 24 have"),
    ],
)
def test_uncertified_steps_and_angles_are_refused(
    name: str, theta: list[float], steps: float, said: str
) -> None:
    size = Size(4 if len(theta) < 4 else len(theta))
    with pytest.raises(RequestError, match=said):
        families.load(name).check(size, {"theta": theta, "steps": steps})


def test_devices_that_cannot_run_the_circuits_are_refused() -> None:
    chain, lattice = (spec_of(name) for name in NAMES)
    with pytest.raises(RequestError, match="at most 12 qubits"):
        replace(lattice, size=Size(25), channel="device_fake_bad")
    with pytest.raises(RequestError, match="has no `gates`"):
        replace(chain, channel="device_fake_bad", calibration=calibration_of(9))
    other = noisy_device(9, edges=families.load(NAMES[1]).couplings_of(Size(9))[1:])
    with pytest.raises(RequestError, match="couples other qubits"):
        replace(lattice, channel="device_fake_bad", calibration=other)
    with pytest.raises(RequestError, match="are no circuits"):
        BuildSpec(
            *("toric_code", Size(9), {"train": 1}, 8, 1),
            channel="device_fake_bad",
            calibration=noisy_device(9),
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_build_with_device_noise_is_verified(name: str, tmp_path: Path) -> None:
    clean = spec_of(name)
    edges = families.load(name).couplings_of(clean.size)
    noisy = replace(clean, channel="device_fake_bad", calibration=noisy_device(9, edges=edges))
    for spec in (clean, noisy):
        build(spec, tmp_path / "data", workers=1)
        assert verify_rows(tmp_path / "data", spec.config, 3, rebuild_rows).problems == ()
    assert verify_folder(tmp_path / "data").problems == ()
    ideal, read = (load(tmp_path / "data", spec.config)["train"] for spec in (clean, noisy))
    assert np.array_equal(ideal["correlation"], read["correlation"])
    assert not np.array_equal(ideal["shots"], read["shots"])
