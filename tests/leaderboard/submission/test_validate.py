"""Every answer that is not exactly what a cell asks for is refused in words."""

import numpy as np
import pytest

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.submission import Submission, read_submission
from leaderboard.submission.validate import validate
from tests.builders.synthetic import SPEC, make_folder
from tests.leaderboard.answers import answer, cell, exact, metadata, write


def check(data, key, given) -> None:
    validate(Submission(metadata(), {key: given}), data.public)


def test_good_file_passes_against_both_folders(synthetic_master, tmp_path) -> None:
    submission = read_submission(write(tmp_path / "p.parquet", synthetic_master))
    validate(submission, synthetic_master.public)
    validate(submission, synthetic_master.private)


def test_order_of_rows_is_free(synthetic_master) -> None:
    given = answer(synthetic_master)
    check(synthetic_master, cell(synthetic_master), given.take(slice(None, None, -1)))


def test_missing_rows(synthetic_master) -> None:
    given = answer(synthetic_master)
    short = Answer(given.row_id[7:], given.prediction[7:])
    words = "column 'row_id'.*n=5 / shots=16: 7 rows missing: row_id 1000000, .*1000004, …"
    with pytest.raises(RequestError, match=words):
        check(synthetic_master, cell(synthetic_master), short)


def test_extra_rows(synthetic_master) -> None:
    given = answer(synthetic_master)
    ids = np.append(given.row_id, [0, 2_000_000])
    longer = Answer(ids, np.vstack([given.prediction, given.prediction[:2]]))
    words = "column 'row_id'.*2 rows outside the test rows.*row_id 0, 2000000"
    with pytest.raises(RequestError, match=words):
        check(synthetic_master, cell(synthetic_master), longer)


def test_duplicated_rows(synthetic_master) -> None:
    given = answer(synthetic_master)
    rows = [*range(10), 4, 4, 6]
    words = "column 'row_id'.*2 rows given more than once: row_id 1000004, 1000006"
    with pytest.raises(RequestError, match=words):
        check(synthetic_master, cell(synthetic_master), given.take(rows))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_not_finite(synthetic_master, value) -> None:
    given = answer(synthetic_master)
    given.prediction[2, 3] = value
    words = "column 'prediction'.*1 row with values that are not finite: row_id 1000002"
    with pytest.raises(RequestError, match=words):
        check(synthetic_master, cell(synthetic_master), given)


def test_wrong_length(synthetic_master) -> None:
    given = answer(synthetic_master)
    words = "column 'prediction'.*10 rows have 63 values; 64 are needed"
    with pytest.raises(RequestError, match=words):
        check(
            synthetic_master,
            cell(synthetic_master),
            Answer(given.row_id, given.prediction[:, :-1]),
        )


def classes(data) -> Answer:
    return Answer(data.splits["test"]["row_id"], exact(data, "phase"))


def test_names_of_classes(phase_folder) -> None:
    key, given = cell(phase_folder, "phase", shots=4), classes(phase_folder)
    check(phase_folder, key, given)
    prediction = given.prediction.astype("<U20")
    prediction[[1, 4]] = ["Ordered", "spin glass"]
    words = (
        r"column 'prediction'.*2 rows name an unknown class \('Ordered', 'spin glass'\), allowed "
        "are paramagnetic, ordered: row_id 1000001, 1000004"
    )
    with pytest.raises(RequestError, match=words):
        check(phase_folder, key, Answer(given.row_id, prediction))


def test_numbers_for_a_class_and_a_name_for_numbers(phase_folder) -> None:
    given = classes(phase_folder)
    numbers = Answer(given.row_id, np.zeros((10, 1), dtype=np.float32))
    words = "10 rows hold numbers; the name of a class is needed, one of paramagnetic, ordered"
    with pytest.raises(RequestError, match=words):
        check(phase_folder, cell(phase_folder, "phase", shots=4), numbers)
    with pytest.raises(RequestError, match="10 rows hold a name; lists of 64 numbers are needed"):
        check(phase_folder, cell(phase_folder, "correlation", shots=4), given)


def test_a_family_without_the_task(synthetic_master) -> None:
    with pytest.raises(RequestError, match=r"column 'task'.*unknown task 'phase'"):
        check(synthetic_master, cell(synthetic_master, "phase"), classes(synthetic_master))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"config": "tfim_1d_n080"}, "unknown config 'tfim_1d_n080'. Did you mean 'tfim_1d_n008'"),
        ({"task": "renyi"}, "unknown task 'renyi'. Did you mean 'renyi2'"),
        ({"n": 13}, "column 'n'.*13; the data allow 1 to 12"),
        ({"n": 0}, "column 'n'.*0; the data allow 1 to 12"),
        ({"shots": 33}, "column 'shots'.*33; the data allow 1 to 32"),
        ({"shots": -1}, "column 'shots'.*-1; the data allow 1 to 32"),
    ],
)
def test_unknown_cells(synthetic_master, change, words) -> None:
    with pytest.raises(RequestError, match=words):
        check(synthetic_master, cell(synthetic_master, **change), answer(synthetic_master))


