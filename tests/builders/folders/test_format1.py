"""A folder of format 1, whose public seed rebuilds hidden labels: read, scored, never added to.

`tests/golden/format1` and its private folder were written by the last version of that format:

    qslbench build tfim_1d --size 4 --train 3 --test 2 --shots 4 --workers 1 --out format1

Left out, to keep them small: croissant.json, index.parquet, and the card of the private folder.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from builders import load
from builders.core.errors import RequestError
from builders.dataset import index, manifest
from builders.folders.writing import write_config
from builders.physics.state_labels import CORRELATION
from builders.publishing.publish import publish
from leaderboard.cells import CellKey
from leaderboard.scoring.evaluate import evaluate
from leaderboard.submission.submission import read_submission, write_submission
from leaderboard.submission.validate import validate
from tests.builders.synthetic import PROVENANCE, SPEC, make_split
from tests.door import Door
from tests.leaderboard.answers import metadata
from tests.paths import GOLDEN

CONFIG = "tfim_1d_n004"
WHAT_TO_DO = "build the configs anew, in another folder"
READER = """
import json, sys
from datasets import load_dataset
data = load_dataset(sys.argv[1], "tfim_1d_n004")
assert not [m for m in ("builders", "leaderboard", "baselines") if m in sys.modules]
print(json.dumps({split: data[split][:]["energy"] for split in data}))
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy, with its private folder beside it."""
    for name in ("format1", "format1-private"):
        shutil.copytree(GOLDEN / name, tmp_path / name)
    return tmp_path / "format1"


def tree(root: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_it_is_of_format_1_and_small(old: Path) -> None:
    found = manifest.read(old)
    assert found.format == 1
    assert found.configs[CONFIG].recipe == "1"
    assert found.configs[CONFIG].phases == ("paramagnetic", "ordered")
    assert sum(len(data) for data in tree(old.parent).values()) < 40_000


def test_it_loads(old: Path) -> None:
    public, private = load(old, CONFIG), load(old.with_name("format1-private"), CONFIG)
    assert {split: len(rows["row_id"]) for split, rows in public.splits.items()} == {
        "train": 3,
        "test": 2,
    }
    assert public["train"]["shots"].shape == (3, 4, 4)
    # Seeds were public and of 64 bits.
    assert public["test"]["seed"].dtype == np.uint64
    assert "energy" not in public["test"]
    for rows in (public["train"], private["test"]):
        wrong, _ = CORRELATION.wrong(rows["correlation"], public.size)
        assert not wrong.any()
    # H has no positive entry in the X basis but Σ J Z Z: E ≤ −Σ h, that of all spins along X.
    assert (public["train"]["energy"] < -public["train"]["parameters"][:, 3:].sum(axis=1)).all()


@pytest.mark.slow
def test_datasets_loads_it(old: Path, tmp_path: Path) -> None:
    # The card names the index, so that it has to be there; its rows are not asked for.
    shutil.copy(next(old.glob("data/*/train-*")), old / index.NAME)
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(
        [sys.executable, "-I", "-c", READER, str(old)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["train"] == load(old, CONFIG)["train"]["energy"].tolist()
    assert found["test"] == [None, None]


def test_answers_are_validated_and_scored(old: Path, tmp_path: Path) -> None:
    private = old.with_name("format1-private")
    hidden = load(private, CONFIG)["test"]
    key = CellKey(CONFIG, "correlation", 3, 4)
    for shift in (0.0, 0.25):
        path = tmp_path / f"{shift}.parquet"
        answer = hidden["correlation"].reshape(2, -1) + np.float32(shift)
        write_submission(path, {key: (hidden["row_id"], answer)}, metadata())
        submission = read_submission(path)
        validate(submission, old)
        (report,) = evaluate(submission, old, private)
        assert report.report.metrics["rmse"].value == pytest.approx(shift, abs=1e-6)


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("verify", "--rows", "1"),
        ("publish", "--repo", "org/demo"),
        ("publish", "--repo", "org/demo", "--private-repo", "org/demo-private", "--dry-run"),
        ("card",),
    ],
    ids=lambda words: "-".join(w.strip("-") for w in words[:2]),
)
def test_commands_refuse_it_and_say_what_to_do(
    old: Path, words: tuple[str, ...], door: Door
) -> None:
    before = tree(old.parent)
    status, _, said = door(words[0], old, *words[1:])
    assert status == 2
    assert f"{old} is a data set folder of format 1" in said
    assert WHAT_TO_DO in said
    assert tree(old.parent) == before


@pytest.mark.parametrize("family", ["tfim_1d", "xy_1d"])
def test_no_config_is_built_into_it(
    old: Path, family: str, monkeypatch: pytest.MonkeyPatch, door: Door
) -> None:
    before = tree(old.parent)
    monkeypatch.setattr("builders.building.build.make_block", lambda *_, **__: pytest.fail("made"))
    asked = ("--size", 4, "--train", 2, "--test", 1, "--workers", 1)
    status, _, said = door("build", family, *asked, "--out", old)
    assert status == 2
    assert WHAT_TO_DO in said
    assert tree(old.parent) == before


def test_nothing_is_written_into_it_nor_into_its_private_folder(old: Path, tmp_path: Path) -> None:
    before = tree(old.parent)
    splits = {split: make_split(SPEC, split) for split in SPEC.rows}
    private = old.with_name("format1-private")
    for out, hidden in ((old, None), (old, tmp_path / "p"), (tmp_path / "new", private)):
        with pytest.raises(RequestError, match=WHAT_TO_DO):
            write_config(out, hidden, SPEC, splits, PROVENANCE)
    with pytest.raises(RequestError, match=WHAT_TO_DO):
        publish(old, "org/demo", api=object())  # type: ignore[arg-type]
    assert tree(old.parent) == before
    assert not (tmp_path / "new").exists()


def test_its_card_says_what_it_said(old: Path) -> None:
    """The Hub reads columns and splits from it: uint64 seeds, in the order of format 1."""
    front = yaml.safe_load((old / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    info = next(one for one in front["dataset_info"] if one["config_name"] == CONFIG)
    assert [f["name"] for f in info["features"]][:4] == ["row_id", "seed", "parameters", "shots"]
    assert info["features"][1]["dtype"] == "uint64"
