"""Flags, curves, spreads, confusion, phase diagrams and lines of the log, without Streamlit."""

import json
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display import (
    curve_chart,
    curve_choice,
    difference_chart,
    log_table,
    overall_table,
    pair_table,
    previews,
    scatter_chart,
    sentences,
    spread_chart,
)
from leaderboard.display.flags import flags
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.published import Published
from leaderboard.ranking.comparison import paired_difference
from leaderboard.ranking.curves import CurvePoint
from leaderboard.ranking.models import Model, Standing
from leaderboard.ranking.randomisation import Twins
from leaderboard.scoring.score import Value
from leaderboard.store.entries import Head
from leaderboard.submission.submission import Submission
from tests.leaderboard.answers import answer, cell, metadata

KEY = CellKey("heisenberg_1d_n048", "correlation", 100, 64)


def test_every_flag_is_explained() -> None:
    details = {
        "below_floor": True,
        "floor": 0.0123,
        "violations": {"not_positive": 3, "diagonal": 0},
        "near_duplicates": ["0123456789ab"],
    }
    task = tasks.load("correlation")
    found = flags(task, details)
    assert [flag.short for flag in found] == ["below the floor", "unphysical", "near-duplicate"]
    assert "0.0123" in found[0].meaning
    assert found[1].meaning.startswith("3 test rows have a matrix with a negative eigenvalue")
    assert "0123456789ab" in found[2].meaning
    assert [flag.is_usual for flag in found] == [False, True, False]
    assert flags(task, {"violations": {"diagonal": 0}}) == []


def point(name: str, value: float, id_: str = "0" * 12, **changes: object) -> CurvePoint:
    return CurvePoint(id_, name, KEY._replace(**changes), Value(value, value - 0.1, value + 0.1))


def test_a_curve_holds_the_best_of_each_name() -> None:
    points = [point("m", 0.5, n=20), point("m", 0.4, "1" * 12, n=20), point("m", 0.3)]
    (curve,) = curve_chart.ours(points, "n", "lower")
    assert [p[:2] for p in curve.points] == [(20, 0.4), (100, 0.3)]
    (curve,) = curve_chart.ours(points, "n", "higher")
    assert [p[:2] for p in curve.points] == [(20, 0.5), (100, 0.3)]


def test_published_curves_stand_beside_and_are_marked() -> None:
    wanted = curve_choice.along("n", KEY)
    published = tasks.load("correlation").published
    known = curve_chart.theirs((p for p in published if wanted(p.key)), "n")
    ridge = next(curve for curve in known if curve.label == "Ridge (published)")
    assert [p[:2] for p in ridge.points] == [(20, 0.0425), (60, 0.0288), (100, 0.0248)]
    mine = curve_chart.ours([point("Ridge", 0.02)], "n", "lower")
    table = curve_chart.curve_table([*mine, ridge], "n", "rmse_entrywise").to_pylist()
    assert [line["published"] for line in table] == [False, True, True, True]
    assert table[1]["low"] is None
    spec = curve_chart.lines([*mine, ridge], "n", ("n", "RMSE")).to_dict()
    assert {line["kind"] for data in spec["datasets"].values() for line in data} == {
        "ours", "published",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("axis", "changes", "is_on"),
    [
        ("n", {"n": 20}, True),
        ("n", {"shots": 128}, False),
        ("M", {"shots": 128}, True),
        ("N", {"config": "heisenberg_1d_n063"}, True),
        ("N", {"config": "tfim_1d_n063"}, False),
        ("n", {"config": "heisenberg_1d_n063"}, False),
        ("n", {"task": "renyi2"}, False),
    ],
)
def test_a_curve_varies_one_thing(axis, changes, is_on) -> None:
    assert curve_choice.along(axis, KEY)(KEY._replace(**changes)) is is_on


def test_positions_and_what_is_fixed() -> None:
    assert [curve_chart.position(KEY, axis) for axis in ("n", "M", "N")] == [100, 64, 48]
    assert curve_choice.fixed("n", KEY) == "N = 48, M = 64"
    values = {"shadow": 0.2, "Lasso": 0.02}
    lone = [Published(name, KEY, "rmse", value, "a paper") for name, value in values.items()]
    assert curve_choice.first(curve_chart.theirs(lone, "n"), "lower") == ["Lasso (published)"]


def test_spread_holds_the_quantiles() -> None:
    (line,) = spread_chart.spread_table({"m": np.arange(101.0)}).to_pylist()
    assert line == {
        "entry": "m", "low": 5, "first": 25, "median": 50, "third": 75, "high": 95, "largest": 100,
    }  # fmt: skip
    assert "scale" in str(spread_chart.boxes({"m": np.arange(101.0)}, "RMSE in bit").to_dict())


