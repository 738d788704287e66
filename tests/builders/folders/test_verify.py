"""`verify`: a sound folder passes, and every kind of damage is found and named."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from builders.building import verifying
from builders.cards import documents
from builders.commands.card import command as card_command
from builders.commands.verify import command as verify_command
from builders.core.errors import RequestError, WorkError
from builders.dataset import manifest
from builders.folders.verify import verify_folder, verify_rows
from tests.builders.forging import COLS, forge
from tests.builders.synthetic import SPEC, make_split

TEST = "data/tfim_1d_n008/test-00000-of-00001.parquet"
TRAIN = "data/tfim_1d_n008/train-00000-of-00001.parquet"


def test_a_sound_folder_passes(synthetic_folder):
    for path, rows in ((synthetic_folder.public, 22), (synthetic_folder.private, 10)):
        report = verify_folder(path)
        assert report.problems == ()
        assert report.rows == rows


def test_one_flipped_byte_in_any_file_is_found(synthetic_folder):
    root = synthetic_folder.public
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        sound = path.read_bytes()
        for at in (0, len(sound) // 3, len(sound) - 1):
            raw = bytearray(sound)
            raw[at] ^= 1
            path.write_bytes(raw)
            try:
                problems = verify_folder(root).problems
            except RequestError as error:
                assert path.name == "manifest.json"
                problems = (str(error),)
            assert any(path.name in text for text in problems), (path, at)
        path.write_bytes(sound)
    assert verify_folder(root).ok


def test_a_truncated_file_is_found(synthetic_folder):
    path = synthetic_folder.public / TRAIN
    path.write_bytes(path.read_bytes()[:4000])
    problems = verify_folder(synthetic_folder.public).problems
    assert any("train-00000" in text and "was cut" in text for text in problems)


@pytest.mark.parametrize("label", [c.name for c in COLS if c.is_label])
def test_a_planted_label_is_found_even_with_all_hashes_in_line(synthetic_folder, label):
    hidden = synthetic_folder.splits["test"]
    shown = {c.name: hidden[c.name] for c in COLS if not c.is_label or c.name == label}
    forge(synthetic_folder.public, TEST, shown)
    problems = verify_folder(synthetic_folder.public).problems
    assert any(f"column {label} shows the hidden label of 10 rows" in text for text in problems)


@pytest.mark.parametrize(
    ("column", "at", "value", "message"),
    [
        ("shots", (3, 0, 0), 6, "tokens above 5, first row_id 3"),
        ("correlation", (0, 1, 2), 0.25, "symmetric"),
        ("renyi2", (0, 0), -0.5, "outside 0 to 2 bits"),
        ("seed", 0, 1, "not the seeds"),
        ("parameters", (0, 0), np.inf, "not finite"),
    ],
)
def test_broken_physics_is_found_with_all_hashes_in_line(
    synthetic_folder, column, at, value, message
):
    arrays = make_split(SPEC, "train")
    arrays[column][at] = value
    forge(synthetic_folder.public, TRAIN, arrays)
    assert any(message in text for text in verify_folder(synthetic_folder.public).problems)


def test_a_test_row_copied_from_train_is_found(synthetic_folder):
    arrays = make_split(SPEC, "train")
    arrays["parameters"][4] = synthetic_folder.splits["test"]["parameters"][1]
    forge(synthetic_folder.public, TRAIN, arrays)
    problems = verify_folder(synthetic_folder.public).problems
    assert any("test row 1000001 has the parameters of train row 4" in text for text in problems)


def test_other_hidden_labels_than_promised_are_found(synthetic_folder):
    private = synthetic_folder.private
    found = manifest.read(private)
    entry = found.configs[SPEC.config].model_copy(update={"salt": "0" * 64})
    changed = found.model_copy(update={"configs": {SPEC.config: entry}})
    documents.write_documents(private, changed)
    assert verify_folder(private).ok
    problems = verify_folder(synthetic_folder.public).problems
    assert any("promised" in text for text in problems)


def test_hidden_labels_that_lie_elsewhere(door, synthetic_folder, tmp_path):
    """`--private` finds what the folder beside it would show, and has to be one."""
    elsewhere = synthetic_folder.private.rename(tmp_path / "elsewhere")
    public = synthetic_folder.public
    assert door("verify", public, "--private", elsewhere)[0] == 0
    found = manifest.read(elsewhere)
    entry = found.configs[SPEC.config].model_copy(update={"salt": "0" * 64})
    documents.write_documents(elsewhere, found.model_copy(update={"configs": {SPEC.config: entry}}))
    assert door("verify", public)[0] == 0
    status, _, said = door("verify", public, "--private", elsewhere)
    assert status == 1
    assert "promised" in said
    for wrong, words in ((public, "a private one is needed"), (tmp_path / "none", "no data set")):
        status, _, said = door("verify", public, "--private", wrong)
        assert status == 2
        assert words in said


def test_a_parquet_file_that_the_manifest_does_not_know_is_found(synthetic_folder):
    stray = synthetic_folder.public / "data/tfim_1d_n008/train-00001-of-00002.parquet"
    stray.write_bytes((synthetic_folder.public / TRAIN).read_bytes())
    problems = verify_folder(synthetic_folder.public).problems
    assert any("train-00001-of-00002.parquet is not in the manifest" in text for text in problems)


def test_a_wrong_count_in_the_card_is_found_and_card_mends_it(synthetic_folder):
    path = synthetic_folder.public / "README.md"
    path.write_text(path.read_text().replace("num_examples: 12", "num_examples: 13"))
    problems = verify_folder(synthetic_folder.public).problems
    assert any("README.md" in text and "row counts" in text for text in problems)
    result = CliRunner().invoke(card_command, [str(synthetic_folder.public), "--json"])
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["written"]) == 3
    assert verify_folder(synthetic_folder.public).ok


def test_rebuilt_rows_are_compared_bit_by_bit(synthetic_folder):
    asked = []

    def rebuild(spec, split, ids):
        asked.append((split, ids))
        return make_split(spec, split, ids)

    for path in (synthetic_folder.public, synthetic_folder.private):
        report = verify_rows(path, SPEC.config, 7, rebuild)
        assert report.problems == ()
        assert report.rows == 7
    assert {split for split, _ in asked} == {"train", "test"}


def test_a_rebuilt_row_that_differs_in_its_last_bit_is_named(synthetic_folder):
    def rebuild(spec, split, ids):
        arrays = make_split(spec, split, ids)
        last = ids.index(5)
        arrays["energy"][last] = np.nextafter(arrays["energy"][last], 0.0)
        return arrays

    report = verify_rows(synthetic_folder.public, SPEC.config, [3, 5], rebuild)
    assert len(report.problems) == 1
    assert "train row 5: column energy differs by up to" in report.problems[0]


@pytest.mark.parametrize(("rows", "message"), [(0, "at least 1"), (-2, "at least 1"), ([99], "99")])
def test_wrong_rows_to_rebuild_are_refused(synthetic_folder, rows, message):
    with pytest.raises(RequestError, match=message):
        verify_rows(synthetic_folder.public, SPEC.config, rows, make_split)


def test_command_prints_one_json_document_and_fails_on_damage(synthetic_folder):
    path = synthetic_folder.public
    result = CliRunner().invoke(verify_command, [str(path), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["ok"] is True
    (path / TRAIN).write_bytes(b"")
    result = CliRunner().invoke(verify_command, [str(path), "--json"])
    assert isinstance(result.exception, WorkError)
    assert "train-00000" in json.loads(result.stdout)["problems"][0]


def test_command_rebuilds_rows_of_every_config(synthetic_folder, monkeypatch):
    def right(spec, split, ids, solver, texts):
        assert not texts
        assert solver == manifest.read(synthetic_folder.public).configs[spec.config].solver
        return make_split(spec, split, ids)

    def wrong(spec, split, ids, solver, texts):
        arrays = right(spec, split, ids, solver, texts)
        arrays["shots"][0, 0, 0] ^= 1
        return arrays

    for rebuild, code in ((right, 0), (wrong, 1)):
        monkeypatch.setattr(verifying, "rebuild_rows", rebuild)
        arguments = [str(synthetic_folder.public), "--rows", "3", "--json"]
        result = CliRunner().invoke(verify_command, arguments)
        assert result.exit_code == code
        assert json.loads(result.stdout)["ok"] is (code == 0)
        assert "computing 3 rows again" in result.stderr


def test_a_folder_without_manifest_is_a_wrong_request(tmp_path):
    for command in (verify_command, card_command):
        for path in (tmp_path, tmp_path / "absent"):
            result = CliRunner().invoke(command, [str(path)])
            assert isinstance(result.exception, RequestError)
