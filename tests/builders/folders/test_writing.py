"""The public and the private folder: what is in them, bytes, hidden labels, replacement."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from builders import families
from builders.core.errors import RequestError, WorkError
from builders.core.names import Size
from builders.dataset import manifest, parquet
from builders.dataset.schema import columns
from builders.dataset.spec import BuildSpec
from builders.folders import writing
from builders.folders.loading import load
from builders.folders.siblings import private_folder, public_folder
from builders.folders.verify import verify_folder
from builders.folders.writing import write_config
from tests.builders.synthetic import PROVENANCE, SPEC, make_folder, make_split

OTHER = BuildSpec(
    *("heisenberg_1d", Size(6), {"train": 3, "test": 2, "test_ood": 2}, 5, 11),
    test_seed=1_618_033_988_749_894,
)
LABELS = [
    *("seed", "energy", "correlation", "renyi2", "renyi2_blocks"),
    *("phase", "phase_margin", "energy_variance"),
    *("label_error_correlation", "label_error_renyi2"),
]


def tree(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_layout_of_both_folders(synthetic_folder):
    shared = {"README.md", "manifest.json", "croissant.json", "index.parquet"}
    test_file = "data/tfim_1d_n008/test-00000-of-00001.parquet"
    train_file = "data/tfim_1d_n008/train-00000-of-00001.parquet"
    assert set(tree(synthetic_folder.public)) == shared | {test_file, train_file}
    assert set(tree(synthetic_folder.private)) == shared | {test_file}


def test_public_test_labels_are_all_null_and_the_rest_is_there(synthetic_folder):
    table = pq.read_table(synthetic_folder.public / "data/tfim_1d_n008/test-00000-of-00001.parquet")
    nulls = {name: table[name].null_count for name in table.column_names}
    assert [name for name, count in nulls.items() if count == 10] == LABELS
    assert [name for name, count in nulls.items() if count == 0] == [
        "row_id", "parameters", "shots",
    ]  # fmt: skip


def test_no_hidden_value_is_in_any_public_byte_or_number(synthetic_folder):
    raw = tree(synthetic_folder.public)
    hidden = synthetic_folder.splits["test"]
    for name in LABELS:
        if name == "phase":  # 0 and 1 are everywhere; that they are null is tested above
            continue
        for row in hidden[name]:
            assert not any(row.tobytes() in data for data in raw.values())
    index = pq.read_table(synthetic_folder.public / "index.parquet").to_pylist()
    for row in index:
        for name in ("energy_per_site", "phase", "phase_margin", "energy_variance", "v_score"):
            assert (row[name] is None) == (row["split"] == "test")
    train = synthetic_folder.splits["train"]
    shown = [row["v_score"] for row in index if row["split"] == "train"]
    expected = 8 * train["energy_variance"] / train["energy"] ** 2
    assert shown == pytest.approx(expected, rel=1e-14)
    # The content hash of the hidden file would let a guess be tested: it must not be here.
    secret = manifest.read(synthetic_folder.private)
    public_text = b"".join(raw.values()).decode("latin-1")
    for entry in secret.files.values():
        assert entry.sha256 not in public_text
        assert entry.content is None or entry.content not in public_text
    assert secret.configs[SPEC.config].salt not in public_text


def test_commitment_binds_the_labels_and_needs_the_salt(synthetic_folder):
    public = manifest.read(synthetic_folder.public).configs[SPEC.config]
    salt = manifest.read(synthetic_folder.private).configs[SPEC.config].salt
    cols = columns(families.load(SPEC.family), SPEC.size, SPEC.shots)
    labels = [c for c in cols if c.name == "row_id" or c.is_label]
    hidden = {"test": {c.name: synthetic_folder.splits["test"][c.name] for c in labels}}
    assert writing.commitment(salt, labels, hidden) == public.commitment
    assert writing.commitment("0" * 64, labels, hidden) != public.commitment
    hidden["test"]["energy"] = hidden["test"]["energy"] + 1e-12
    assert writing.commitment(salt, labels, hidden) != public.commitment


def test_two_builds_give_the_same_data_bytes(synthetic_folder, tmp_path):
    again = make_folder(tmp_path / "again")
    for one, two in (
        (synthetic_folder.public, again.public),
        (synthetic_folder.private, again.private),
    ):
        first, second = tree(one), tree(two)
        differing = {name for name in first if first[name] != second[name]}
        # The salt is fresh, and so is the promise; with equal seconds nothing else may differ.
        assert differing <= {"manifest.json", "README.md"}
        assert set(first) == set(second)


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_changed_label_changes_the_manifest_and_what_names_its_hash(synthetic_folder, split):
    """One bit of one label: the hashes, and of a hidden label the promise alone."""
    splits = {s: make_split(SPEC, s) for s in SPEC.rows}
    energy = splits[split]["energy"]
    energy[0] = np.nextafter(energy[0], 0)
    before, public = tree(synthetic_folder.public), manifest.read(synthetic_folder.public)
    write_config(synthetic_folder.public, synthetic_folder.private, SPEC, splits, PROVENANCE)
    after, now = tree(synthetic_folder.public), manifest.read(synthetic_folder.public)
    shards = {"train": {f"data/{SPEC.config}/train-00000-of-00001.parquet"}, "test": set()}[split]
    assert shards <= {name for name in after if after[name] != before[name]}
    assert {p for p in shards if now.files[p].content == public.files[p].content} == set()
    for name in ("manifest.json", "README.md"):
        assert after[name] != before[name]
    promises = [m.configs[SPEC.config].commitment for m in (public, now)]
    assert (promises[0] != promises[1]) == (split == "test")
    assert (after["croissant.json"] != before["croissant.json"]) == (split == "train")


def test_a_changed_certificate_changes_the_card(synthetic_folder):
    splits = {s: make_split(SPEC, s) for s in SPEC.rows}
    worse = replace(PROVENANCE, certificate={"max_energy_variance": 2e-9})
    before = (synthetic_folder.public / "README.md").read_text()
    write_config(synthetic_folder.public, synthetic_folder.private, SPEC, splits, worse)
    after = (synthetic_folder.public / "README.md").read_text()
    assert "max_energy_variance 1e-09" in before
    assert "max_energy_variance 2e-09" in after


def test_configs_accumulate_in_an_order_that_history_does_not_change(tmp_path):
    one = make_folder(tmp_path / "a", SPEC, OTHER)
    two = make_folder(tmp_path / "b", OTHER, SPEC)
    first, second = tree(one.public), tree(two.public)
    assert {n for n in first if first[n] != second[n]} == {"manifest.json", "README.md"}
    assert list(manifest.read(one.public).configs) == ["heisenberg_1d_n006", "tfim_1d_n008"]
    assert verify_folder(one.public).ok
    assert verify_folder(one.private).ok


def test_a_config_is_replaced_whole(synthetic_folder):
    spec = replace(SPEC, rows={"train": 4, "test": 3}, seed=99)
    splits = {s: make_split(spec, s) for s in spec.rows}
    salt = manifest.read(synthetic_folder.private).configs[spec.config].salt
    write_config(synthetic_folder.public, synthetic_folder.private, spec, splits, PROVENANCE)
    assert manifest.read(synthetic_folder.public).configs[spec.config].seed == 99
    assert manifest.read(synthetic_folder.private).configs[spec.config].salt == salt
    for path in (synthetic_folder.public, synthetic_folder.private):
        assert verify_folder(path).problems == ()
        assert not list(path.rglob(".partial*"))
    assert pq.read_table(synthetic_folder.public / "index.parquet").num_rows == 7


def test_remains_of_a_killed_writer_are_cleared(synthetic_folder):
    stale = synthetic_folder.public / "data" / ".partial-123-tfim_1d_n008"
    stale.mkdir()
    (stale / "train-00000-of-00001.parquet").write_bytes(b"half")
    splits = {s: make_split(SPEC, s) for s in SPEC.rows}
    write_config(synthetic_folder.public, synthetic_folder.private, SPEC, splits, PROVENANCE)
    assert not stale.exists()
    assert verify_folder(synthetic_folder.public).ok


def test_a_writer_that_dies_leaves_other_configs_readable_and_can_be_run_again(
    synthetic_folder, monkeypatch
):
    splits = {s: make_split(OTHER, s) for s in OTHER.rows}
    given = (synthetic_folder.public, synthetic_folder.private, OTHER, splits, PROVENANCE)
    with monkeypatch.context() as patch:
        patch.setattr(
            writing, "write_documents", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            write_config(*given)
    load(synthetic_folder.public, SPEC.config)
    write_config(*given)
    assert verify_folder(synthetic_folder.public).ok
    assert verify_folder(synthetic_folder.private).ok


def test_two_writers_at_once_lose_nothing(tmp_path):
    specs = [replace(SPEC, size=Size(n)) for n in (4, 5, 6, 7)]

    def write(spec):
        splits = {s: make_split(spec, s) for s in spec.rows}
        write_config(tmp_path / "d", None, spec, splits, PROVENANCE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, specs))
    for path in (tmp_path / "d", tmp_path / "d-private"):
        assert list(manifest.read(path).configs) == [s.config for s in specs]
        assert verify_folder(path).problems == ()


def test_shards_are_read_back_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "ROWS_IN_GROUP", 5)
    monkeypatch.setattr(parquet, "GROUP_BYTES", 1)
    monkeypatch.setattr(parquet.shards, "__defaults__", (1,))
    made = make_folder(tmp_path)
    names = sorted(p.name for p in (made.public / "data" / made.config).glob("train-*"))
    assert names == [f"train-{k:05d}-of-00003.parquet" for k in range(3)]
    back = load(made.public, made.config)["train"]
    for name, array in made.splits["train"].items():
        assert back[name].tobytes() == array.tobytes()
    assert verify_folder(made.public).ok


def test_polars_duckdb_and_pandas_see_plain_nested_lists(synthetic_folder):
    path = synthetic_folder.public / "data/tfim_1d_n008/train-00000-of-00001.parquet"
    expected = synthetic_folder.splits["train"]
    frame = pl.read_parquet(path)
    assert (frame["shots"].to_numpy() == expected["shots"]).all()
    row = duckdb.sql(f"select correlation, energy from '{path}' where row_id = 5").fetchall()[0]
    assert [list(r) for r in row[0]] == expected["correlation"][5].tolist()
    assert row[1] == expected["energy"][5]
    table = pd.read_parquet(path)
    assert [list(r) for r in table["correlation"][5]] == expected["correlation"][5].tolist()


def test_manifest_states_what_the_design_asks(synthetic_folder):
    text = json.loads((synthetic_folder.public / "manifest.json").read_text())
    entry = text["configs"]["tfim_1d_n008"]
    for key in ("seed", "parameters", "solver", "tolerances", "versions", "wall_seconds"):
        assert key in entry
    data = [f for name, f in text["files"].items() if name.endswith(".parquet")]
    assert all({"rows", "sha256", "content"} <= f.keys() for f in data)


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda s: s["train"]["shots"].__setitem__((2, 0, 0), 6), "tokens above 5, first row_id 2"),
        (lambda s: s["train"]["correlation"].__setitem__((1, 0, 1), 0.2), "not symmetric"),
        (lambda s: s["test"]["correlation"].__setitem__((0, 3, 3), 0.9), "not symmetric"),
        (lambda s: s["train"]["renyi2"].__setitem__((0, 0), 2.1), "outside 0 to 2 bits"),
        (lambda s: s["train"]["renyi2_blocks"].__setitem__((0, 0), 1.1), "min"),
        (lambda s: s["train"]["energy_variance"].__setitem__(4, -1.0), "negative, first row_id 4"),
        (
            lambda s: s["train"]["seed"].__setitem__(4, 1),
            "seed: not the seeds of the data set",
        ),
        (lambda s: s["train"]["row_id"].__setitem__(4, 9), "row_id is not"),
        (
            lambda s: s["test"]["parameters"].__setitem__(2, s["train"]["parameters"][7]),
            "test row 1000002 has the parameters of train row 7",
        ),
        (lambda s: s.pop("test"), "asked for"),
    ],
)
def test_arrays_that_break_physics_are_not_written(tmp_path, break_it, message):
    splits = {s: make_split(SPEC, s) for s in SPEC.rows}
    break_it(splits)
    with pytest.raises(WorkError, match=message):
        write_config(tmp_path / "d", None, SPEC, splits, PROVENANCE)
    assert not (tmp_path / "d").exists()


def test_data_do_not_go_into_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    for out, private in (("file", "x"), ("file/in", "x"), ("x", "file"), ("x", "file/in")):
        with pytest.raises(RequestError, match="file is a file, and data go into a folder"):
            writing.check_target(tmp_path / out, tmp_path / private)


def test_private_folder_may_not_be_inside_the_public_one(tmp_path):
    splits = {s: make_split(SPEC, s) for s in SPEC.rows}
    for private in (tmp_path / "d", tmp_path / "d" / "private", tmp_path):
        with pytest.raises(RequestError, match="neither may be inside the other"):
            write_config(tmp_path / "d", private, SPEC, splits, PROVENANCE)


def test_public_data_may_not_go_into_a_private_folder(synthetic_folder, tmp_path):
    splits = {s: make_split(SPEC, s) for s in SPEC.rows}
    with pytest.raises(RequestError, match="is a private data set folder"):
        write_config(synthetic_folder.private, tmp_path / "p", SPEC, splits, PROVENANCE)


def test_default_private_folder_is_the_sibling(tmp_path):
    assert private_folder(tmp_path / "demo") == tmp_path / "demo-private"
    assert public_folder(tmp_path / "demo-private") is None
    (tmp_path / "demo").mkdir()
    assert public_folder(tmp_path / "demo-private") == tmp_path / "demo"
    assert public_folder(tmp_path / "demo") is None