def test_noise_free_cells(synthetic_master, phase_folder) -> None:
    key = CellKey(*cell(synthetic_master)[:3], 0)
    check(synthetic_master, key, answer(synthetic_master))
    check(synthetic_master, key._replace(n=12), answer(synthetic_master))
    with pytest.raises(
        RequestError, match=r"column 'n', .* shots=0 / exact: 13; the data allow 1 "
    ):
        check(synthetic_master, key._replace(n=13), answer(synthetic_master))
    words = "column 'shots', .*: 0; the training labels of phase are exact in every cell. Give a"
    with pytest.raises(RequestError, match=words):
        check(phase_folder, CellKey(phase_folder.config, "phase", 5, 0), classes(phase_folder))


def test_transfers_from_data_that_are_there_and_from_others(tmp_path) -> None:
    rows = {"train": 12, "test": 10}
    other = BuildSpec("tfim_1d", Size(12), rows | {"train": 20}, shots=4, seed=7)
    data = make_folder(tmp_path, SPEC, other)
    here = cell(data, track="from:tfim_1d_n012")
    check(data, here._replace(n=20, shots=4), answer(data))
    with pytest.raises(RequestError, match=r"column 'n'.*21; the data allow 1 to 20") as refusal:
        check(data, here._replace(n=21, shots=5), answer(data))
    assert "column 'shots'" in str(refusal.value)
    elsewhere = cell(data, track="from:heisenberg_1d_n016")
    check(data, elsewhere._replace(n=1_000_000, shots=65_536), answer(data))
    for change in ({"n": 1_000_001}, {"shots": 65_537}, {"n": 0}, {"shots": -1}):
        with pytest.raises(RequestError, match="the data allow 1 to"):
            check(data, elsewhere._replace(**change), answer(data))


@pytest.mark.parametrize(
    ("source", "task", "words"),
    [
        ("tfim_2d_n016", "correlation", "unknown family 'tfim_2d'. Did you mean 'tfim_1d'"),
        ("tfim_1d_05x05", "correlation", "column 'track', .*chain"),
        ("toric_code_n018", "energy", "unknown task of toric_code 'energy'"),
    ],
)
def test_transfers_from_what_cannot_be(synthetic_master, source, task, words) -> None:
    key = cell(synthetic_master, task, track=f"from:{source}")
    with pytest.raises(RequestError, match=words):
        check(synthetic_master, key, answer(synthetic_master, task))


def test_controls_are_bounded_as_entries_are(synthetic_master) -> None:
    key = cell(synthetic_master, track="random")
    check(synthetic_master, key, answer(synthetic_master))
    with pytest.raises(RequestError, match=r"column 'n', cell .* / random: 13; the data"):
        check(synthetic_master, key._replace(n=13), answer(synthetic_master))


def test_all_faults_are_told_together(synthetic_master) -> None:
    given = answer(synthetic_master)
    given.prediction[0] = np.nan
    bad = {
        cell(synthetic_master, n=99): answer(synthetic_master),
        cell(synthetic_master): Answer(given.row_id[:-1], given.prediction[:-1]),
    }
    with pytest.raises(RequestError) as caught:
        validate(Submission(metadata(), bad), synthetic_master.public)
    assert len(str(caught.value).splitlines()) == 4


def test_stated_resources_may_not_exceed_the_cell(synthetic_master) -> None:
    key, given = cell(synthetic_master), answer(synthetic_master)
    right = {"n": 4, "shots": 16, "pretrain_n": 1, "pretrain_shots": 16}
    validate(Submission(metadata(resources=right), {key: given}), synthetic_master.public)
    more = metadata(resources=right | {"n": 5})
    with pytest.raises(RequestError, match="96 state copies stated, the cell has 80"):
        validate(Submission(more, {key: given}), synthetic_master.public)


def test_data_folder_without_manifest(synthetic_folder) -> None:
    (synthetic_folder.public / "manifest.json").unlink()
    with pytest.raises(RequestError, match=r"has no manifest\.json"):
        check(synthetic_folder, cell(synthetic_folder), answer(synthetic_folder))
