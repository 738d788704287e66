"""Seeds of rows with hidden labels: drawn for every build, kept, private, in no public byte."""

import json
import os
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

import qslbench
from builders import families, load
from builders.building import build as build_module
from builders.building import checkpoints
from builders.building.blocks import RowBlock, rebuild_rows
from builders.building.build import build
from builders.cards import documents
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest, parquet
from builders.dataset.schema import Arrays
from builders.dataset.spec import GUESSABLE, SEEDS, BuildSpec, recipe_of, row_seed
from builders.folders.verify import verify_folder, verify_rows
from builders.folders.writing import write_config
from builders.physics.family import Family
from tests.builders.synthetic import PROVENANCE, SPEC, SyntheticFolder, make_split

# Prepared states: rows cost nothing, so that builds are quick.
TORIC = BuildSpec("toric_code", Size(8), {"train": 6, "test": 4, "test_ood": 3}, 12, 5)
BLOCK = families.load("toric_code").block(TORIC.size)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def private_seed(out: Path, config: str = TORIC.config) -> int:
    seed = manifest.read(out.with_name(f"{out.name}-private")).configs[config].test_seed
    assert seed is not None
    return seed


def hidden_seeds(spec: BuildSpec) -> set[int]:
    """The test seed, and those of all rows whose labels are hidden."""
    assert spec.test_seed is not None
    splits = [split for split in spec.rows if split.startswith("test")]
    return {spec.test_seed, *(s for x in splits for s in spec.row_seeds(x, spec.row_ids(x)))}


def integers(root: Path) -> set[int]:
    """Every integer that stands in a file of a folder: in texts, and in columns of tables."""
    found: set[int] = set()
    for path in root.rglob("*"):
        if path.suffix == ".parquet":
            table = parquet.read_table(path)
            for column in table.columns:
                while pa.types.is_nested(column.type):
                    column = pa.chunked_array([c.flatten() for c in column.chunks])
                if not pa.types.is_string(column.type):
                    numbers = column.drop_null().to_numpy().astype(np.float64)
                    whole = numbers[(numbers % 1 == 0) & (np.abs(numbers) < SEEDS)]
                    found |= set(whole.astype(np.int64).tolist())
                if pa.types.is_integer(column.type):
                    found |= set(column.drop_null().to_pylist())
            found |= numbers_in(repr(parquet.read_schema(path).metadata))
        elif path.is_file():
            found |= numbers_in(path.read_text(encoding="utf-8"))
    return found


