"""The Parquet recipe: exact round trip, encodings, hashes, nulls, shards."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders import families
from builders.core.column import Column
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import parquet
from builders.dataset.schema import columns
from builders.dataset.spec import BuildSpec
from tests.builders.synthetic import make_split

SPEC = BuildSpec("xxz_1d", Size(6), {"train": 120}, shots=4, seed=1)
COLS = columns(families.load(SPEC.family), SPEC.size, SPEC.shots)


@pytest.fixture(scope="module")
def arrays():
    return make_split(SPEC, "train")


def test_round_trip_keeps_every_bit_dtype_and_shape_and_gives_writable_arrays(tmp_path, arrays):
    parquet.write(tmp_path / "a.parquet", COLS, arrays, 120)
    table = parquet.read_table(tmp_path / "a.parquet")
    for c in COLS:
        back = parquet.to_numpy(table[c.name])
        assert back is not None
        assert (back.dtype, back.shape) == (np.dtype(c.dtype), (120, *c.shape))
        assert back.tobytes() == arrays[c.name].tobytes()
        assert back.flags.writeable


def groups(path):
    """Rows of each row group."""
    metadata = pq.ParquetFile(path).metadata
    return [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]


def test_file_follows_the_recipe(tmp_path, arrays, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_BYTES", 50 * parquet.row_bytes(COLS))
    parquet.write(tmp_path / "a.parquet", COLS, arrays, 120)
    metadata = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert groups(tmp_path / "a.parquet") == [50, 50, 20]
    group = metadata.row_group(0)
    found = {}
    for k in range(group.num_columns):
        leaf = group.column(k)
        assert leaf.compression == "ZSTD"
        assert leaf.has_offset_index
        found[leaf.path_in_schema.split(".")[0]] = set(leaf.encodings)
    for c in COLS:
        assert ("RLE_DICTIONARY" in found[c.name]) == (c.name == "shots"), c.name
        assert ("BYTE_STREAM_SPLIT" in found[c.name]) == c.dtype.startswith("float"), c.name


def test_no_extension_type_is_written(tmp_path, arrays):
    parquet.write(tmp_path / "a.parquet", COLS, arrays, 120)
    schema = parquet.read_schema(tmp_path / "a.parquet")
    assert not any(isinstance(f.type, pa.BaseExtensionType) for f in schema)
    assert pa.types.is_fixed_size_list(schema.field("shots").type.value_type)
    # A label may be withheld, and pyarrow before 26 reads no null of a fixed-size list.
    assert pa.types.is_list(schema.field("correlation").type.value_type)


def test_two_writes_are_the_same_bytes(tmp_path, arrays):
    for name in ("a.parquet", "b.parquet"):
        parquet.write(tmp_path / name, COLS, {k: v.copy() for k, v in arrays.items()}, 120)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_absent_columns_are_nulls_of_the_same_type(tmp_path, arrays):
    given = {k: v for k, v in arrays.items() if k != "correlation"}
    parquet.write(tmp_path / "a.parquet", COLS, arrays, 120)
    parquet.write(tmp_path / "b.parquet", COLS, given, 120)
    assert parquet.read_schema(tmp_path / "a.parquet") == parquet.read_schema(
        tmp_path / "b.parquet"
    )
    table = parquet.read_table(tmp_path / "b.parquet")
    assert table["correlation"].null_count == 120
    assert parquet.to_numpy(table["correlation"]) is None
    assert parquet.to_numpy(table["renyi2"]) is not None


def test_some_nulls_are_refused():
    column = pa.chunked_array([pa.array([1.0, None])])
    with pytest.raises(RequestError, match="1 of 2 values are null"):
        parquet.to_numpy(column)


def test_lists_of_several_lengths_are_refused():
    column = pa.chunked_array([pa.array([[1.0, 2.0], [1.0]])])
    with pytest.raises(RequestError, match="its lists have 1 to 2 values"):
        parquet.to_numpy(column)


def test_content_hash_sees_values_and_nulls_and_not_memory_order(arrays):
    plain = parquet.content_hash(COLS, arrays)
    turned = arrays | {"shots": np.asfortranarray(arrays["shots"])}
    assert parquet.content_hash(COLS, turned) == plain
    bent = arrays | {"energy": np.nextafter(arrays["energy"], 0)}
    assert parquet.content_hash(COLS, bent) != plain
    less = {k: v for k, v in arrays.items() if k != "energy"}
    assert parquet.content_hash(COLS, less) != plain


@pytest.mark.parametrize("rows", [1, 49, 50, 51, 1000])
def test_shards_cover_the_rows_in_whole_groups(rows):
    pieces = parquet.shards(rows, 100_000, limit=10_000_000)
    assert [k for p in pieces for k in range(p.start, p.stop)] == list(range(rows))
    assert all((p.stop - p.start) % 50 == 0 for p in pieces[:-1])
    assert max(p.stop - p.start for p in pieces) <= 100


@pytest.mark.parametrize("rows", [1, 1572, 1573, 10_000])
def test_shards_of_small_rows_are_whole_groups_too(rows):
    assert parquet.rows_in_group(1000) == 1572  # 1.5 MiB of them
    pieces = parquet.shards(rows, 1000, limit=4_000_000)
    assert [k for p in pieces for k in range(p.start, p.stop)] == list(range(rows))
    assert all(p.stop - p.start == 2 * 1572 for p in pieces[:-1])
    # A group is never cut, however small the limit.
    assert parquet.shards(rows, 1000, limit=1)[0].stop == min(rows, 1572)


@pytest.mark.parametrize(
    ("name", "size", "shots"),
    [
        *(("heisenberg_1d", Size(n), 512) for n in (48, 63, 100, 127, 1024)),
        ("heisenberg_2d", Size.parse("9x5"), 1000),
    ],
)
def test_row_groups_of_large_rows_hold_fifty(name, size, shots):
    """As in folders of format 1: a reader of a few rows fetches 2 to 6 MB of tokens at most."""
    bytes_a_row = parquet.row_bytes(columns(families.load(name), size, shots))
    assert parquet.rows_in_group(bytes_a_row) == 50


def test_a_million_rows_of_three_bytes_are_in_few_groups(tmp_path):
    rows = 1_000_000
    events = Column("events", "uint8", (3,), "1", "packed detection events")
    given = {"events": np.random.default_rng(0).integers(0, 256, (rows, 3), dtype=np.uint8)}
    parquet.write(tmp_path / "a.parquet", [events], given, rows)
    assert groups(tmp_path / "a.parquet") == [2**19, rows - 2**19]
    # With row_id, seed and observable of 8 bytes each, as detection events have them.
    assert -(-rows // parquet.rows_in_group(27)) == 18
    assert len(parquet.shards(rows, 27)) == 1
    back = parquet.to_numpy(parquet.read_table(tmp_path / "a.parquet")["events"])
    assert np.array_equal(back, given["events"])


def test_a_file_that_is_not_parquet_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"\x7fELF" + bytes(200))
    for read in (parquet.read_table, parquet.read_schema):
        with pytest.raises(RequestError, match=r"a\.parquet cannot be read as Parquet"):
            read(tmp_path / "a.parquet")
