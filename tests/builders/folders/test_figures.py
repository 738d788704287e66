"""Figures of rows in a folder: one written before there were any is whole, and can be extended."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from builders.core.names import Size
from builders.dataset import index, manifest
from builders.folders.verify import verify_folder
from builders.folders.writing import write_config
from builders.kinds.ground_state import GroundStateFamily
from leaderboard.display import sentences
from tests.builders.synthetic import PROVENANCE, SPEC, SyntheticFolder, make_folder, make_split

NAME = "v_score"


@pytest.fixture
def old(tmp_path: Path) -> SyntheticFolder:
    """As it was written before the index had figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GroundStateFamily, "figures", ())
        made = make_folder(tmp_path)
    assert NAME not in pq.read_schema(made.public / index.NAME).names
    return made


def test_an_older_folder_is_whole(old: SyntheticFolder) -> None:
    for folder in (old.public, old.private):
        assert verify_folder(folder).problems == ()
    entry = manifest.read(old.public).configs[SPEC.config]
    assert sentences.figures(entry) == []
    assert "V-score" not in (old.public / "README.md").read_text(encoding="utf-8")


def test_an_older_folder_is_extended(old: SyntheticFolder) -> None:
    other = replace(SPEC, size=Size(4), test_seed=SPEC.test_seed)
    splits = {split: make_split(other, split) for split in other.rows}
    write_config(old.public, old.private, other, splits, PROVENANCE)
    for folder in (old.public, old.private):
        assert verify_folder(folder).problems == ()
    for row in pq.read_table(old.public / index.NAME).to_pylist():
        known = row["config"] == other.config and row["split"] == "train"
        assert (row[NAME] is not None) == known
    (said,) = sentences.figures(manifest.read(old.public).configs[other.config])
    assert said.startswith("V-score, N · energy_variance / (energy − E∞)²")
