"""Where the data of a page are, under which licence, and how it is cited."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from leaderboard.board.service import Board
from leaderboard.display import citation, sentences, session
from leaderboard.store.entries import Entry


def ranking(board: Board, what: str, configs: Sequence[str]) -> None:
    """Of a page that shows many entries.

    Args:
        board: whose they are.
        what: is cited, such as the name of a cell.
        configs: at least one, whose data it is about.
    """
    head = board.log_head()
    seen = datetime.fromisoformat(head.created).date()
    with _expander():
        _data(board, configs, seen, citation.ranking_bibtex(what, seen, head.sha256))


def entry(board: Board, row: Entry) -> None:
    """Of the page of an entry."""
    made = row.created.date()
    cited = citation.entry_bibtex(row.id, row.metadata, made, row.predictions_sha256)
    with _expander():
        _predictions(board, row)
        _data(board, sorted({key.config for key in row.results}), made, cited)


def _predictions(board: Board, row: Entry) -> None:
    reason = board.kept_back(row)
    if reason:
        st.markdown(sentences.literal(f"Its predictions are not handed out: {reason}"))
        return
    st.markdown(f"[Its predictions as Parquet](api/submissions/{row.id}/predictions), under")
    st.text(row.metadata.licence or "a licence that is not stated")


def _expander() -> "st.delta_generator.DeltaGenerator":
    return st.expander("Data, licence, how to cite", icon=":material/format_quote:")


def _data(board: Board, configs: Sequence[str], seen: date, cited: str) -> None:
    st.markdown(
        "[All scores as Parquet](api/records?format=parquet) · [the interface](api/) · [a feed of "
        f"new entries](api/feed). The data are under {citation.LICENCE}."
    )
    folder = board.settings.data
    if folder is not None:
        st.code(citation.loading(folder.name, configs), language="python")
        cited += "\n\n" + citation.data_bibtex(session.found_manifest(folder), seen)
    st.code(cited, language="bibtex", wrap_lines=True)
