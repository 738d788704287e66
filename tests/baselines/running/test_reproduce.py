"""Published tables made again."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

import baselines
from baselines import protocols, tables
from baselines.contract.table import Table
from baselines.running import reproduce
from baselines.running.reproduce import AGREES, Line, write_record
from builders import families
from builders.core.errors import RequestError
from builders.dataset.config import Config
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.published import Published
from tests.door import Door

POINT = Published("Ridge", CellKey("tfim_1d_n048", "correlation", 20, 64), "rmse", 0.05, "nobody")


def line(value: float, recorded: float | None) -> Line:
    return Line(POINT, "ridge", value, value, value, 1, 1.0, recorded)


@pytest.mark.parametrize("name", tables.names())
def test_every_line_of_a_table_can_be_run(name: str) -> None:
    table = tables.load(name)
    assert table.protocol in protocols.names()
    assert set(table.ours.values()) <= set(baselines.names())
    for point in table.published:
        config = Config.parse(point.key.config)
        families.load(config.family.name).check_size(config.size)
        assert point.key.task in config.family.tasks
        assert point.metric in {metric.name for metric in tasks.load(point.key.task).metrics}
        assert point.key.n <= table.train
        assert point.key.shots <= table.shots


@pytest.mark.parametrize("name", tables.names())
def test_the_record_is_of_lines_of_the_table(name: str) -> None:
    table = tables.load(name)
    path = Path(tables.__file__).parent / "records" / f"{name}.json"
    lines = json.loads(path.read_text(encoding="utf-8"))["lines"]
    wanted = {(*point.key, table.ours[point.method]) for point in table.published}
    found = [(*(one[k] for k in CellKey._fields), one["baseline"]) for one in lines]
    assert len(set(found)) == len(found)
    assert set(found) <= wanted
    assert all(one["low"] <= one["high"] for one in lines)


def test_a_line_differs_past_five_per_cent_of_the_record() -> None:
    assert not line(1.049, 1.0).differs
    assert line(1.051, 1.0).differs
    assert line(0.949, 1.0).differs
    assert not line(9.0, None).differs
    assert AGREES == 0.05


def test_a_method_without_a_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="Ridge"):
        Table("t", "s", "gspe", (POINT,), {})


def test_what_is_no_part_of_a_table_is_refused() -> None:
    table = Table(
        "t", "s", "gspe", (POINT, replace(POINT, method="Lasso")), {"Ridge": "r", "Lasso": "l"}
    )
    assert table.lines(("tfim_1d_n048",), ("Lasso",)) == (replace(POINT, method="Lasso"),)
    with pytest.raises(RequestError, match=r"no config tfim_1d_n049\. It has tfim_1d_n048"):
        table.lines(("tfim_1d_n049",))
    with pytest.raises(RequestError, match=r"no method ridge\. It has Lasso, Ridge"):
        table.lines((), ("ridge",))


def test_the_command_lists_tables_and_refuses_others(door: Door, tmp_path: Path) -> None:
    status, listed, _ = door("reproduce")
    assert status == 0
    assert all(name in listed for name in tables.names())
    status, _, said = door("reproduce", "correlation", "--out", str(tmp_path / "none"))
    assert status == 2
    assert "correlations" in said
    assert not (tmp_path / "none").exists()


def test_a_record_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "records").mkdir()
    monkeypatch.setattr(reproduce.tables, "__file__", str(tmp_path / "__init__.py"))
    assert reproduce._record("mine") == {}
    write_record(tmp_path / "records" / "mine.json", [line(0.04, None)])
    (found,) = reproduce._record("mine").items()
    assert found[0] == (*POINT.key, "ridge")
    assert found[1]["value"] == 0.04


def test_a_record_keeps_its_other_lines_and_its_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.json"
    write_record(path, [line(0.04, None)])
    write_record(path, [replace(line(0.05, None), baseline="lasso")])
    assert [one["value"] for one in json.loads(path.read_text())["lines"]] == [0.05, 0.04]
    monkeypatch.setattr(reproduce, "hardware", lambda: "another")
    with pytest.raises(RequestError, match=r"is a record of .*; this is another"):
        write_record(path, [line(0.06, None)])
    path.write_text("{}")
    with pytest.raises(RequestError, match="is no record of `qslbench reproduce`"):
        write_record(path, [line(0.06, None)])


@pytest.mark.slow
def test_two_lines_drawn_at_random_come_out_as_on_record(tmp_path: Path) -> None:
    """Other lines each time; those of a family whose rows are cheap."""
    table = tables.load("correlations")
    config = "tfim_1d_n048"
    methods = {p.method for p in table.lines((config,))} - {"LLM4QPE-T"}
    drawn = random.SystemRandom().sample(sorted(methods), 2)
    lines = reproduce.reproduce("correlations", tmp_path, configs=(config,), methods=tuple(drawn))
    assert {x.point.method for x in lines} == set(drawn)
    assert all(x.recorded is not None for x in lines), drawn
    assert [x for x in lines if x.differs] == [], drawn
    # On another draw of the same distribution, as the paper's is.
    assert all(abs(x.value / x.point.value - 1.0) < 0.15 for x in lines), lines