def numbers_in(text: str) -> set[int]:
    return {int(digits) for digits in re.findall(r"\d{1,30}", text)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with a test seed that was drawn."""
    out = tmp_path_factory.mktemp("hidden") / "data"
    build(TORIC, out, workers=1)
    return out


def test_no_hidden_seed_is_in_a_public_file(built: Path, phase_folder: SyntheticFolder) -> None:
    asked = replace(TORIC, test_seed=private_seed(built))
    for out, spec in ((built, asked), (phase_folder.public, phase_folder.spec)):
        secret = hidden_seeds(spec)
        shown = integers(out)
        # Seeds of training rows are there, so that they would have been found.
        assert set(spec.row_seeds("train", spec.row_ids("train"))) <= shown
        assert not shown & secret
        raw = [p.read_bytes() for p in out.rglob("*") if p.is_file()]
        for seed in secret:
            assert not any(seed.to_bytes(8, "little") in data for data in raw)
        assert secret <= integers(out.with_name(f"{out.name}-private"))


def test_the_public_manifest_knows_no_test_seed(built: Path) -> None:
    data = load(built, TORIC.config)
    entry = data.manifest.configs[TORIC.config]
    assert "test_seed" not in (built / "manifest.json").read_text()
    assert entry.test_seed is None
    assert entry.spec == entry.public_spec == TORIC
    assert entry.spec.row_seeds("train", range(2)) == data["train"]["seed"][:2].tolist()
    for split in ("test", "test_ood"):
        assert "seed" not in data[split]
        with pytest.raises(RequestError, match="is in the private folder alone"):
            entry.spec.row_seeds(split, TORIC.row_ids(split))
    hidden = manifest.read(built.with_name("data-private")).configs[TORIC.config]
    assert hidden.public_spec == TORIC
    assert hidden.spec == replace(TORIC, test_seed=hidden.test_seed)


def test_two_builds_have_other_test_rows_and_the_same_training_rows(
    built: Path, tmp_path: Path
) -> None:
    out = tmp_path / "data"
    build(TORIC, out, workers=1)
    assert private_seed(out) != private_seed(built)
    one, two = load(built, TORIC.config), load(out, TORIC.config)
    for name, array in one["train"].items():
        assert array.tobytes() == two["train"][name].tobytes(), name
    for split in ("test", "test_ood"):
        assert one[split]["shots"].tobytes() != two[split]["shots"].tobytes()
    # Given again, the seed gives the same rows.
    build(replace(TORIC, test_seed=private_seed(out)), tmp_path / "again", workers=1)
    for name in ("test", "test_ood"):
        again = load(tmp_path / "again", TORIC.config)[name]
        assert again["shots"].tobytes() == two[name]["shots"].tobytes()
    hidden = [load(tmp_path / f"{n}-private", TORIC.config)["test"] for n in ("data", "again")]
    assert hidden[0]["phase"].tobytes() == hidden[1]["phase"].tobytes()
    assert hidden[0]["seed"].tobytes() == hidden[1]["seed"].tobytes()


def test_a_drawn_seed_cannot_be_found_by_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    for drawn, seed in ((0, GUESSABLE), (-1, SEEDS - 1)):
        monkeypatch.setattr(build_module.secrets, "randbelow", lambda n, k=drawn: k % n)
        assert build_module._test_seed(TORIC) == seed
    monkeypatch.setattr(build_module.secrets, "randbelow", lambda _: pytest.fail("drawn"))
    assert build_module._test_seed(replace(TORIC, test_seed=3)) == 3
    assert build_module._test_seed(replace(TORIC, rows={"train": 2})) is None


class Killed(BaseException):
    """What ends a build on the way."""


def stop_before(patch: pytest.MonkeyPatch, last: RowBlock) -> list[RowBlock]:
    """End the build when it is to make this block; the blocks that it has made."""
    made: list[RowBlock] = []
    real = build_module.make_block

    def make(spec: BuildSpec, block: RowBlock, **given: Any) -> Arrays:
        if block == last:
            raise Killed
        made.append(block)
        return real(spec, block, **given)

    patch.setattr(build_module, "make_block", make)
    return made


def test_a_stopped_build_goes_on_with_the_seed_that_it_drew(tmp_path: Path) -> None:
    out = tmp_path / "data"
    old = os.umask(0)  # the loosest: whatever is tight is made so
    try:
        with pytest.MonkeyPatch.context() as patch:
            made = stop_before(patch, RowBlock("test_ood", 0))
            with pytest.raises(Killed):
                build(TORIC, out, workers=1)
    finally:
        os.umask(old)
    assert made == [RowBlock("train", 0), RowBlock("train", 1), RowBlock("test", 0)]
    (kept,) = (tmp_path / ".data-building").rglob("test_seed")
    assert mode(kept) == 0o600
    assert mode(kept.parent) == 0o700
    drawn = int(kept.read_text())
    stored = checkpoints.read(checkpoints.path(kept.parent, RowBlock("test", 0)))
    with pytest.MonkeyPatch.context() as patch:
        again = stop_before(patch, RowBlock("none", 0))
        build(TORIC, out, workers=1, resume=True)
    assert again == [RowBlock("test_ood", 0)]
    assert private_seed(out) == drawn
    hidden = load(tmp_path / "data-private", TORIC.config)
    assert hidden["test"]["seed"].tolist() == stored["seed"][:4].tolist()
    assert verify_folder(out).problems == ()
    assert verify_folder(tmp_path / "data-private").problems == ()
    assert not (tmp_path / ".data-building").exists()


def test_a_build_that_starts_anew_draws_anew(tmp_path: Path) -> None:
    out = tmp_path / "data"
    with pytest.MonkeyPatch.context() as patch:
        stop_before(patch, RowBlock("test", 0))
        with pytest.raises(Killed):
            build(TORIC, out, workers=1)
    (kept,) = (tmp_path / ".data-building").rglob("test_seed")
    drawn = int(kept.read_text())
    build(TORIC, out, workers=1)
    assert private_seed(out) != drawn


def test_a_kill_while_the_seed_is_written_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            checkpoints.test_seed(tmp_path, 11)
    assert checkpoints.test_seed(tmp_path, 12) == 12
    assert checkpoints.test_seed(tmp_path, 13) == 12
    assert checkpoints.test_seed(tmp_path, None) is None


def write(root: Path) -> tuple[Path, Path]:
    splits = {split: make_split(SPEC, split) for split in SPEC.rows}
    write_config(root / "d", None, SPEC, splits, PROVENANCE)
    return root / "d", root / "d-private"


@pytest.mark.parametrize("before", [None, 0o755, 0o770, 0o711, 0o700])
def test_the_private_folder_is_for_its_owner_alone(tmp_path: Path, before: int | None) -> None:
    if before is not None:
        (tmp_path / "d-private").mkdir()
        (tmp_path / "d-private").chmod(before)
        (tmp_path / "d").mkdir()
        (tmp_path / "d").chmod(0o755)
    old = os.umask(0o022)
    try:
        public, private = write(tmp_path)
    finally:
        os.umask(old)
    assert mode(private) == 0o700
    assert mode(public) == 0o755


def test_a_private_folder_that_cannot_be_closed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "d-private").mkdir(mode=0o755)

    def foreign(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", foreign)
    with pytest.raises(RequestError, match=r"d-private belongs to somebody else.*--private"):
        write(tmp_path)
    assert list((tmp_path / "d-private").iterdir()) == []
    assert not (tmp_path / "d").exists()


def test_rows_with_hidden_labels_are_rebuilt_where_the_private_folder_is(
    built: Path, tmp_path: Path
) -> None:
    chosen = [0, 1_000_002, 2_000_001]
    for path in (built, built.with_name("data-private")):
        rows = chosen if path == built else chosen[1:]
        assert verify_rows(path, TORIC.config, rows, rebuild_rows).problems == ()
    # Without it, training rows alone.
    away = tmp_path / "away"
    assert verify_rows(built, TORIC.config, 99, rebuild_rows, private=away).rows == 6
    with pytest.raises(RequestError, match=r"no rows \[1000002, 2000001\].*private folder"):
        verify_rows(built, TORIC.config, chosen, rebuild_rows, private=away)


def test_a_test_seed_that_is_not_that_of_the_rows_is_found(
    synthetic_folder: SyntheticFolder,
) -> None:
    private = synthetic_folder.private
    found = manifest.read(private)
    for seed, problem in (
        (2**50, f"{SPEC.config} test: column seed: not the seeds of the data set's seed."),
        (None, f"{SPEC.config}: the manifest lacks the seed of the rows with hidden labels."),
    ):
        entry = found.configs[SPEC.config].model_copy(update={"test_seed": seed})
        changed = found.model_copy(update={"configs": {SPEC.config: entry}})
        documents.write_documents(private, changed)
        assert verify_folder(private).problems == (problem,)


def test_the_command_draws_one_and_tells_nobody(tmp_path: Path) -> None:
    asked = ["build", "toric_code", "--size", "8", "--train", "2", "--test", "2", "--shots", "4"]
    said = {}
    for name, more in (("drawn", []), ("given", ["--test-seed", "9007199254740993"])):
        out = ["--workers", "1", "--out", str(tmp_path / name), "--json"]
        done = CliRunner().invoke(qslbench.cli, [*asked, *out, *more], catch_exceptions=False)
        assert done.exit_code == 0
        said[name] = done.stdout
    drawn = private_seed(tmp_path / "drawn")
    assert drawn >= GUESSABLE
    given = private_seed(tmp_path / "given")
    assert given == 9_007_199_254_740_993
    assert not {drawn, given} & numbers_in("".join(said.values()))
    assert json.loads(said["drawn"])["test_seed"] is None
    assert json.loads(said["drawn"])["seed"] == 0


def test_a_rows_seed_depends_on_config_recipe_seed_and_number_alone() -> None:
    """SHA-256 of `tfim_1d_n008|2.1|7|3`, its first eight bytes, little end first, halved."""
    family = families.load("tfim_1d")
    assert (recipe_of(family), family.draws) == ("2.2", 1)
    # printf '%s' 'tfim_1d_n008|2.1|7|3' | sha256sum: 13c1a3e80d6b6d6de5ed90d3…
    assert row_seed("tfim_1d_n008", "2.1", 7, 3) == 0x6D6D6B0DE8A3C113 >> 1
    given = ("tfim_1d_n008", "2.1", 7, 3)
    others = [
        ("tfim_1d_n009", "2.1", 7, 3),
        ("tfim_1d_n008", "2.2", 7, 3),
        ("tfim_1d_n008", "2.1", 8, 3),
        ("tfim_1d_n008", "2.1", 7, 4),
    ]
    assert len({row_seed(*given), *(row_seed(*other) for other in others)}) == 5
    seeds = [row_seed("tfim_1d_n008", "2.1", 7, k) for k in range(2000)]
    assert min(seeds) >= 0
    assert max(seeds) < SEEDS
    # All of the 63 bits are used: the mean is ½ · 2⁶³ with the standard error 2⁶³ / √(12 · 2000).
    assert abs(np.mean(seeds) / SEEDS - 0.5) < 4 / np.sqrt(12 * 2000)


def test_the_command_refuses_the_public_seed_for_hidden_rows(tmp_path: Path) -> None:
    asked = ["build", "toric_code", "--size", "8", "--train", "2", "--test", "2", "--seed", "7"]
    out = ["--test-seed", "7", "--out", str(tmp_path / "data")]
    refusal = CliRunner().invoke(qslbench.cli, [*asked, *out]).exception
    assert isinstance(refusal, RequestError)
    assert "that of the public rows" in str(refusal)
    assert not list(tmp_path.iterdir())


def test_rows_that_share_a_seed_have_that_of_their_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Family, "rows_a_seed", 3)
    seeds = SPEC.row_seeds("test", SPEC.row_ids("test"))
    assert SPEC.test_seed is not None
    recipe = f"2.{families.load(SPEC.family).draws}"
    starts = [1_000_000, 1_000_003, 1_000_006, 1_000_009]
    expected = [row_seed(SPEC.config, recipe, SPEC.test_seed, k) for k in starts]
    assert seeds == [expected[k // 3] for k in range(10)]
    # Also of rows from the middle of one.
    assert SPEC.row_seeds("test", range(1_000_004, 1_000_007)) == [
        expected[1], expected[1], expected[2],
    ]  # fmt: skip
