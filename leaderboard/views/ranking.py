"""The ranking of one cell: table, dot plot, downloads."""

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display import ranking_chart, sentences, session, standing
from leaderboard.export import ranking_csv, ranking_json
from leaderboard.records import Row
from leaderboard.service import Board
from leaderboard.task import Task


def page() -> None:
    """The whole page."""
    st.title("Ranking")
    board = session.board()
    cells = board.cells()
    if not cells:
        st.info("Nobody has submitted yet. The first file of predictions opens the ranking.")
        st.page_link("views/submit.py", label="Submit predictions", icon=":material/upload_file:")
        return
    key = _chosen(cells)
    task = tasks.load(key.task)
    rows = board.ranking(*key)
    st.markdown(sentences.cell_sentence(key, _test_rows(board, key.config)))
    _table(task, rows)
    _downloads(key, rows)
    st.subheader(f"{task.title}: {sentences.metric_title(task.primary)}")
    st.markdown(sentences.metric_sentence(task))
    if any(row.score.value is not None for row in rows):
        st.altair_chart(ranking_chart.dots(rows))
        st.caption(
            "Band: the interval of the best entry. Diamonds: entries that use the shots of the "
            "test rows."
        )
    with st.expander("What the other metrics mean"):
        st.markdown(sentences.metrics_list(task))
    with st.expander("Everything that was stated about an entry"):
        _entry(rows)


def _chosen(cells: Sequence[CellKey]) -> CellKey:
    """The cell of the four boxes, which offer only what has a submission."""
    columns = st.columns([4, 3, 1.5, 1.5])
    with columns[0]:
        configs = sorted({key.config for key in cells})
        config = session.choose(
            "Config",
            configs,
            "config",
            show=lambda name: f"{name} · {sentences.config_title(name)}",
            help="Family of Hamiltonians and system size.",
        )
    left = [key for key in cells if key.config == config]
    with columns[1]:
        names = sorted({key.task for key in left})
        task = session.choose("Task", names, "task", show=lambda name: tasks.load(name).title)
    left = [key for key in left if key.task == task]
    with columns[2]:
        counts = sorted({key.n for key in left})
        n = session.choose("n", counts, "n", default=-1, help="Training Hamiltonians.")
    left = [key for key in left if key.n == n]
    with columns[3]:
        shots = session.choose(
            "M",
            sorted({key.shots for key in left}),
            "M",
            default=-1,
            help="Shots of each Hamiltonian.",
        )
    return CellKey(config, task, n, shots)


def _test_rows(board: Board, config: str) -> int | None:
    folder = board.settings.data
    if folder is None:
        return None
    entry = session.found_manifest(folder).configs.get(config)
    return None if entry is None else entry.rows.get("test")


def _table(task: Task, rows: Sequence[Row]) -> None:
    st.dataframe(
        standing.table(rows),
        hide_index=True,
        column_config=_columns(task),
        height="content" if len(rows) <= 20 else 740,
        alt="Ranking of the submissions to this cell",
    )


def _columns(task: Task) -> dict[str, Any]:
    kinds = st.column_config
    numbers = {
        metric.name: kinds.NumberColumn(
            sentences.metric_title(metric.name),
            format="%.4f" if metric.better == "lower" else "%.3f",
            help=metric.meaning,
            width=110 if metric.name == "rmse_entrywise" else 80,
        )
        for metric in task.metrics
    }
    return numbers | {
        "rank": kinds.NumberColumn("#", width=44, pinned=True),
        "name": kinds.TextColumn("Model", width=130, pinned=True),
        "entry_class": kinds.TextColumn("Class", width=75),
        "interval": kinds.TextColumn("95 % interval", width=125),
        "against_best": kinds.TextColumn("Against the best", width=120),
        "parameters": kinds.NumberColumn("Parameters", format="localized", width=90),
        "train_seconds": kinds.NumberColumn("Train s", format="%.1f", width=65),
        "uses_test_shots": kinds.CheckboxColumn("Test shots", width=80),
        "authors": kinds.TextColumn("Authors", width=130),
        "link": kinds.LinkColumn("Code", validate=r"^https?://", width=90),
        "code": kinds.TextColumn("Code", width=150),
        "id": kinds.TextColumn("Submission"),
    }


def _downloads(key: CellKey, rows: Sequence[Row]) -> None:
    name = f"{key.config}_{key.task}_n{key.n}_M{key.shots}"
    with st.container(horizontal=True):
        st.download_button(
            "CSV", ranking_csv(rows), f"{name}.csv", "text/csv", icon=":material/download:"
        )
        st.download_button(
            "JSON",
            json.dumps(ranking_json(key, rows), indent=1),
            f"{name}.json",
            "application/json",
            icon=":material/download:",
        )


def _entry(rows: Sequence[Row]) -> None:
    labels = ranking_chart.unique_labels([row.name for row in rows], [row.id for row in rows])
    at = st.selectbox("Entry", range(len(rows)), format_func=labels.__getitem__, key="entry")
    st.json(rows[at].to_json())


if __name__ == "__main__":
    page()
