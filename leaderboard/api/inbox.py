"""POST /submissions: a file comes in, the receipt goes out at once."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from fastapi import APIRouter, HTTPException, Request
from fastapi.datastructures import FormData
from fastapi.responses import JSONResponse

from leaderboard.api.answers import answer, documented, status_of
from leaderboard.api.callers import Authorization, account_of, refuse_other_sites
from leaderboard.api.limits import BODY
from leaderboard.board.service import Board
from leaderboard.display.intake import safe_name
from leaderboard.refusals import TooSlowError
from leaderboard.store.records import Receipt, Refusal
from leaderboard.web.uploads import WORKING

T = TypeVar("T")

router = APIRouter()
BODY_SECONDS = 600.0
_WORKERS = ThreadPoolExecutor(4, "submissions")  # two work, see `WORKING`; the others wait for it
_ASKING = ThreadPoolExecutor(4, "accounts")  # who asks is looked up while files are scored
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "Parquet, or CSV under a name that ends in .csv.",
                        },
                        "metadata": {
                            "type": "string",
                            "format": "binary",
                            "description": "A JSON file, needed where `file` holds no metadata.",
                        },
                    },
                }
            }
        },
    }
}


@router.post(
    "/submissions",
    status_code=201,
    openapi_extra=_FORM,
    responses=documented(400, 401, 403, 408, 409, 413, 415, 422, 429, 503),
)
async def submit(
    request: Request,
    authorization: Authorization = None,
) -> JSONResponse:
    """Validate, score and store a file; the answer is its receipt, or says why it is refused."""
    refuse_other_sites(request)
    board: Board = await _in_thread(_ASKING, request.app.state.board)
    account = await _in_thread(_ASKING, lambda: account_of(board, authorization))
    client = account or (request.client.host if request.client else "")
    request.app.state.throttle.count(client)
    with request.app.state.slots.taken(client, request.scope[BODY]):
        try:
            async with asyncio.timeout(BODY_SECONDS):
                form = await request.form(max_files=2, max_fields=2)
        except TimeoutError:
            raise TooSlowError(f"the body took more than {BODY_SECONDS:g} seconds.") from None
        try:
            file, sidecar = _files(request, form)
            # One file of a client at a time, so that nobody has all that work.
            async with request.app.state.turns.of(client):
                outcome = await _in_thread(_WORKERS, lambda: _take(board, file, sidecar, account))
        finally:
            await form.close()
    if isinstance(outcome, Receipt):
        return answer(201, outcome.to_json())
    assert outcome.error is not None
    return answer(status_of(outcome.error), {"error": outcome.reason, **outcome.to_json()})


def _files(request: Request, form: FormData) -> tuple[Any, Any]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "a body of type multipart/form-data is needed.")
    file, sidecar = form.get("file"), form.get("metadata")
    if file is None or isinstance(file, str):
        raise HTTPException(400, "the form needs a part 'file' that is a file.")
    if isinstance(sidecar, str):
        raise HTTPException(400, "the part 'metadata' of the form must be a file.")
    return file, sidecar


def _take(board: Board, file: Any, sidecar: Any, account: str) -> Receipt | Refusal:
    """Let the board read the file under a name that is safe, its metadata beside it."""
    with tempfile.TemporaryDirectory(prefix="qslbench-upload-") as folder:
        path = Path(folder) / "upload" / safe_name(file.filename or "")
        _write(file.file, path)
        beside = path.with_suffix(".json")
        if sidecar is not None and beside != path:
            _write(sidecar.file, beside)
        with WORKING:
            return board.attempt(path, account=account)


def _write(stream: BinaryIO, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as out:
        shutil.copyfileobj(stream, out, 2**20)
        os.fchmod(out.fileno(), 0o600)


async def _in_thread(threads: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, call)
