"""The page of channel widths, from the record that the project ships."""

import json

import numpy as np
import pytest

from builders.core.errors import WorkError
from leaderboard.display import inductive_bias
from tests.leaderboard.views.test_app import charts, markdown, opened


@pytest.fixture(scope="module")
def record() -> inductive_bias.Record:
    return inductive_bias.record()


def test_every_number_of_a_chart_is_one_of_the_record(record) -> None:
    table = inductive_bias.accuracy(record, "convac", "far")
    families = list(record["families"].values())
    assert table.num_rows == len(families) * len(inductive_bias.PROFILES)
    cell = next(
        c for c in families[1]["cells"]
        if (c["model"], c["profile"], c["target"]) == ("convac", "wide_tip", "far")
    )  # fmt: skip
    row = {"series": "wide tip", "at": families[1]["states"]}
    row |= dict(zip(("value", "low", "high"), cell["rmse"], strict=True))
    assert row in table.to_pylist()


def test_capacity_and_entropies_of_a_family_stand_at_every_scale(record) -> None:
    for family, one in record["families"].items():
        table = inductive_bias.scales(record, family, "far").to_pydict()
        depth = len(one["entanglement"]["von_neumann"])
        by_name = {
            name: [v for n, v in zip(table["series"], table["value"], strict=True) if n == name]
            for name in set(table["series"])
        }
        assert {len(bits) for bits in by_name.values()} == {depth}
        assert by_name["min-cut, flat"] == one["architectures"]["flat"]["capacity"]


def test_families_without_local_couplings_have_no_order(record) -> None:
    table = inductive_bias.order(record, "convac", "near")
    local = {one["states"] for one in record["families"].values() if one["control"]}
    assert set(table["at"].to_pylist()) == local != set(inductive_bias.families(record).values())


def test_counts_are_of_intervals_that_leave_out_1() -> None:
    ratios = ([2.0, 1.1, 3.0], [0.5, 0.4, 0.9], [1.1, 0.9, 1.3], [1.1, 1.0, 1.2])
    cells = [{"model": "m", "profile": "p", "to_flat": r} for r in ratios]
    cells += [{"model": "other", "profile": "p", "to_flat": [2.0, 1.5, 2.5]}]
    control = [{"model": "m", "arm": "a", "to_chain": r} for r in ratios[:2]]
    rule = [{"to_best": r} for r in ratios]
    made = {"families": {"f": {"cells": cells, "control": control, "rule": rule}}}
    assert inductive_bias.to_flat(made, "m", "p") == (1, 1, 4)
    assert inductive_bias.to_chain(made, "m", "a") == (1, 1, 2)
    assert inductive_bias.verdicts(made) == {"wins": 1, "ties": 2, "fails": 1}


def test_a_missing_or_damaged_record_is_said(tmp_path, monkeypatch) -> None:
    inductive_bias.record.cache_clear()
    monkeypatch.setattr(inductive_bias, "_RECORDS", (tmp_path / "none.json",))
    try:
        with pytest.raises(WorkError, match=r"none\.json.*cannot be read"):
            inductive_bias.record()
        (tmp_path / "none.json").write_text("{")
        with pytest.raises(WorkError, match="cannot be read"):
            inductive_bias.record()
    finally:
        inductive_bias.record.cache_clear()


def test_the_page_shows_three_charts_and_counts(record) -> None:
    app = opened("inductive_bias")
    assert not app.exception
    assert len(charts(app)) == 3
    wins = inductive_bias.verdicts(record)
    assert f"tie {wins['ties']} and fail {wins['fails']}" in markdown(app)
    for spec in charts(app):
        values = json.dumps(spec)
        assert "NaN" not in values
    app = opened("inductive_bias", network="convnet", target="string", family="cluster_ising_1d")
    assert not app.exception
    assert "Of `convnet`" in markdown(app)


def test_the_record_is_of_equal_budgets(record) -> None:
    for one in record["families"].values():
        sizes = [one["architectures"][p]["parameters"] for p in inductive_bias.PROFILES]
        assert np.all(np.abs(np.array(sizes) / record["parameters"] - 1.0) <= 0.12)
