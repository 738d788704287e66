"""GET /data/{config}: what a config holds, as a folder in one zip file."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import yaml
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from builders.core.errors import UnknownError
from builders.dataset import manifest
from leaderboard.api.answers import documented
from leaderboard.api.lookups import Name, Ours

TYPE = "application/zip"
_CHUNK = 2**20
_CARD = "README.md"
_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold, so that bytes are the same
router = APIRouter()
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {TYPE: {}}},
    **documented(404, 422, 503),
}


@router.get("/data/{config}", response_class=StreamingResponse, responses=_ANSWERS)
def data(board: Ours, config: Name) -> StreamingResponse:
    """The public rows of a config as a zip file. Unpacked it is a data set folder, which
    `qslbench.load` and `datasets.load_dataset` read; labels of test rows are withheld.
    """
    folder = board.settings.data
    if folder is None:
        raise UnknownError("this board was opened without data.")
    files = files_of(folder, config)
    headers = {"Content-Disposition": f'attachment; filename="{config}.zip"'}
    return StreamingResponse(zipped(files, folder.name), media_type=TYPE, headers=headers)


def files_of(folder: Path, config: str) -> dict[str, Path | bytes]:
    """Path inside a data set folder → the file, or its bytes, of all that a config needs, sorted.

    Raises:
        RequestError: no such config.
    """
    known = manifest.read(folder)
    rows = [path for files in known.splits(config).values() for path in files]
    files: dict[str, Path | bytes] = {
        name: folder / name for name in [*rows, *known.texts(config), manifest.NAME]
    }
    card = folder / _CARD
    if card.is_file():
        files[_CARD] = only(card.read_text(encoding="utf-8"), config).encode()
    return dict(sorted(files.items()))


def only(card: str, config: str) -> str:
    r"""A card whose head names one config alone: `load_dataset` looks for the files of all that
    are named, whichever is asked for.

    >>> print(only("---\nconfigs:\n- config_name: a\n- config_name: b\n---\n# Title", "b"))
    ---
    configs:
    - config_name: b
    ---
    # Title
    """
    _, head, body = card.split("---\n", 2)
    facts = yaml.safe_load(head)
    for key in ("configs", "dataset_info"):
        if key in facts:
            facts[key] = [one for one in facts[key] if one["config_name"] == config]
    text = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True)
    return f"---\n{text}---\n{body}"


def zipped(files: Mapping[str, Path | bytes], root: str) -> Iterator[bytes]:
    """The bytes of a zip file as it is made. Nothing is packed, as Parquet is already, and nothing
    is kept: a reader who waits costs a chunk.

    Args:
        files: as `files_of` gives them.
        root: folder that they are put into.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as out:  # type: ignore[call-overload]
        for name, given in files.items():
            about = zipfile.ZipInfo(f"{root}/{name}", _DATE)
            about.external_attr = 0o644 << 16
            with _opened(given) as stream, out.open(about, "w", force_zip64=True) as to:
                while chunk := stream.read(_CHUNK):
                    to.write(chunk)
                    yield sink.taken()
    yield sink.taken()


def _opened(given: Path | bytes) -> IO[bytes]:
    return io.BytesIO(given) if isinstance(given, bytes) else given.open("rb")


class _Sink:
    """A file that can be written to and not gone back in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
