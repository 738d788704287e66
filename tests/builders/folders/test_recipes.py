"""Data that an earlier recipe made can be read, and no more is promised of them."""

from dataclasses import replace
from pathlib import Path

import pytest

import builders
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.folders.verify import verify_folder
from builders.folders.writing import check_target, write_config
from tests.builders.synthetic import PROVENANCE, SPEC, SyntheticFolder, make_folder, make_split


@pytest.fixture
def old(tmp_path: Path) -> SyntheticFolder:
    """A folder whose manifest says that recipe 1 made it."""
    folder = make_folder(tmp_path)
    for path in (folder.public, folder.private):
        found = manifest.read(path)
        made = found.configs[folder.config].model_copy(update={"recipe": "2.1"})
        changed = found.model_copy(update={"configs": {folder.config: made}})
        (path / manifest.NAME).write_text(changed.to_text())
    return folder


def test_it_is_loaded(old: SyntheticFolder) -> None:
    assert len(builders.load(old.public, old.config)["train"]["energy"]) == 12


def test_it_is_not_held_against_what_this_version_makes(old: SyntheticFolder) -> None:
    with pytest.raises(RequestError, match=r"made by recipe 2\.1, this version makes recipe 2\.2"):
        verify_folder(old.public)


def test_nothing_is_added_to_it_but_it_can_be_built_anew(old: SyntheticFolder) -> None:
    other = replace(SPEC, size=Size(6))
    splits = {split: make_split(other, split) for split in other.rows}
    with pytest.raises(RequestError, match=f"holds {old.config}, made by an earlier recipe"):
        write_config(old.public, old.private, other, splits, PROVENANCE)
    check_target(old.public, old.private, old.config)
    write_config(old.public, old.private, SPEC, old.splits, PROVENANCE)
    assert verify_folder(old.public).problems == ()
