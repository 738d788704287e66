"""The metadata of a submission as boxes, with their limits; what they say is the JSON of a file."""

import json
from typing import Any, get_args

import streamlit as st

from builders.core.errors import RequestError
from leaderboard.submission.metadata import EntryClass, Metadata, parse_metadata

CLASSES = {
    "learned": "learned: from shots and parameters alone",
    "hybrid": "hybrid: a solver gives features or corrections",
    "solver": "solver: nothing is learnt",
}
LINE = 300
_NUMBERS = {
    "parameters": ("Trained parameters", "A count, such as 12000."),
    "train_seconds": ("Seconds of training", "Wall time, all cells of the file together."),
    "row_seconds": ("Seconds a test row", "Processor time of answering one, on one core."),
    "seed": ("Seed", "Of the training, 0 or more."),
}
_TEXTS = {
    "code": ("Code", "A web address, at most 300 characters."),
    "paper": ("Paper", "A web address or DOI, at most 300 characters."),
    "version": ("Version", "Entries of one name, authors and version are one model."),
    "hardware": ("Hardware", "What it ran on, at most 300 characters."),
    "licence": ("Licence", "Of the predictions, such as CC BY 4.0."),
}


def metadata() -> Metadata | None:
    """What the boxes say; None until name and authors are there, or where something is wrong,
    which is said below them.
    """
    with st.container(border=True):
        stated = _needed() | _more()
    if not stated["name"] or not stated["authors"]:
        return None
    try:
        return parse_metadata(json.dumps(stated))
    except RequestError as error:
        st.code(str(error), language=None, wrap_lines=True)
        return None


def placeholder() -> Metadata:
    """For files that are handed out before anything is stated."""
    return Metadata(
        name="my first model", authors=("Your Name",), entry_class="learned", uses_test_shots=False
    )


def _needed() -> dict[str, Any]:
    left, right = st.columns(2)
    name = left.text_input(
        "Name of the model", key="m name", max_chars=100, placeholder="needed, 1 to 100 characters",
        help="As shown on the board. A word is written in one alphabet.",
    )  # fmt: skip
    authors = right.text_input(
        "Authors", key="m authors", max_chars=5000, placeholder="needed: Ada Byron; Emmy Noether",
        help="Separated by semicolons, at most 50 of 300 characters each.",
    )  # fmt: skip
    kind = left.selectbox(
        "Entry class", get_args(EntryClass), key="m class", format_func=CLASSES.__getitem__
    )
    uses = right.checkbox(
        "Uses the shots of the test rows",
        key="m shots",
        help="Allowed, and shown with it.",
    )
    names = [part.strip() for part in authors.split(";") if part.strip()]
    return {
        "name": name.strip(), "authors": names, "entry_class": kind, "uses_test_shots": uses,
    }  # fmt: skip


def _more() -> dict[str, Any]:
    stated: dict[str, Any] = {}
    with st.expander("More: code, paper, cost, notes"):
        places = st.columns(2)
        for k, (key, (label, said)) in enumerate({**_TEXTS, **_NUMBERS}.items()):
            text = places[k % 2].text_input(label, key=f"m {key}", max_chars=LINE, help=said)
            if text.strip():
                stated[key] = text.strip()
        notes = st.text_area(
            "Notes", key="m notes", max_chars=5000, help="At most 5000 characters."
        )
        if notes.strip():
            stated["notes"] = notes
    return stated
