"""Names that are links, and the log in sentences."""

import ast
from urllib.parse import quote

import pytest

from leaderboard.cells import CellKey
from leaderboard.display import formula, links, log_sentences, picture
from leaderboard.display.ranking_chart import unique_labels
from leaderboard.store.first_scores import FirstScore
from tests.paths import ROOT

KEY = CellKey("tfim_1d_n008", "correlation", 5, 16)
EVIL = '<img src=x onerror=alert(1)> "#&?'


@pytest.mark.parametrize("name", ["ridge", EVIL, "100 % + 1", "日本", "نموذج"])
def test_a_link_carries_any_name(name) -> None:
    link = links.entry("0f", name)
    assert links.name_of(link) == name
    assert link.partition("#")[0] == "entry?id=0f"
    shown = links.html(link)
    assert "<img" not in shown
    assert shown.startswith('<a href="entry?id=0f" target="_self">')


def test_a_name_that_reads_from_the_right_stays_in_its_place() -> None:
    """Tables draw it at the left, and a rank in front of it stays in front."""
    assert links.entry("0f", "نموذج").endswith("#" + quote("\u200eنموذج"))
    assert links.entry("0f", "net").endswith("#net")
    assert unique_labels(["نموذج", "net"], ["0f", "1f"]) == ["\u2068نموذج\u2069", "net"]


def test_a_link_to_a_cell_is_its_address() -> None:
    assert links.cell(KEY, "x") == "cell?config=tfim_1d_n008&task=correlation&n=5&M=16#x"
    other = KEY._replace(track="random")
    assert "&track=random#" in links.cell(other, "x")


ENTRIES = {
    "accepted": (
        {"id": "0f", "account": EVIL, "cells": 3, "held_back": 1},
        "and in 2 more cells. 1 of 3",
    ),
    "refused": ({"account": "", "reason": EVIL}, "A file was refused: &lt;img"),
    "season opened": (
        {"season": "s", "configs": ["a"], "cells": [1, 2]},
        "1 config with 2 official cells",
    ),
    "season closed": ({"season": "s", "lost": {"0f": "gone"}}, "1 file could not be read"),
    "rescored": ({"changed": ["0f", "1e"]}, "</a>», 1e."),
    "chosen": ({"id": "0f", "account": "a"}, "was chosen by «a» to be ranked."),
    "withdrawn": (
        {"id": "0f", "by": "operator", "reason": EVIL},
        "was withdrawn by whoever runs the board: &lt;img",
    ),
    "token created": ({"account": "a"}, "A token of «a» was created."),
    "unheard of": ({}, "Unheard of."),
}  # fmt: skip


@pytest.mark.parametrize("kind", ENTRIES)
def test_every_kind_of_decision_is_a_sentence(kind) -> None:
    body, said = ENTRIES[kind]
    log = [{"kind": kind, "created": "2026-12-01T10:20:30+00:00", **body}]
    first = {"0f": FirstScore("0f", KEY, "rmse", 0.01234)}
    shown = log_sentences.listed(log, {"0f": EVIL}, first)
    assert said in shown
    assert "<img" not in shown
    assert "2026-12-01 10:20<" in shown
    assert set(log_sentences.ids(log)) == {i for i in ("0f", "1e") if i in str(body)}
    if kind == "accepted":
        assert "was scored RMSE 0.0123 in <a" in shown


FORMULAS = {
    "H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i": (
        r"$H = -\sum_{i}  J_{i} Z_{i} Z_{i+1} - \sum_{i}  h_{i} X_{i}$"
    ),
    "<H> / N of the ground state": r"$\langle H\rangle{} / N$ of the ground state",
    "the side of a vertex, 0 or 1": "the side of a vertex, $0$ or $1$",
    "b = (i, j), J' $x$": r"$b = (i, j)$, $J' \$x\$$",
}


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_stand_between_dollars_and_words_do_not(text) -> None:
    assert formula.markdown(text) == FORMULAS[text]


def test_only_one_file_draws_charts_so_that_each_has_a_sentence() -> None:
    drawn = {
        path.name
        for folder in ("views", "display")
        for path in (ROOT / "leaderboard" / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "altair_chart"
    }
    assert drawn == {f"{picture.__name__.rpartition('.')[2]}.py"}
