"""`qslbench list`: what there is, for people and for programs."""

import json

import pytest
from click.testing import CliRunner

import baselines
import qslbench
from builders import families
from builders.core.errors import RequestError
from leaderboard import tasks


def listed(*args: str) -> list[dict]:
    done = CliRunner().invoke(qslbench.cli, ["list", *args, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    return json.loads(done.stdout)


def test_plug_ins_are_listed_by_name() -> None:
    assert [row["name"] for row in listed("families")] == families.names()
    assert [row["name"] for row in listed("tasks")] == tasks.names()
    assert [row["name"] for row in listed("baselines")] == baselines.names()


def test_families_say_what_solve_reads() -> None:
    found = {row["name"]: row["parameters"] for row in listed("families")}
    assert list(found["tfim_1d"]) == ["J", "h"]
    assert list(found["heisenberg_1d"]) == ["J"]
    assert list(found["xxz_1d"]) == ["J", "delta"]
    assert found["heisenberg_1d"]["J"]["shape_at_8"] == [8, 8]


def test_configs_that_can_be_built_and_those_of_a_folder(synthetic_folder) -> None:
    every = [row["name"] for row in listed("configs")]
    assert {"tfim_1d_n008", "xxz_1d_n1024"} <= set(every)
    (row,) = listed("configs", "--data", str(synthetic_folder.public))
    assert row["name"] == "tfim_1d_n008"
    assert row["rows"] == {"train": 12, "test": 10}


def test_text_and_a_wrong_kind() -> None:
    done = CliRunner().invoke(qslbench.cli, ["list", "baselines"], catch_exceptions=False)
    assert done.stdout.splitlines()[0].startswith(baselines.names()[0])
    with pytest.raises(RequestError, match="Did you mean 'families'"):
        CliRunner().invoke(qslbench.cli, ["list", "familes"], catch_exceptions=False)
