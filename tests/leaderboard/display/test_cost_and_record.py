"""Fronts of cost and error, and records over time, worked out by hand."""

from dataclasses import replace
from datetime import datetime

from leaderboard.display import cost_chart, record_chart
from leaderboard.ranking.front import Priced, best_of_each, front
from leaderboard.scoring.score import Value
from leaderboard.submission.metadata import CellCost
from leaderboard.tasks import load
from tests.leaderboard.display.test_display import row

TASK = load("correlation")


def priced(name: str, cost: float, value: float, kind: str = "learned") -> Priced:
    return Priced(name, name, kind, cost, Value(value))


EVERY = [
    priced("exact", 50.0, 0.0, "solver"), priced("good", 5.0, 0.1), priced("slow", 9.0, 0.1),
    priced("free", 0.0, 0.4), priced("worse", 5.0, 0.2), priced("cheap", 1.0, 0.3),
]  # fmt: skip


def test_the_front_is_what_nobody_beats_in_both() -> None:
    assert [p.name for p in front(EVERY, lower=True)] == ["free", "cheap", "good", "exact"]
    # Of shares more is better: the dearest has the least.
    assert [p.name for p in front(EVERY, lower=False)] == ["free"]
    assert front([], lower=True) == []


def test_the_best_of_every_class_at_every_cost() -> None:
    names = {p.name for p in best_of_each(EVERY, lower=True)}
    assert names == {"exact", "good", "slow", "free", "cheap"}


def test_the_front_and_solvers_are_drawn_however_many_are_better() -> None:
    many = [priced(f"m{k}", 10.0 + k, 0.01) for k in range(60)]
    shown = cost_chart.drawn([*many, *EVERY], lower=True)
    assert {"free", "cheap", "exact", "m0"} <= {p.name for p in shown}
    assert "m59" not in {p.name for p in shown}
    spec = cost_chart.chart(shown, "Training seconds", TASK.ranking).to_dict()
    assert "left edge: 0" in str(spec)
    lines = cost_chart.table(EVERY, "train_seconds", TASK.ranking).to_pylist()
    assert [line["name"] for line in lines if not line["on_the_front"]] == ["slow", "worse"]


def test_a_cost_of_the_cell_comes_before_that_of_the_file() -> None:
    plain = row(1, "plain", 0.1)
    cost = CellCost(config="tfim_1d_n048", task="correlation", n=1, shots=1, train_seconds=0.5)
    own = replace(row(2, "own", 0.2), cost=cost)
    unknown = row(3, "unknown", 0.3, train_seconds=None)
    found = cost_chart.priced([plain, own, unknown], "train_seconds")
    assert [(p.name, p.cost, p.is_own) for p in found] == [
        ("plain", 1.5, False), ("own", 0.5, True),
    ]  # fmt: skip
    assert [p.cost for p in cost_chart.priced([own], "parameters")] == [12]


def test_a_record_is_the_best_of_its_class_when_it_came() -> None:
    def at(day: int, name: str, value: float | None, **about: str):
        return replace(row(1, name, value, **about), created=datetime(2026, 1, day))

    rows = [at(4, "late", 0.2), at(1, "first", 0.5), at(2, "worse", 0.6), at(3, "none", None),
            at(2, "dmrg", 0.1, entry_class="solver"), at(5, "same", 0.2)]  # fmt: skip
    found = record_chart.records(rows, lower=True)
    assert [(r.name, r.since.day) for r in found] == [("first", 1), ("dmrg", 2), ("late", 4)]
    assert [r.name for r in record_chart.records(rows, lower=False)] == ["first", "dmrg", "worse"]
    spec = record_chart.steps(found, datetime(2026, 1, 5), TASK.ranking).to_dict()
    lines = max(spec["datasets"].values(), key=len)
    assert len(lines) == 3 + 2  # both lines go on to the end
    assert record_chart.table(found)[0]["Model"] == "entry?id=late-id#late"
