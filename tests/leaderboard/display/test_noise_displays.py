"""Scores over the noise of the shots: which cells belong together, in which order, where."""

from leaderboard.cells import CellKey
from leaderboard.display import curve_choice, interval_chart, noise
from leaderboard.ranking.curves import CurvePoint
from leaderboard.scoring.score import Value

BASE = "quench_tfim_1d_n008"
CHANNELS = ("device_fake_fez", "readout_0.01_0.02", "depolarizing_0.1", "depolarizing_0.02", "")


def cell(channel: str, n: int = 20) -> CellKey:
    return CellKey(f"{BASE}-{channel}" if channel else BASE, "magnetization", n, 64)


def point(name: str, channel: str, value: float) -> CurvePoint:
    return CurvePoint(f"{name}{channel}", name, cell(channel), Value(value, value / 2, value * 2))


def test_channels_are_sorted_and_named() -> None:
    assert sorted(CHANNELS, key=noise.order) == [
        "", "depolarizing_0.02", "depolarizing_0.1", "readout_0.01_0.02", "device_fake_fez",
    ]  # fmt: skip
    assert noise.words("") == "no noise"
    assert noise.words("readout_0.01_0.02") == "readout 0.01, 0.02"
    assert noise.words("unknown") == "unknown"
    assert [noise.strength(c) for c in CHANNELS] == [None, None, 0.1, 0.02, 0.0]


def test_cells_of_one_number_of_copies_are_compared() -> None:
    cells = [cell(c) for c in CHANNELS] + [cell("", 40), cell("", 20)._replace(track="random")]
    (found,) = noise.groups(cells).items()
    assert found[0] == noise.Group(BASE, "magnetization", 20, 64)
    assert found[1] == {c: cell(c) for c in CHANNELS}
    assert noise.groups([cell(""), cell("depolarizing_0.1", 40)]) == {}


def test_scores_go_where_their_noise_is() -> None:
    points = [point("a", c, 0.1 * (k + 1)) for k, c in enumerate(CHANNELS)]
    points += [point("b", "", 0.05), point("b", "", 0.4)]
    held = noise.best(points, "lower")
    assert list(held) == ["b", "a"]
    assert held["b"][""].value.value == 0.05
    strengths, others = noise.over_strength(held), noise.over_names(held)
    assert strengths is not None
    assert others is not None
    lines = [(r["series"], r["at"], r["value"]) for r in strengths.to_pylist()]
    assert lines == [("a", 0.0, 0.5), ("a", 0.02, 0.4), ("a", 0.1, 0.1 * 3), ("b", 0.0, 0.05)]
    table, names = others
    assert names == ["no noise", "readout 0.01, 0.02", "device fake_fez"]
    assert {row["at"] for row in table.to_pylist()} == set(names)
    drawn = interval_chart.lines(table, ("", "RMSE"), names, ["b", "a"]).to_dict()
    assert drawn["layer"][0]["encoding"]["x"]["sort"] == names
    assert drawn["layer"][0]["encoding"]["color"]["scale"]["domain"] == ["b", "a"]
    assert noise.over_names({"b": held["b"]}) is None
    assert noise.over_strength({"b": held["b"]}) is None
    side = noise.side_by_side(held)
    assert side[0]["depolarizing 0.1"] == "–"
    assert side[1]["no noise"] == "0.5000 [0.2500, 1.0000]"
    assert noise.table(held).num_rows == 6


def test_a_curve_over_sizes_stays_with_its_noise() -> None:
    larger = cell("depolarizing_0.1")._replace(config="quench_tfim_1d_n016-depolarizing_0.1")
    same = curve_choice.along("N", cell("depolarizing_0.1"))
    assert same(larger)
    assert not same(cell("")._replace(config="quench_tfim_1d_n016"))
