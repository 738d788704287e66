"""GET routes: what the pages show, for programs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from pydantic import AfterValidator

from builders.core.errors import UnknownError
from leaderboard.api.answers import documented
from leaderboard.board import scores_table
from leaderboard.board.scores_table import TYPES, Format
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.ranking.export import ranking_csv, ranking_json
from leaderboard.track import EXACT, STANDARD, known_track

router = APIRouter(responses=documented(404, 409, 422, 503))
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_]{1,200}$")]
Filter = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_]{1,200}$")]
Count = Annotated[int, Path(ge=1, le=2**31 - 1)]  # what every database can compare with
Shots = Annotated[int, Path(ge=0, le=2**31 - 1, description="0 stands for exact labels.")]
TRACKS = "What the training data are: standard, exact, random, random-inputs or from:CONFIG."
Track = Annotated[
    str,
    Query(pattern=r"^[A-Za-z0-9_:-]{1,200}$", description=TRACKS),
    AfterValidator(known_track),
]
Id = Annotated[str, Path(pattern=r"^([0-9a-f]{12}|[0-9a-f]{20}|refused-[0-9]{1,9})$")]
Offset = Annotated[int, Query(ge=0, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=1000)]


def _board(request: Request) -> Board:
    board: Board = request.app.state.board()
    return board


def _also_as(*forms: Format) -> dict[int | str, dict[str, Any]]:
    """What a route can answer with beside JSON, for its description."""
    return {200: {"content": {TYPES[form]: {} for form in forms}}}


Ours = Annotated[Board, Depends(_board)]


@router.get("/board")
def overall(board: Ours, config: Filter = None, task: Filter = None) -> JSONResponse:
    """The ranking of models over a short list of cells, or those of a config or task: class by
    class, best mean skill first. `answered` says with which entry a model answers a cell; a cell
    that it does not answer counts as skill 0.
    """
    keys = [key for key in board.curated() if _meant(key, config, task)]
    lines = [
        {
            "rank": one.rank,
            "name": one.model.name,
            "authors": one.model.authors,
            "version": one.model.version,
            "entry_class": one.model.entry_class,
            "mean_skill": one.mean_skill.to_json(),
            "mean_rank": one.mean_rank.to_json(),
            "answered": [key._asdict() | {"id": id_} for key, id_ in one.answered.items()],
        }
        for one in board.models(keys)
    ]
    return JSONResponse({"cells": [key._asdict() for key in keys], "ranking": lines})


@router.get("/cells")
def cells(board: Ours, track: Track = STANDARD) -> JSONResponse:
    """The cells of a track that have a submission, and the tracks that have cells."""
    every = board.cells()
    keys = [key._asdict() for key in every if key.track == track]
    return JSONResponse({"cells": keys, "tracks": sorted({key.track for key in every})})


@router.get("/cells/{config}/{task}/{n}/{shots}", responses=_also_as("csv"))
def cell(
    board: Ours,
    config: Name,
    task: Name,
    n: Count,
    shots: Shots,
    track: Track = STANDARD,
    format: Literal["json", "csv"] = "json",  # noqa: A002
) -> Response:
    """The ranking of one cell, best first; entries that cannot be told apart share a rank. Cells of
    0 shots are of the track `exact`.
    """
    key = CellKey(config, task, n, shots, track if shots or track != STANDARD else EXACT)
    rows = board.ranking(*key)
    if not rows:
        raise UnknownError(f"no submission answers the cell {key}. GET /cells lists those there.")
    if format == "csv":
        headers = _attached(f"{key.file_name}.csv")
        return Response(ranking_csv(rows), media_type="text/csv", headers=headers)
    return JSONResponse(ranking_json(key, rows))


@router.get("/submissions")
def submissions(board: Ours, offset: Offset = 0, limit: Limit = 100) -> JSONResponse:
    """The accepted submissions, oldest first, without their scores."""
    return JSONResponse({"submissions": [h.to_json() for h in board.heads(offset, limit)]})


@router.get("/submissions/{id}")
def submission(board: Ours, id: Id) -> JSONResponse:  # noqa: A002
    """The status of a submission: scored, with every score; or refused, with the reason."""
    return JSONResponse(board.status(id).to_json())


@router.get(
    "/submissions/{id}/predictions", response_class=FileResponse, responses=_also_as("parquet")
)
def predictions(board: Ours, id: Id) -> FileResponse:  # noqa: A002
    """The predictions of a submission as Parquet; not before its season has been closed."""
    return FileResponse(
        board.predictions(id), media_type=TYPES["parquet"], filename=f"{id}.parquet"
    )


@router.get("/records", responses=_also_as("csv", "parquet"))
def records(
    board: Ours,
    format: Format = "json",  # noqa: A002
    config: Filter = None,
    task: Filter = None,
    track: Track = STANDARD,
) -> StreamingResponse:
    """Every score of a track in the latest season, a line each."""
    stream = scores_table.written(board, format, config, task, track)
    name = f"records.{format}"
    return StreamingResponse(
        scores_table.chunks(stream), media_type=TYPES[format], headers=_attached(name)
    )


@router.get("/log")
def log(board: Ours, after: Offset = 0, limit: Limit = 100) -> JSONResponse:
    """The decisions of the board, oldest first, once their hash chain has been checked; and the
    last one, for readers to note.
    """
    entries = board.log(after, limit)
    return JSONResponse({"entries": entries, "head": board.log_head().to_json()})


@router.get("/season")
def season(board: Ours) -> JSONResponse:
    """The season that was opened last, and whether its private half is still hidden."""
    latest, (_, live) = board.season(), board.scope()
    facts: dict[str, Any] = {"season": None} if latest is None else latest.to_json()
    return JSONResponse(facts | {"live": live})


def _meant(key: CellKey, config: str | None, task: str | None) -> bool:
    return config in (None, key.config) and task in (None, key.task)


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
