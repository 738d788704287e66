"""`qslbench run` on rows with and without copies."""

from tests.door import Door


def test_shots_are_asked_for_where_a_row_holds_several(door: Door, synthetic_folder, tmp_path):
    out = tmp_path / "p.parquet"
    asked = ("run", "train_mean", "--data", synthetic_folder.public, "--n", 2, "--out", out)
    code, _, err = door(*asked, "--config", "tfim_1d_n008", "--task", "correlation")
    assert (code, out.exists()) == (2, False)
    assert "--shots is missing: rows of tfim_1d_n008 hold many" in err


def test_rows_without_copies_need_none(door: Door, tmp_path):
    data, out = tmp_path / "data", tmp_path / "p.parquet"
    built = ("build", "qaoa_maxcut", "--size", 8, "--train", 2, "--test", 2, "--out", data)
    assert door(*built)[0] == 0
    asked = ("run", "greedy_cut", "--data", data, "--config", "qaoa_maxcut_v008", "--task", "cut")
    assert door(*asked, "--n", 2, "--out", out)[0] == 0
    assert out.exists()
