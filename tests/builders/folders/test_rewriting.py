"""Files of the layout before: read and checked as ever, not published, written again."""

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.core.errors import RequestError
from builders.dataset import manifest, parquet
from builders.dataset.config import config_columns
from builders.folders.loading import load
from builders.folders.rewriting import earlier_files, rewrite
from builders.folders.verify import verify_folder
from builders.publishing.upload import public_upload
from tests.builders.folders.test_writing import tree
from tests.builders.forging import relist
from tests.builders.synthetic import SPEC, make_folder


def fixed(column):
    """The type of a column in files of the layout before."""
    kind = column.arrow_type
    for _ in column.shape:
        kind = kind.value_type
    for length in reversed(column.shape):
        kind = pa.list_(pa.field("element", kind), length)
    return kind


def earlier(root):
    """Give every data file of a folder the layout before, with all hashes in line."""
    found = manifest.read(root)
    cols = config_columns(found, SPEC.config)
    for name, entry in found.files.items():
        if entry.config != SPEC.config:
            continue
        table = parquet.read_table(root / name)
        schema = pa.schema([c.field.with_type(fixed(c)) for c in cols])
        table = pa.table(
            [
                pa.nulls(len(table), f.type) if column.null_count else column.cast(f.type)
                for f, column in zip(schema, table.columns, strict=True)
            ],
            schema=schema,
        )
        pq.write_table(table, root / name)
        relist(root, name)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A folder as this version writes it, and one of the layout before with the same values."""
    now = make_folder(tmp_path_factory.mktemp("now"))
    before = now.public.parent.with_name("before")
    shutil.copytree(now.public.parent, before, dirs_exist_ok=True)
    earlier(before / now.public.name)
    earlier(before / now.private.name)
    return now, before


def test_no_stored_null_is_a_fixed_size_list(pair):
    """pyarrow before 26 cannot read a file that has one."""
    now, _ = pair
    for path in now.public.rglob("*.parquet"):
        for column in parquet.read_table(path).columns:
            assert not (column.null_count and pa.types.is_fixed_size_list(column.type)), path


def test_earlier_files_are_read_and_checked(pair):
    now, before = pair
    assert verify_folder(before / "demo").ok
    assert verify_folder(before / "demo-private").ok
    old = load(before / "demo", SPEC.config)
    for split, arrays in load(now.public, SPEC.config).splits.items():
        assert old[split].keys() == arrays.keys()
        assert all(old[split][name].tobytes() == arrays[name].tobytes() for name in arrays)


def test_they_are_written_again_without_another_value(pair, tmp_path, door):
    now, before = pair
    shutil.copytree(before, tmp_path, dirs_exist_ok=True)
    folder = tmp_path / "demo"
    with pytest.raises(RequestError, match=rf"pyarrow before 26.* qslbench card {folder} --files"):
        public_upload(folder, tmp_path / "demo-private")
    status, said, _ = door("card", folder, "--files")
    assert status == 0
    assert f"{folder}/data/{SPEC.config}/test-00000-of-00001.parquet" in said
    assert rewrite(tmp_path / "demo-private")
    for name in ("demo", "demo-private"):
        assert earlier_files(tmp_path / name, manifest.read(tmp_path / name)) == []
        assert rewrite(tmp_path / name) == []
    # Byte for byte what was written in the first place, the time of the build included.
    assert tree(folder) == tree(now.public)
    assert tree(tmp_path / "demo-private") == tree(now.private)
    public_upload(folder, tmp_path / "demo-private")


def test_a_damaged_file_is_not_written_again(pair, tmp_path):
    _, before = pair
    shutil.copytree(before, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "demo" / f"data/{SPEC.config}/train-00000-of-00001.parquet"
    relist(tmp_path / "demo", file.relative_to(tmp_path / "demo").as_posix(), content="0" * 64)
    seen = tree(tmp_path)
    with pytest.raises(RequestError, match="its values are not those of the manifest"):
        rewrite(tmp_path / "demo")
    assert tree(tmp_path) == seen
