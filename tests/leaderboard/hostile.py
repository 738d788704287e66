"""Files that somebody made to do harm, and a process that measures what reading them takes.

    python -m tests.leaderboard.hostile FILE …

prints a JSON line for each file: `said`, None if it was read; `cpu`, seconds of this process and of
the reader; and the peaks of their memory so far, in MB.
"""

import base64
import json
import pickle
import re
import resource
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from builders.core.errors import RequestError
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.submission import read_submission

HEAD = b"config,task,n,shots,row_id,prediction\n"
ROW = {"config": "tfim_1d_n008", "task": "renyi2", "n": 1, "shots": 1, "row_id": 0}
# Not from `answers`, whose imports would be most of the memory that is measured.
ABOUT = Metadata(name="m", authors=("A",), entry_class="learned", uses_test_shots=False)
Maker = Callable[[Path], None]


def _put(path: Path, rows: int = 1, inside: str | None = None, **changes) -> None:
    one = ROW | {"prediction": pa.scalar([0.0], pa.list_(pa.float32()))}
    table = pa.table({name: pa.repeat(value, rows) for name, value in one.items()} | changes)
    text = ABOUT.model_dump_json() if inside is None else inside
    pq.write_table(table.replace_schema_metadata({"qslbench": text}), path, compression="zstd")


def _lists(rows: int, length: int) -> pa.Array:
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * length)
    return pa.ListArray.from_arrays(offsets, pa.array(np.zeros(rows * length, np.float32)))


def values(path: Path) -> None:
    """30 million zeros in a few kB."""
    _put(path, 300, row_id=np.arange(300), prediction=_lists(300, 100_000))


def bits(path: Path) -> None:
    """Five million rows of one bit in a few kB."""
    rows = 5_000_000
    _put(path, rows, row_id=np.arange(rows), prediction=pa.repeat(True, rows))


def bit_lists(path: Path) -> None:
    """30 million bits in a few kB."""
    offsets = pa.array(np.arange(301, dtype=np.int32) * 100_000)
    column = pa.ListArray.from_arrays(offsets, pa.repeat(False, 30_000_000))
    _put(path, 300, row_id=np.arange(300), prediction=column)


def deviations(path: Path) -> None:
    """30 million standard deviations beside one number a row."""
    _put(path, 300, row_id=np.arange(300), prediction=np.zeros(300), std=_lists(300, 100_000))


def integers(path: Path) -> None:
    """Two million rows of integers that are no bits."""
    rows = 2_000_000
    _put(path, rows, row_id=np.arange(rows), prediction=np.arange(rows) // 10**6 * 7)


def named(path: Path) -> None:
    """A million names of 60 bytes, which take 240 MB as an array of texts."""
    rows = 1_000_000
    _put(path, rows, row_id=np.arange(rows), prediction=pa.repeat("x" * 60, rows))


def most_bits(path: Path) -> None:
    """As many rows as are allowed, mixed, which is no harm."""
    rows = 4_000_000
    ids = np.random.default_rng(0).permutation(rows)
    _put(path, rows, row_id=ids, shots=ids % 4, prediction=ids % 2 == 0)


def most_doubles(path: Path) -> None:
    """16 million values in double precision, which is no harm."""
    column = _lists(128, 2**17 - 1).cast(pa.list_(pa.float64()))
    _put(path, 128, row_id=np.arange(128), prediction=column)


def columns(path: Path) -> None:
    """As many columns as the footer can hold."""
    pq.write_table(pa.table({f"c{k}": pa.array([1], pa.int8()) for k in range(10_000)}), path)


def same_columns(path: Path) -> None:
    one = pa.array([1], pa.int8())
    pq.write_table(pa.Table.from_arrays([one] * 20_000, names=["config"] * 20_000), path)


def nested(path: Path) -> None:
    column = pa.array([0.0], pa.float32())
    for _ in range(60):
        column = pa.ListArray.from_arrays([0, 1], column)
    _put(path, prediction=column)


def names(path: Path) -> None:
    """Half a million names of 180 bytes."""
    _put(path, 500_000, config=[f"{k:0>180}" for k in range(500_000)])


def page(path: Path, length: int = 5_000_000) -> None:
    """A page of 20 MB where the footer speaks of 40 kB: the chunk of another file lies there."""
    _put(path, prediction=[np.random.default_rng(0).random(10_000, dtype=np.float32)])
    large = path.with_suffix(".large")
    table = pa.table({"prediction": _lists(1, length)})
    pq.write_table(table, large, compression="zstd", use_dictionary=False, data_page_size=2**30)
    body, other = bytearray(path.read_bytes()), large.read_bytes()
    start = pq.read_metadata(path).row_group(0).column(5)
    at = start.dictionary_page_offset or start.data_page_offset
    chunk = pq.read_metadata(large).row_group(0).column(0)
    begin = chunk.data_page_offset
    put = other[begin : begin + chunk.total_compressed_size]
    body[at : at + len(put)] = put
    path.write_bytes(body)
    large.unlink()


def large_page(path: Path) -> None:
    """The same with 600 MB."""
    page(path, 150_000_000)


def encrypted(path: Path) -> None:
    """Columns under a key, the footer plain."""
    from pyarrow.parquet import encryption as pe

    class Keys(pe.KmsClient):
        def wrap_key(self, key: bytes, _name: str) -> bytes:
            return base64.b64encode(key)

        def unwrap_key(self, key: bytes, _name: str) -> bytes:
            return base64.b64decode(key)

    how = pe.EncryptionConfiguration(
        footer_key="f", column_keys={"k": ["row_id"]}, plaintext_footer=True
    )
    factory = pe.CryptoFactory(lambda _config: Keys())
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), how)
    table = pa.table({k: [v] for k, v in (ROW | {"prediction": [0.0]}).items()})
    with pq.ParquetWriter(path, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)


