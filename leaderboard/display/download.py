"""What a page shows, as files."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from leaderboard.ranking.export import lines_csv


@dataclass(frozen=True)
class File:
    """One format.

    Attributes:
        suffix: of its name, without a dot.
        mime: its media type.
        content: pyarrow Table → bytes.
    """

    suffix: str
    mime: str
    content: Callable[[Any], bytes]


def _csv(table: Any) -> bytes:
    return lines_csv(table.to_pylist()).encode()


def _json(table: Any) -> bytes:
    return json.dumps(table.to_pylist(), indent=1, ensure_ascii=False).encode()


def _parquet(table: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


FORMATS = {
    "CSV": File("csv", "text/csv", _csv),
    "JSON": File("json", "application/json", _json),
    "Parquet": File("parquet", "application/vnd.apache.parquet", _parquet),
}


def flat(lines: list[dict[str, Any]]) -> Any:
    """Lines with the same keys as a pyarrow Table; lines of other cells may lack a metric."""
    names = dict.fromkeys(name for line in lines for name in line)
    return pa.table({name: [line.get(name) for line in lines] for name in names})
