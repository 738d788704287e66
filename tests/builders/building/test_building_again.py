"""A config built again, replaced, stopped and gone on with: nothing is lost, nothing mixed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import families
from builders.building import build as build_module
from builders.building import checkpoints
from builders.building.blocks import RowBlock
from builders.building.build import build
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.spec import BuildSpec
from builders.folders.loading import load
from builders.folders.promise import check_promise
from tests.builders.folders.test_writing import tree
from tests.door import Door

SPEC = BuildSpec("toric_code", Size(8), {"train": 4, "test": 3}, 4, 5)
ASK = ("build", "toric_code", "--size", 8, "--train", 4, "--test", 3, "--shots", 4)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    build(SPEC, tmp_path / "data", workers=1)
    return tmp_path / "data"


def data(folder: Path) -> dict[str, bytes]:
    return {name: b for name, b in tree(folder).items() if name.endswith(".parquet")}


def test_the_same_once_more_is_the_same(built: Path) -> None:
    private = built.with_name("data-private")
    before, hidden = data(built), data(private)
    build(SPEC, built, workers=1)
    assert data(built) == before
    assert data(private) == hidden


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 6}, "seed 5, not 6"),
        ({"rows": {"train": 5, "test": 3}}, "rows .*, not .*5"),
        ({"shots": 2}, "shots 4, not 2"),
        ({"test_seed": 2**50}, "another test seed"),
    ],
)
def test_a_config_that_was_built_otherwise_is_not_replaced(
    built: Path, changes: dict[str, Any], said: str
) -> None:
    before = tree(built.parent)
    with pytest.raises(RequestError, match=rf"{said}.*--out, or --force"):
        build(replace(SPEC, **changes), built, workers=1)
    assert tree(built.parent) == before
    build(replace(SPEC, **changes), built, workers=1, force=True)
    assert load(built, SPEC.config).seed == changes.get("seed", 5)


def test_a_recipe_of_before_is_named(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family = families.load("toric_code")
    monkeypatch.setattr(type(family), "recipe", family.recipe + 1)
    with pytest.raises(RequestError, match=r"recipe \S+, not \S+.*--force"):
        build(SPEC, built, workers=1)


def test_lost_hidden_labels_are_not_drawn_anew_in_silence(built: Path, tmp_path: Path) -> None:
    (tmp_path / "data-private").rename(tmp_path / "elsewhere")
    with pytest.raises(RequestError, match=r"hidden labels that .*data-private has not"):
        build(SPEC, built, workers=1)
    build(SPEC, built, tmp_path / "elsewhere", workers=1)


def stopped(door: Door, out: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> str:
    """Words of a build that ends at its test rows."""
    real = build_module.make_block

    def make(spec: BuildSpec, block: RowBlock, **given: Any) -> Any:
        if block.split == "test":
            raise error
        return real(spec, block, **given)

    with monkeypatch.context() as patch:
        patch.setattr(build_module, "make_block", make)
        status, _, said = door(*ASK, "--workers", 1, "--out", out)
    assert status == 1
    return said


def test_a_stopped_build_says_how_to_go_on(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, error in (("a", KeyboardInterrupt()), ("b", OSError(28, "No space left"))):
        said = stopped(door, tmp_path / name, monkeypatch, error)
        assert "go on with the same command and --resume" in said
        assert len(said.splitlines()) == 1
        assert door(*ASK, "--workers", 1, "--out", tmp_path / name, "--resume")[0] == 0


def test_a_resume_that_was_asked_otherwise_is_refused(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "data"
    stopped(door, out, monkeypatch, KeyboardInterrupt())
    go_on = ("--workers", 1, "--out", out, "--resume")
    status, _, said = door(*ASK, *go_on, "--seed", 3)
    assert (status, "differs from this one in seed." in said) == (2, True), said
    (scratch,) = (tmp_path / ".data-building").iterdir()
    (scratch / "asked.json").unlink()
    status, _, said = door(*ASK[:-1], 2, *go_on)
    assert (status, "differs from this one in the version that began it" in said) == (2, True)


def test_a_resume_after_another_distribution_is_refused(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key holds what is drawn, since an edited family may have kept its recipe."""
    out = tmp_path / "data"
    stopped(door, out, monkeypatch, KeyboardInterrupt())
    family = type(families.load("toric_code"))
    real = family.draw_rows

    def shifted(self: Any, size: Size, rng: np.random.Generator, *, shifted: bool) -> Any:
        rows = real(self, size, rng, shifted=shifted)
        return [{name: value + 1 for name, value in row.items()} for row in rows]

    monkeypatch.setattr(family, "draw_rows", shifted)
    status, _, said = door(*ASK, "--workers", 1, "--out", out, "--resume")
    assert (status, "differs from this one in distribution." in said) == (2, True), said


def test_rows_that_repeat_are_refused_before_any_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = type(families.load("tfim_1d"))
    monkeypatch.setattr(
        family, "draw", lambda _, size, __: {"J": np.ones(size.sites - 1), "h": np.ones(size.sites)}
    )
    monkeypatch.setattr(build_module, "make_block", lambda *_, **__: pytest.fail("solved"))
    spec = BuildSpec("tfim_1d", Size(4), {"train": 2}, 1, 0)
    with pytest.raises(RequestError, match=r"nothing was solved: .*train row 1 .* row 0"):
        build(spec, tmp_path / "data", workers=1)


def test_what_is_noted_of_a_build_is_all_that_its_blocks_depend_on(tmp_path: Path) -> None:
    settings = SPEC.settings("train", "stabilizer")
    plain = checkpoints.folder(tmp_path / "data", SPEC, settings)
    for other in (
        (replace(SPEC, shots=2), settings),
        (replace(SPEC, seed=1), settings),
        (replace(SPEC, test_seed=2**45), settings),
        (SPEC, replace(settings, variance_limit=1e-6)),
        (SPEC, replace(settings, texts={"circuit.stim": "X 0"})),
    ):
        assert checkpoints.folder(tmp_path / "data", *other) != plain
    more = replace(SPEC, rows={"train": 9})
    assert checkpoints.folder(tmp_path / "data", more, settings) == plain


def test_labels_of_another_build_are_not_those_promised(built: Path, tmp_path: Path) -> None:
    build(SPEC, tmp_path / "other", workers=1)
    one, two = (manifest.read(x).config(SPEC.config) for x in (built, tmp_path / "other"))
    assert one.public_spec == two.public_spec
    check_promise(built, tmp_path / "data-private", SPEC.config)
    for read in (False, True):
        with pytest.raises(RequestError, match="not those that the public manifest promised"):
            check_promise(built, tmp_path / "other-private", SPEC.config, read=read)
