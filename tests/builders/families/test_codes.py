"""Families of codes: what they refuse, what is in their folder, how well matching decodes them."""

import json
from pathlib import Path

import numpy as np
import pymatching
import pytest
import stim

import builders
from builders import families
from builders.building.blocks import rebuild_rows
from builders.building.build import build
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.config import Config
from builders.dataset.spec import BuildSpec
from builders.folders.remade import remade_texts
from builders.folders.verify import verify_folder, verify_rows
from builders.kinds.code import CodeFamily
from builders.solvers.codes.circuits import CIRCUIT, MODEL

NAMES = [n for n in families.names() if isinstance(families.load(n), CodeFamily)]
CONFIG = "surface_code_d03-uniform_0.005"
TRAIN, TEST = 9000, 40_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A surface code at the usual strength, and the labels of its test shots beside it."""
    out = tmp_path_factory.mktemp("codes") / "data"
    spec = BuildSpec("surface_code", code("3"), {"train": TRAIN, "test": TEST}, 1, seed=5)
    assert spec.config == CONFIG
    build(spec, out, workers=1)
    return out


def code(text: str) -> Size:
    return families.load("surface_code").geometry.parse(text)


@pytest.mark.parametrize(
    ("text", "config", "written"),
    [
        ("5", "surface_code_d05", "5"),
        ("5r10", "surface_code_d05r10", "5r10"),
        ("5r5", "surface_code_d05", "5"),
        ("7r1", "surface_code_d07r01", "7r1"),
    ],
)
def test_rounds_are_part_of_a_size(text: str, config: str, written: str) -> None:
    size = code(text)
    assert str(size) == written
    here = Config.parse(f"{config}-uniform_0.005")
    assert here.size == size
    assert here.name == f"{config}-uniform_0.005"


@pytest.mark.parametrize("config", ["surface_code_d05r05", "surface_code_d05r5", "tfim_1d_n008r02"])
def test_another_spelling_of_rounds_is_refused(config: str) -> None:
    with pytest.raises(RequestError):
        Config.parse(config)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["3", "3r2", "5r4", "7r2"])
def test_events_are_those_of_stims_circuit(name: str, text: str) -> None:
    family = families.load(name)
    assert isinstance(family, CodeFamily)
    circuit = stim.Circuit(family.texts(code(text), "")[CIRCUIT])
    assert family.events(code(text)) == circuit.num_detectors
    assert circuit.num_observables == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("surface_code", "4", "distance 4: odd distances from 3 are allowed, such as 3 or 5"),
        ("surface_code", "27", "limit of surface_code: at most 25"),
        ("surface_code", "5r0", "1 round or more"),
        ("surface_code", "3x3", "is none of a code"),
        ("color_code", "3r1", "allowed are 2 to"),
        ("surface_code", "25r27", "allowed are 1 to 26, which give 16384 detection events"),
    ],
)
def test_sizes_that_there_are_not_are_refused(name: str, text: str, said: str) -> None:
    family = families.load(name)
    with pytest.raises(RequestError, match=said):
        family.check_size(family.geometry.parse(text))


@pytest.mark.parametrize(
    ("family", "channel", "said"),
    [
        ("surface_code", "readout_0.1_0.2", r"Give one of uniform:P, biased:P,Z\."),
        ("surface_code", "uniform_0.5", "above 0 and below 0.5, such as 0.005"),
        ("surface_code", "uniform_0", "above 0 and below 0.5"),
        ("surface_code", "biased_0.01_0.2", "the share of Z among the faults is 0.333333"),
        ("tfim_1d", "uniform_0.01", "Give one of readout:P01,P10, depolarizing:P, device:"),
    ],
)
def test_channels_that_do_not_fit_are_refused(family: str, channel: str, said: str) -> None:
    size = families.load(family).geometry.parse("3")
    shots = families.load(family).record.default_shots
    with pytest.raises(RequestError, match=said):
        BuildSpec(family, size, {"train": 1}, shots, 0, channel=channel)


def test_shots_of_an_experiment_cannot_be_built(tmp_path: Path) -> None:
    spec = BuildSpec("surface_code", code("3"), {"train": 1}, 1, 0, channel="experiment_willow")
    with pytest.raises(
        RequestError, match=r"nothing builds the shots of an experiment\. Bring yours"
    ):
        build(spec, tmp_path / "data", workers=1)


def test_what_is_loaded_needs_no_loop(data: Path) -> None:
    loaded = builders.load(data, CONFIG)
    train = loaded["train"]
    assert (train["events"].shape, train["events"].dtype) == ((TRAIN, 3), np.uint8)
    assert (train["observable"].shape, train["observable"].dtype) == ((TRAIN,), np.bool_)
    assert loaded.events("train").shape == (TRAIN, 24)
    assert np.packbits(loaded.events("train"), axis=1, bitorder="little").tobytes() == (
        train["events"].tobytes()
    )
    assert list(loaded.texts) == [CIRCUIT, MODEL]
    assert "observable" not in loaded["test"]


def test_a_stream_gives_what_is_loaded(data: Path) -> None:
    train = builders.load(data, CONFIG)["train"]
    parts = list(builders.stream(data, CONFIG, "train", rows=4000))
    assert max(len(part["row_id"]) for part in parts) <= 4000
    for name, array in train.items():
        assert np.array_equal(np.concatenate([part[name] for part in parts]), array)
    names = next(iter(builders.stream(data, CONFIG, "test", columns=["events"])))
    assert list(names) == ["events"]
    with pytest.raises(RequestError, match="unknown split"):
        next(iter(builders.stream(data, CONFIG, "tset")))


def test_rows_follow_from_the_model_in_the_folder(data: Path) -> None:
    assert verify_folder(data).problems == ()
    texts = builders.load(data, CONFIG, splits=()).texts
    assert verify_rows(data, CONFIG, 4, rebuild_rows).problems == ()
    changed = {**texts, MODEL: texts[MODEL].replace("error(0.0", "error(0.1", 1)}

    def rebuilt(spec: BuildSpec, split: str, rows: list[int]) -> dict[str, np.ndarray]:
        return rebuild_rows(spec, split, rows, texts=changed)

    assert verify_rows(data, CONFIG, list(range(200)), rebuilt).problems


def test_rows_do_not_depend_on_how_many_there_are(data: Path, tmp_path: Path) -> None:
    build(BuildSpec("surface_code", code("3"), {"train": 10}, 1, seed=5), tmp_path / "d", workers=1)
    few = builders.load(tmp_path / "d", CONFIG)["train"]
    many = builders.load(data, CONFIG)["train"]
    for name in few:
        assert np.array_equal(few[name], many[name][:10])


def test_verify_says_which_stim_made_the_texts(data: Path, monkeypatch) -> None:
    problems, (said,) = remade_texts(data, CONFIG)
    assert problems == []
    assert f"stim {stim.__version__} makes the same" in said
    other = {CIRCUIT: "", MODEL: ""}
    monkeypatch.setattr(CodeFamily, "texts", lambda *_: other)
    (problem,), _ = remade_texts(data, CONFIG)
    assert f"is not what stim {stim.__version__} makes" in problem
    monkeypatch.setattr("builders.folders.remade.versions", lambda *_: {"stim": "9.9"})
    problems, (said,) = remade_texts(data, CONFIG)
    assert problems == []
    assert "stim 9.9 makes another circuit.stim and model.dem" in said


def test_a_text_that_was_changed_is_found(data: Path) -> None:
    path = data / "data" / CONFIG / MODEL
    kept = path.read_bytes()
    try:
        path.write_bytes(kept.replace(b"D0", b"D1", 1))
        (problem,) = verify_folder(data).problems
        assert str(path) in problem
        with pytest.raises(RequestError, match="other bytes than the manifest says"):
            builders.load(data, CONFIG)
    finally:
        path.write_bytes(kept)


def test_what_the_manifest_says(data: Path) -> None:
    entry = manifest.read(data).config(CONFIG)
    assert (entry.size, entry.channel, entry.solver) == ("3", "uniform_0.005", "sampled")
    assert entry.versions["stim"] == stim.__version__
    described = json.loads((data / "croissant.json").read_text())
    assert any(f["@id"] == f"data/{CONFIG}/{MODEL}" for f in described["distribution"])
    assert "fails with probability 0.005" in (data / "README.md").read_text()


def test_matching_errs_as_often_as_it_is_known_to(data: Path) -> None:
    """.0173 a shot without correlations, .0168 with them (PyMatching 2.4, r = d = 3, p = .005)."""
    labels = builders.load(data.with_name("data-private"), CONFIG)["test"]["observable"]
    loaded = builders.load(data, CONFIG)
    model = stim.DetectorErrorModel(loaded.texts[MODEL])
    for correlated, known in ((False, 0.0173), (True, 0.0168)):
        graph = pymatching.Matching.from_detector_error_model(model, enable_correlations=correlated)
        said = graph.decode_batch(
            loaded["test"]["events"], bit_packed_shots=True, enable_correlations=correlated
        )
        error = (said[:, 0] != labels).mean()
        assert abs(error - known) < 4 * np.sqrt(known / TEST)
