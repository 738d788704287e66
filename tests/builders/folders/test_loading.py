"""`builders.load`: arrays of the right dtype, checks against the manifest, the Hub path."""

from dataclasses import replace
from types import SimpleNamespace

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub import errors

from builders.core.errors import RequestError, WorkError
from builders.dataset import manifest
from builders.folders.loading import load
from builders.hub import calls as hub_calls
from builders.hub import fetch as hub_fetch
from tests.builders.synthetic import PROVENANCE, SPEC

TRAIN = "data/tfim_1d_n008/train-00000-of-00001.parquet"


def test_public_folder_gives_all_but_the_hidden_labels(synthetic_folder):
    data = load(str(synthetic_folder.public), "tfim_1d_n008")
    assert (data.config, data.family, data.size, data.seed) == (
        "tfim_1d_n008", "tfim_1d", SPEC.size, 7,
    )  # fmt: skip
    assert list(data.splits) == ["train", "test"]
    for name, array in synthetic_folder.splits["train"].items():
        assert data["train"][name].dtype == array.dtype
        assert np.array_equal(data["train"][name], array)
    assert list(data["test"]) == ["row_id", "parameters", "shots"]


def test_private_folder_gives_the_hidden_labels(synthetic_folder):
    data = load(synthetic_folder.private, "tfim_1d_n008")
    assert list(data.splits) == ["test"]
    for name in ("row_id", "seed", "energy", "correlation", "renyi2", "renyi2_blocks"):
        assert np.array_equal(data["test"][name], synthetic_folder.splits["test"][name])


def test_only_the_asked_splits_and_columns_are_read(synthetic_folder):
    data = load(
        synthetic_folder.public, "tfim_1d_n008", splits=["test"], columns=["shots", "energy"]
    )
    assert {split: list(arrays) for split, arrays in data.splits.items()} == {"test": ["shots"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"config": "tfim_1d_n009"}, "unknown config 'tfim_1d_n009'. Did you mean 'tfim_1d_n008'"),
        ({"splits": ["trian"]}, "Did you mean 'train'"),
        ({"columns": ["shot"]}, "Did you mean 'shots'"),
        ({"revision": "v1"}, "revisions belong to a Hub repository"),
    ],
)
def test_wrong_requests_name_what_is_allowed(synthetic_folder, options, message):
    with pytest.raises(RequestError, match=message):
        load(synthetic_folder.public, **({"config": "tfim_1d_n008"} | options))


def test_a_folder_without_manifest_is_refused(synthetic_folder):
    (synthetic_folder.public / "manifest.json").unlink()
    with pytest.raises(RequestError, match=r"has no manifest\.json"):
        load(synthetic_folder.public, "tfim_1d_n008")


@pytest.mark.parametrize("source", ["/nowhere/at/all", "./demo", "nowhere", "a/b/c"])
def test_a_path_that_is_not_there_is_refused_without_asking_the_hub(source, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hub_fetch, "fetch", lambda *_: pytest.fail("asked the Hub"))
    with pytest.raises(RequestError, match="no data set at"):
        load(source, "tfim_1d_n008")


def test_a_file_in_place_of_a_folder_is_refused(synthetic_folder):
    with pytest.raises(RequestError, match="no data set folder at"):
        load(synthetic_folder.public / "manifest.json", "tfim_1d_n008")


def test_a_truncated_file_is_refused_by_name(synthetic_folder):
    path = synthetic_folder.public / TRAIN
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RequestError, match=rf"{TRAIN} has \d+ bytes, the manifest says \d+"):
        load(synthetic_folder.public, "tfim_1d_n008")


def test_one_flipped_byte_is_refused_by_name(synthetic_folder):
    path = synthetic_folder.public / TRAIN
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(RequestError, match=rf"{TRAIN} has other bytes"):
        load(synthetic_folder.public, "tfim_1d_n008")
    load(synthetic_folder.public, "tfim_1d_n008", splits=["test"])


def test_a_missing_file_is_refused_by_name(synthetic_folder):
    (synthetic_folder.public / TRAIN).unlink()
    with pytest.raises(RequestError, match=rf"{TRAIN} is in the manifest and not on disk"):
        load(synthetic_folder.public, "tfim_1d_n008")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"seed": 7', '"seed": 8', "changed after it was written"),
        ('"format": 2', '"format": 1', "changed after it was written"),
        ('"format": 2', '"format": 3', "not a manifest of this format"),
        ('"solver"', '"resolver"', "not a manifest of this format"),
        ("{", "[", "not a manifest of this format"),
    ],
)
def test_a_changed_manifest_is_refused(synthetic_folder, old, new, message):
    path = synthetic_folder.public / "manifest.json"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(RequestError, match=message):
        manifest.read(synthetic_folder.public)


def test_a_hub_repository_is_fetched_by_revision_and_config(synthetic_folder, monkeypatch):
    asked = {}

    def snapshot_download(repo, **options):
        asked.update(options, repo=repo)
        return str(synthetic_folder.public)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    data = load("org/name", "tfim_1d_n008", revision="v1")
    assert asked == {
        "repo": "org/name",
        "repo_type": "dataset",
        "revision": "v1",
        "allow_patterns": ["manifest.json", "data/tfim_1d_n008/*"],
    }
    assert data["train"]["shots"].shape == (12, 32, 8)


def test_a_config_name_is_checked_before_the_hub_is_asked(monkeypatch):
    monkeypatch.setattr(
        huggingface_hub, "snapshot_download", lambda *_a, **_k: pytest.fail("asked")
    )
    with pytest.raises(RequestError, match="is not a config name"):
        load("org/name", "*")


@pytest.mark.parametrize(
    "change", [{"solver": ""}, {"cpu_seconds": -1.0}, {"certificate": {"worst": float("nan")}}]
)
def test_provenance_checks_itself(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        replace(PROVENANCE, **change)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (errors.LocalEntryNotFoundError("offline"), WorkError),
        (OSError("no route"), WorkError),
        (errors.RevisionNotFoundError, RequestError),
        (errors.RepositoryNotFoundError, RequestError),
    ],
)
def test_hub_failures_become_ours(raised, expected, monkeypatch):
    def snapshot_download(*_args, **options):
        if options.get("local_files_only"):
            raise errors.LocalEntryNotFoundError("not in the cache")
        if isinstance(raised, Exception):
            raise raised
        response = SimpleNamespace(headers={}, request=None, status_code=404)
        raise raised("no such thing", response=response)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    monkeypatch.setattr(hub_calls, "PAUSES", ())
    with pytest.raises(expected, match="'org/name'"):
        load("org/name", "tfim_1d_n008")