def test_confusion_counts_the_rows() -> None:
    counts = scatter_chart.confusion(np.array(["a", "a", "b"]), np.array(["a", "b", "b"]))
    assert counts.to_pylist() == [
        {"true": "a", "predicted": "a", "rows": 1},
        {"true": "a", "predicted": "b", "rows": 1},
        {"true": "b", "predicted": "a", "rows": 0},
        {"true": "b", "predicted": "b", "rows": 1},
    ]


def test_scatter_leaves_out_what_is_not_scored_and_what_is_too_much() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(100, 100))
    scored = np.arange(100) > 0
    spec = scatter_chart.true_predicted(truth, truth, scored, "1").to_dict()
    sizes = sorted(len(data) for data in spec["datasets"].values())
    assert sizes[0] == 2  # the line of equal values
    assert 0.5 * scatter_chart.MOST < sizes[1] <= scatter_chart.MOST


def standing(name: str, kind: str, value: float | None, *answered: CellKey) -> Standing:
    model = Model(name, ("Ada",), "", kind)
    ids = dict.fromkeys(answered, "0" * 20)
    return Standing(model, 1, Value(value), Value(1.5), ids, dict.fromkeys(answered, -1e-9))


def test_overall_marks_what_is_missing_and_draws_every_solver() -> None:
    cells = [KEY, KEY._replace(n=20)]
    found = [standing("m", "learned", 0.5, KEY), standing("exact", "solver", 1.0, *cells)]
    line, _ = overall_table.lines(found, cells)
    assert (line["cells"], line["skill_interval"]) == ("1 of 2", "–")
    assert list(overall_table.by_cell(found, cells)[0].values())[3:] == ["0.000", "missing"]
    many = [standing(f"m{k}", "learned", 0.1, KEY) for k in range(60)]
    spec = json.dumps(overall_table.dots([*many, found[1]]).to_dict())
    assert "exact" in spec
    assert "m39" in spec
    assert "m40" not in spec


def losses(rows: int, each: float) -> Losses:
    return Losses.of_rows(np.full(rows, each))


def test_labels_of_pairs_differ() -> None:
    difference = paired_difference(KEY, losses(3, 1.0), losses(3, 0.0))
    one, *others = (
        Head(id_ * 12, datetime(2026, 1, 1), None, metadata(name="m"), id_ * 64, id_ * 64)
        for id_ in "abc"
    )
    twins = [Twins(one, other, difference) for other in others]
    labels = pair_table.twins_table(twins)["label"].to_pylist()
    assert len(set(labels)) == 2
    assert all(label.count(difference_chart.BREAK) == 1 for label in labels)


def test_verdict_needs_a_small_p() -> None:
    clear = paired_difference(KEY, losses(50, 0.01), losses(50, 0.04))
    assert "The first entry is better" in sentences.difference_sentence(clear, 1)
    unclear = replace(clear, p=0.06)
    assert "do not tell the two apart" in sentences.difference_sentence(unclear, 3)
    assert "adjusted for 3 cells" in sentences.difference_sentence(unclear, 3)


def test_lines_of_the_log() -> None:
    entry = {"number": 1, "created": "t", "kind": "accepted", "sha256": "f", "account": "a",
             "id": "x", "cells": 2, "season": None}  # fmt: skip
    assert log_table.line(entry)["what"] == "id x, cells 2"
    refused = {**entry, "kind": "refused", "reason": "<b>no</b>"}
    assert (log_table.line(refused)["what"], log_table.line(refused)["account"]) == (
        "<b>no</b>", "a",
    )  # fmt: skip


def test_preview_of_numbers_and_of_names(synthetic_master, phase_folder) -> None:
    numbers = Submission(metadata(), {cell(synthetic_master): answer(synthetic_master)})
    (line,) = previews.lines(numbers)
    assert (line["Rows"], line["Values a row"]) == (10, 64)
    assert line["Smallest"] < line["Mean"] < line["Largest"] == 1.0
    names = Submission(metadata(), {cell(phase_folder, "phase"): answer_of_names(phase_folder)})
    shown = previews.Preview.of(names, ["x"])
    assert shown.lines[0]["Classes"] == "ordered: 10"
    assert (len(shown.warnings), shown.same) == (1, ["x"])


def answer_of_names(folder):
    from leaderboard.cells import Answer

    row_id = folder.splits["test"]["row_id"]
    return Answer(row_id, np.full(len(row_id), "ordered"))
