"""While a season is open, no page and no route shows anything that hidden labels enter but the
values that were told: two boards whose labels differ, and whose told values do not, look the same.
"""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from fastapi.testclient import TestClient

from builders.folders.writing import write_config
from leaderboard import views
from leaderboard.api.application import application
from leaderboard.board.service import Board
from leaderboard.board.withdrawal import withdraw
from leaderboard.cells import Answer
from leaderboard.display.place import BoardPlace
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import PROVENANCE, SyntheticFolder
from tests.leaderboard.answers import cell, exact, metadata, open_season
from tests.leaderboard.views.test_app import opened

SPREAD, MIDDLE = 0.4, 0.11  # of labels: such that they keep their bounds when they are moved
APART = 0.1  # of the two boards' labels
# Errors in the labels of the first board; in those of the second their distances from 0.1. All near
# 0.05 lie in one step of the grid of told errors, 0.0490 to 0.0506, and in the other order there.
ENTRIES = (
    *(("ada", "first", 0.0496), ("eve", "second", 0.05), ("max", "third", 0.0504)),
    *(("ada", "held back", 0.0498), ("eve", "held back far", 0.2), ("bob", "goes", 0.0502)),
)
TASKS = ("correlation", "renyi2")
RANDOM = re.compile(rb"[0-9a-f]{32,64}|(view|param)_\d+")
ROUTES = ("board", "cells", "submissions", "records", "records?format=csv", "log", "season", "feed")


class Clock(datetime):
    """Stands still."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime(2027, 1, 1, tzinfo=tz)


def labelled(data: SyntheticFolder, root: Path, offset: float) -> SyntheticFolder:
    """The data with a smaller spread of labels, moved by a number one way in half of the rows and
    the other way in the others, within the bounds that labels have.
    """
    test = dict(data.splits["test"])
    for name in TASKS:
        signs = _signs(data).reshape(-1, *[1] * (test[name].ndim - 1))
        test[name] = (SPREAD * test[name] + MIDDLE + offset * signs).astype(np.float32)
        if name == "correlation":
            test[name][:, *np.diag_indices(data.spec.size.sites)] = 1.0
    splits = data.splits | {"test": test}
    public, private = root / "demo", root / "demo-private"
    write_config(public, private, data.spec, splits, PROVENANCE)
    return replace(data, public=public, private=private, splits=splits)


def _signs(data: SyntheticFolder) -> np.ndarray:
    return np.where(data.splits["test"]["row_id"] % 2, 1.0, -1.0)


def filled(place: BoardPlace, data: SyntheticFolder) -> list[str]:
    """Ids of a live season's entries, the same for both boards; the board is left closed."""
    board = Board.open(place.store, place.data, place.private, sign_in="required")
    open_season(board, data, "s", 9)
    path, made = Path(place.store).with_name("p.parquet"), []
    for account, name, error in ENTRIES:
        cells = {}
        for task in TASKS:
            row_id = data.splits["test"]["row_id"]
            values = SPREAD * exact(data, task) + MIDDLE + error * _signs(data)[:, None]
            cells[cell(data, task)] = Answer(row_id, values.astype(np.float32))
        write_submission(path, cells, metadata(name=name, parameters=len(name)))
        made.append(board.submit(path, account=account).id)
    withdraw(board, made[-1], "bob")
    told = [board.submission(id_).scores[cell(data)]["rmse"].value for id_ in made]
    assert told == [told[0]] * 3 + [None, None, told[0]]
    board.close()
    return made


def seen(place: BoardPlace, data: SyntheticFolder, ids: list[str]) -> dict[str, bytes]:
    """Page or route → all that it says, without random numbers."""
    found = {}
    pages: list[tuple[str, dict[str, Any]]] = [(name, {}) for name in views.names()]
    pages += [("entry", {"id": id_}) for id_ in ids[2:]]
    pages += [("compare", {"m": ids[:3]}), ("cost", {"cost": "parameters"})]
    for name, query in pages:
        app = opened(name, **query)
        found[f"{name} {query}"] = b"\n".join(
            node.proto.SerializeToString(deterministic=True)
            for node in (*app.main, *app.sidebar)
            if getattr(node, "proto", None) is not None
        )
    board = place.open()
    key = cell(data)
    ours = [f"cells/{key.config}/{key.task}/{key.n}/{key.shots}"]
    ours += [f"submissions/{id_}" for id_ in ids]
    with TestClient(application(lambda: board)) as client:
        for route in (*ROUTES, *ours):
            answer = client.get(f"/{route}")
            assert answer.status_code == 200, answer.text
            found[route] = answer.content
        for id_ in ids:
            assert client.get(f"/submissions/{id_}/predictions").status_code == 409
    board.close()
    return {name: RANDOM.sub(b"#", said) for name, said in found.items()}


@pytest.mark.slow
def test_labels_enter_by_told_values_alone(synthetic_folder, tmp_path, monkeypatch) -> None:
    for room in ("leaderboard.store.store", "leaderboard.store.decisions"):
        monkeypatch.setattr(f"{room}.datetime", Clock)
    monkeypatch.setattr("leaderboard.seasons.seasons.datetime", Clock)
    monkeypatch.setattr("leaderboard.seasons.seasons._new_salt", lambda: "a salt")
    views_of: list[dict[str, bytes]] = []
    for offset in (0.0, APART):
        # At the same place, with the very same files of predictions.
        data = labelled(synthetic_folder, tmp_path / "now", offset)
        place = BoardPlace(str(tmp_path / "now" / "board"), str(data.public), str(data.private))
        for name, value in place.to_environment().items():
            monkeypatch.setenv(name, value)
        ids = filled(place, synthetic_folder)
        views_of.append(seen(place, data, ids))
        st.cache_resource.clear()
        st.cache_data.clear()
        (tmp_path / "now").rename(tmp_path / f"labels moved by {offset}")
    first, second = views_of
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
