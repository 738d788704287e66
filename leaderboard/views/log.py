"""The decision log: what the board did and why, checked against its hash chain."""

import streamlit as st

from builders.core.errors import WorkError
from leaderboard.display import download, log_sentences, log_table, session
from leaderboard.display.page import Page

A_PAGE = 100
PAGE = Page("Decision log", "gavel", group="Rules", order=220)


def page() -> None:
    """The whole page."""
    st.title("Decision log")
    board = session.board()
    st.markdown(
        "Every file that was accepted or refused, every season and every new scoring has an entry. "
        "Each holds the SHA-256 of the one before it, so that changing or removing any of them "
        "changes all later ones: anyone who noted the last hash can tell."
    )
    length = board.log_length()
    if not length:
        st.info("Nothing has happened yet.")
        return
    pages = -(-length // A_PAGE)
    back = session.number("Pages back", pages, "back") if pages > 1 else 0
    stop = length - back * A_PAGE
    after = max(0, stop - A_PAGE)
    try:
        log, head = board.log(after, stop - after), board.log_head()
    except WorkError as error:
        st.error("The log does not fit its hash chain.", icon=":material/error:")
        st.code(str(error), language=None, wrap_lines=True)
        return
    shown = "" if pages == 1 else f" Entries {after + 1} to {stop} are shown and checked."
    st.success(f"{length} entries, the chain fits.{shown}", icon=":material/verified:")
    st.code(head.sha256, language=None)
    kinds = sorted({str(entry["kind"]) for entry in log})
    chosen = session.choose_many("Kinds", kinds, "kind", default=kinds)
    latest = [entry for entry in reversed(log) if entry["kind"] in chosen]
    about = log_sentences.ids(latest)
    names, scores = board.store.names(about), board.store.first_scores(about)
    st.html(log_sentences.listed(latest, names, scores))
    lines = [log_table.line(entry) for entry in latest]
    with st.expander("As a table, with every hash", icon=":material/tag:"):
        st.dataframe(
            lines,
            hide_index=True,
            placeholder="–",
            column_config={
                "number": st.column_config.NumberColumn("#", width=50),
                "created": "When",
                "kind": "Kind",
                "what": st.column_config.TextColumn("What", width="large"),
                "account": "Account",
                "sha256": "SHA-256",
            },
            height="content" if len(lines) <= 20 else 740,
            alt="Entries of the decision log, the latest first",
        )
        session.downloads("decision_log", download.flat(lines))


if __name__ == "__main__":
    page()