def footer(path: Path) -> None:
    _put(path)
    body = bytearray(path.read_bytes())
    body[-400:-8] = body[-400:-8][::-1]
    path.write_bytes(body)


def large_metadata(path: Path) -> None:
    _put(path, inside=" " * 10_000_000)


def pickled(path: Path) -> None:
    class Bomb:
        def __reduce__(self):
            return (Path.touch, (path.with_suffix(".executed"),))

    path.write_bytes(pickle.dumps(Bomb()))


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("p.parquet")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")


def tarred(path: Path) -> None:
    link = tarfile.TarInfo("../../p.parquet")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(path, "w") as archive:
        archive.addfile(link)


def _text(head: bytes, part: bytes = b"", times: int = 0, tail: bytes = b"") -> Maker:
    """Made when it is written: a process that measures must not hold it."""
    return lambda path: path.write_bytes(head + part * times + tail) and None


_ONE = b'tfim_1d_n008,renyi2,1,1,0,"[0.5]"\n'
SMALL: dict[str, Maker] = {
    **{f"{make.__name__}.parquet": make for make in (values, columns, same_columns, nested)},
    **{f"{make.__name__}.parquet": make for make in (names, page, encrypted, footer)},
    **{f"{make.__name__}.parquet": make for make in (large_metadata, pickled, zipped, tarred)},
    **{f"{make.__name__}.parquet": make for make in (bits, bit_lists, deviations, named)},
    "pickled.csv": pickled,
    "zipped.csv": zipped,
    "tarred.csv": tarred,
    "utf16.csv": _text((HEAD + _ONE).decode().encode("utf-16")),
    "latin1.csv": _text(HEAD + "tfim_é,renyi2,1,1,0,[0.5]\n".encode("latin-1")),
    "nul.csv": _text(HEAD + b"tfim\0,renyi2,1,1,0,[0.5]\n", b"\0", 1000),
    "integer.csv": _text(HEAD + b'tfim,renyi2,1,1,99999999999999999999,"[0.5]"\n'),
    "digits.csv": _text(HEAD + b'tfim,renyi2,1,1,0,"[', b"1", 10_000_000, b'x]"\n'),
}
LARGE: dict[str, Maker] = {
    "integers.parquet": integers,
    "bits.csv": _text(HEAD, b"a,renyi2,1,1,0,1\n", 5_000_000),
    "mixed.csv": _text(HEAD, b"a,renyi2,1,1,0,1\n", 3_000_000, b"a,renyi2,1,1,0,x\n"),
    "large_page.parquet": large_page,
    "line.csv": _text(b"", b"x", 120 * 2**20),
    "quotes.csv": _text(HEAD, b'"', 100 * 2**20),
    "commas.csv": _text(HEAD, b",", 100 * 2**20),
    "row.csv": _text(HEAD + b'a,renyi2,1,1,0,"[', b"0,", 15_000_000, b'0]"\n'),
    "rows.csv": _text(HEAD, b'a,renyi2,1,1,0,"[0]"\n', 5_000_000),
}


def measured(path: Path) -> dict:
    before, said = _cpu(), None
    try:
        read_submission(path)
    except RequestError as error:
        said = str(error)
    status = Path("/proc/self/status").read_text()
    own = int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1000
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    return {"said": said, "cpu": _cpu() - before, "own": own, "reader": reader}


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(measured(Path(name))), flush=True)
