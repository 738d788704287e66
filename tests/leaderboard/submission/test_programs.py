"""What programs hand to `write_submission`: matrices, tensors, dictionaries of metadata."""

from pathlib import Path

import numpy as np
import pytest
import torch

from builders.core.errors import RequestError
from leaderboard.submission.submission import read_submission, write_submission
from tests.builders.synthetic import SyntheticFolder
from tests.leaderboard.answers import answer, cell, metadata

ABOUT = {"name": "mine", "authors": ["Ada"], "entry_class": "learned", "uses_test_shots": False}


def test_matrices_are_written_as_their_rows(
    tmp_path: Path, synthetic_master: SyntheticFolder
) -> None:
    right, key = answer(synthetic_master), cell(synthetic_master)
    matrices = right.prediction.reshape(-1, 8, 8)
    forms = {
        "lines": right.prediction,
        "matrices": matrices,
        "lists": matrices.tolist(),
        "tensor": torch.tensor(matrices),
    }
    for name, given in forms.items():
        path = tmp_path / f"{name}.parquet"
        write_submission(path, {key: (right.row_id, given, 0.1 + 0.0 * matrices)}, metadata())
        read = read_submission(path).cells[key]
        assert np.array_equal(read.prediction, right.prediction), name
        assert read.std is not None
        assert read.std.shape == right.prediction.shape
    texts = {(tmp_path / f"{name}.parquet").read_bytes() for name in forms}
    assert len(texts) == 1


def test_metadata_are_a_dictionary_too(tmp_path: Path, synthetic_master: SyntheticFolder) -> None:
    right, path = answer(synthetic_master), tmp_path / "p.parquet"
    config, task, n, shots, _ = cell(synthetic_master)
    write_submission(path, {(config, task, n, shots): right}, ABOUT)
    assert read_submission(path).metadata.authors == ("Ada",)
    wrong = [
        ({**ABOUT, "authors": None}, "authors: "),
        ({k: v for k, v in ABOUT.items() if k != "name"}, "key 'name' is missing"),
        ({**ABOUT, "autors": ["Ada"]}, "Did you mean 'authors'"),
        ({**ABOUT, "seed": np.int64(3)}, "cannot be written as JSON"),
        ({**ABOUT, "entry_class": "good"}, "entry_class"),
    ]
    for given, said in wrong:
        with pytest.raises(RequestError, match=said):
            write_submission(path, {cell(synthetic_master): right}, given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([[1.0], [1.0, 2.0]], "is no array of numpy"),
        (torch.ones(10, 64, requires_grad=True), "requires grad"),
        (np.ones((3, 8, 8)), r"row_id has shape \(10,\) and prediction \(3, 64\)"),
        (np.float64(1.0), "is needed|are needed"),
    ],
)
def test_what_is_no_answer_is_said(
    given, said: str, tmp_path: Path, synthetic_master: SyntheticFolder
) -> None:
    ids = answer(synthetic_master).row_id
    with pytest.raises(RequestError, match=said):
        write_submission(tmp_path / "p.parquet", {cell(synthetic_master): (ids, given)}, metadata())
    assert not list(tmp_path.iterdir())
