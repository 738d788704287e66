"""What the data page says and draws of rows, without Streamlit."""

from typing import Any

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from builders.dataset.config import Config
from builders.dataset.spec import BuildSpec
from builders.folders import loading
from builders.physics.geometry import Chain, Graph, Lattice
from builders.physics.label import CUT, SITE
from builders.physics.parameters import Parameter
from builders.physics.record import DetectionEvents
from builders.shadows.estimators import shadow_correlation, shadow_renyi2
from leaderboard.display import (
    evolution,
    label_chart,
    row_scatter,
    sentences,
    shot_chart,
    site_map,
    space_time,
)
from leaderboard.display.bonds import Bonds
from leaderboard.display.palette import DARK, LIGHT, Palette
from leaderboard.display.sample import Sample, ShownLabel, sample
from tests.builders.synthetic import make_split

CHAIN = Config.parse("tfim_1d_n008")

ERRORS = ("label_error_correlation", "label_error_renyi2")


def one(config: Config, split: Any, row: int) -> Sample:
    return sample(config, split, np.array([row]))


def by_name(shown: Sample) -> dict[str, ShownLabel]:
    return {label.label.name: label for label in shown.labels}


def data_of(chart: Any) -> list[dict[str, Any]]:
    spec: dict[str, Any] = chart.to_dict()
    return [line for lines in spec["datasets"].values() for line in lines]


def test_sample_of_a_train_row(synthetic_master) -> None:
    split = synthetic_master.splits["train"]
    shown = one(CHAIN, split, 3)
    assert (shown.arrays["row_id"].tolist(), shown.copies, shown.hidden) == ([3], 32, False)
    assert np.array_equal(shown.parameters(0)["h"], np.ones(8))
    labels = by_name(shown)
    for name, estimate in (("correlation", shadow_correlation), ("renyi2", shadow_renyi2)):
        assert np.array_equal(labels[name].exact[0], split[name][3])
        assert np.array_equal(labels[name].estimate[0], estimate(split["shots"][3]))
    assert (labels["correlation"].title, labels["renyi2"].unit) == ("Correlation matrix", "bit")
    blocks = labels["renyi2_blocks"]
    assert (blocks.title, blocks.estimate) == ("Renyi2 blocks", None)
    numbers = shown.numbers(0)
    scalars = ["energy", "phase", "phase_margin", "energy_variance", *ERRORS, "v_score"]
    assert list(numbers) == scalars
    assert numbers["energy_variance"] == split["energy_variance"][3]
    gap = numbers["energy"]  # the Ising chain has no constant
    assert numbers["v_score"] == pytest.approx(8 * numbers["energy_variance"] / gap**2, rel=1e-14)
    per_site, estimated = shown.estimated_numbers(0).values()
    assert per_site == pytest.approx(split["energy"][3] / 8)
    assert estimated == labels["energy"].estimate[0]


def test_sample_of_a_test_row_has_estimates_alone(synthetic_master) -> None:
    split = loading.load(synthetic_master.public, synthetic_master.config)["test"]
    shown = one(CHAIN, split, 1)
    assert (shown.arrays["row_id"].tolist(), shown.hidden) == ([1_000_001], True)
    assert shown.numbers(0) == {}
    assert list(shown.estimated_numbers(0)) == ["Energy per site, estimate"]
    labels = by_name(shown)
    assert all(label.exact is None for label in labels.values())
    assert [name for name in labels if labels[name].best is None] == [
        "renyi2_blocks", "phase", "phase_margin",
    ]  # fmt: skip


def test_sample_of_a_training_row_tells_the_class(phase_folder) -> None:
    split = loading.load(phase_folder.public, phase_folder.config)["train"]
    shown = one(Config.parse(phase_folder.config), split, 2)
    assert shown.numbers(0)["phase"] == ("paramagnetic", "ordered")[split["phase"][2]]


def test_one_shot_gives_no_entropy() -> None:
    split = make_split(BuildSpec("tfim_1d", Size(4), {"train": 1}, shots=1, seed=0), "train")
    labels = by_name(one(Config.parse("tfim_1d_n004"), split, 0))
    assert labels["correlation"].estimate is not None
    assert labels["renyi2"].estimate is None


def test_numbers_in_words() -> None:
    given = (-15.25, 3e-7, 0.0, 4, "trivial", 2e7)
    assert [sentences.figure(value) for value in given] == [
        "-15.250000", "3.0e-07", "0", "4", "trivial", "2.0e+07",
    ]  # fmt: skip
    assert sentences.in_unit("S2", "bit") == "S2 in bit"
    assert sentences.in_unit("C", "1") == "C"
    assert sentences.in_unit("cut", "as the weights") == "cut, as the weights"
    assert sentences.size_words(Size(5, letter="d")) == "d = 5"


def test_a_label_is_drawn_by_its_axes() -> None:
    line = label_chart.line(np.ones(3), None, CUT, ("S2", "estimate"), LIGHT).to_dict()
    assert line["layer"][0]["encoding"]["x"]["title"] == "cut"
    square = np.diag(np.full(3, 9.0)) + 0.5
    assert label_chart.largest(square, (SITE, SITE)) == 0.5
    assert label_chart.largest(square, (SITE, CUT)) == 9.5
    assert label_chart.largest(np.eye(3), (SITE, SITE)) == 1.0
    drawn = label_chart.picture(square, (SITE, SITE), "C", 0.5, LIGHT)
    assert len([v for v in data_of(drawn) if "value" in v]) == 6
    plane = label_chart.picture(np.ones((2, 3)), (CUT, SITE), "C", 1.0, LIGHT)
    assert len(data_of(plane)) == 6
    assert plane.to_dict()["encoding"]["y"]["title"] == "cut"
    entries = label_chart.picture(np.ones((2, 3, 4)), (CUT, SITE, SITE), "C", 1.0, LIGHT)
    assert sum(line["count"] for line in data_of(entries)) == 24


def test_times_are_of_the_one_parameter_that_rises() -> None:
    t, h = (Parameter(name, lambda _: (), f"{name} in units") for name in "th")
    states = [{"t": np.array(t), "h": np.array(1.0)} for t in (0.5, 0.75, 1.25)]
    along = evolution.times((t, h), states)
    assert along == evolution.Times("t in units", (0.5, 0.75, 1.25))
    assert along.edges == (0.375, 0.625, 1.0, 1.5)
    assert evolution.times((t, h), states[:1] * 2) == evolution.Times("state", (0.0, 1.0))
    both = [{"t": np.array(t), "h": np.array(t)} for t in (0.0, 1.0)]
    assert evolution.times((t, h), both).title == "state"


def test_space_and_time_of_a_quench() -> None:
    """Every cell is a label's entry; rays of slope v t, of pairs of sites 2 v t."""
    quench, size = families.load("quench_tfim_1d"), Size(8)
    held = quench.draw_rows(size, np.random.default_rng(1), shifted=False)
    exact = quench.exact_labels(size, held[0], np.array(quench.times))
    assert exact is not None
    along = evolution.times(quench.parameters, held)
    assert (along.title, along.at) == (quench.parameters[-1].meaning, quench.times)
    velocity = quench.velocity(held[0])
    assert velocity == 2.0 * held[0]["J"].max()
    for label, reach, tip in (("magnetization", velocity, 3.5), ("correlation", 2 * velocity, 3)):
        space = space_time.Space.of(quench.label(label).axes, 8)
        assert space is not None
        values = space.values(exact[label])
        drawn = data_of(
            space_time.picture(values, space, along, label, 1.0, LIGHT, reach=space.reach(velocity))
        )
        assert space.signed == (label == "magnetization")
        cells = [line for line in drawn if line.get("value") is not None]
        line = exact[label] if space.centre is None else np.abs(exact[label][:, 3])
        for cell in cells:
            k = along.at.index(cell["time"])
            assert cell["value"] == line[k, cell["place"]]
            assert cell["left"] < cell["place"] < cell["right"]
            assert cell["bottom"] < cell["time"] < cell["top"]
        assert len(cells) == 80 - (10 if label == "correlation" else 0)
        ends = sorted(
            (point["x"], point["time"]) for point in drawn if "ray" in point and point["time"]
        )
        assert ends == [
            (pytest.approx(tip - reach * 2.1), 2.1),
            (pytest.approx(tip + reach * 2.1), 2.1),
        ]
        assert {point["x"] for point in drawn if "ray" in point and not point["time"]} == {tip}


def test_a_signal_stays_inside_the_cone_that_is_drawn() -> None:
    """What another coupling in the middle does: nothing outside v t, and it has arrived at v t."""
    quench, size = families.load("quench_tfim_1d"), Size(60)
    held = {"J": np.full(59, 1.0), "h": np.full(60, 1.0)}
    other = held | {"J": np.where(np.arange(59) == 29, 0.5, 1.0)}
    t = np.array([4.0])
    one, two = (quench.exact_labels(size, p, t)["magnetization"][0] for p in (held, other))
    moved, apart = np.abs(one - two), np.abs(np.arange(60) - 29.5)
    reach = space_time.Space(SITE).reach(quench.velocity(held)) * t[0]
    # Past the front a wave of the chain falls off as an Airy function, over some sites.
    assert moved[apart > reach + 6].max() < 1e-5
    assert moved[np.abs(apart - reach) < 1].max() > 1e-4


def test_spaces_that_can_be_drawn() -> None:
    assert space_time.Space.of((CUT,), 7) == space_time.Space(CUT)
    assert space_time.Space.of((CUT, SITE), 7) is None
    assert space_time.Space.of((SITE, SITE, SITE), 7) is None
    assert "sites a" not in space_time.Space(SITE).sentence(None)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_diverging_shades_are_as_far_from_the_middle_on_both_sides(colours: Palette) -> None:
    """CIE lightness moves away from that of zero on both sides, as far within a tenth."""
    light = [lightness(colour) for colour in colours.diverging]
    steps = np.diff(light)
    assert (np.sign(steps) == np.sign(steps[0]) * np.array([1, 1, -1, -1])).all()
    assert abs(light[0] - light[-1]) < 10
    assert abs(light[1] - light[3]) < 10


def lightness(colour: str) -> float:
    """CIE L* of sRGB `#rrggbb`."""
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = float(linear @ (0.2126, 0.7152, 0.0722))
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_rows_of_an_evolution() -> None:
    arrays = {"trajectory": np.array([4, 4, 7, 7, 4])}
    assert evolution.evolutions(arrays) == [4, 7]
    assert evolution.rows_of(arrays, 4).tolist() == [0, 1, 4]
    assert evolution.evolutions({"row_id": np.arange(3)}) == []


def test_a_map_of_sites() -> None:
    assert site_map.is_flat(Chain().positions(Size(5)))
    grid = Lattice().positions(Size(6, 2, 3))
    assert not site_map.is_flat(grid)
    pairs, strength = np.array([[0, 1], [1, 2]]), np.array([-0.5, 0.25])
    bonds = Bonds.between(grid, pairs, strength, "J")
    values = np.linspace(-1, 1, 6)
    chart = site_map.sites(grid, LIGHT, values=values, title="m", bonds=bonds).to_dict()
    lines, marks, numbers = chart["layer"]
    assert marks["encoding"]["color"]["scale"]["domain"][2] == 0
    assert lines["encoding"]["strokeWidth"]["scale"]["domain"] == [0, 0.5]
    assert numbers["encoding"]["text"]["field"] == "site"
    many = site_map.sites(Graph().positions(Size(90, letter="v")), LIGHT).to_dict()
    assert len(many["layer"]) == 1


def test_events_of_a_shot_and_of_all() -> None:
    record, size = DetectionEvents(lambda _: 10), Size(3, letter="d")
    bits = np.zeros((70_000, 10), dtype=np.uint8)
    bits[:, 9] = 1
    bits[0, 2] = 1
    found = shot_chart.density(record, np.packbits(bits, axis=1, bitorder="little"), size)
    assert found == pytest.approx([0, 0, 1 / 70_000, 0, 0, 0, 0, 0, 0, 1])
    drawn = data_of(shot_chart.strip(np.resize(bits[0], 100), LIGHT))
    assert {line["line"] for line in drawn} == {0, 1, 2}
    assert sum(line["bit"] for line in drawn) == 20


def test_shares_of_values() -> None:
    table = shot_chart.shares(np.array([0, 1, 0, 0]))
    assert table.to_pylist() == [
        {"value": "0", "shots": 3, "share": 0.75}, {"value": "1", "shots": 1, "share": 0.25},
    ]  # fmt: skip
    words = [line["words"] for line in data_of(shot_chart.share_bars(table, "bit", LIGHT))]
    assert words == ["0: 0.7500", "1: 0.2500"]
    assert shot_chart.shares(np.arange(21)) is None


def test_axes_and_shades_of_all_rows(phase_folder) -> None:
    split, size = phase_folder.splits["train"], Size(8)
    family = families.load("tfim_1d_critical")
    axes = row_scatter.axes(family, size, split)
    assert set(axes) == {"mean of J", "spread of J"}  # h is the same everywhere
    couplings = np.stack([family.unflatten(size, row)["J"] for row in split["parameters"]])
    assert np.allclose(axes["mean of J"], couplings.mean(axis=1))
    shades = row_scatter.shades(family, size, split)
    assert next(iter(shades)) == "phase"
    assert set(shades["phase"]) <= {"paramagnetic", "ordered"}
    assert np.allclose(shades["energy per site in energy unit of H"], split["energy"] / 8)
    assert np.allclose(shades["half renyi2 in bit"], split["renyi2_blocks"][:, 3])
    assert {"phase margin", "neighbour correlation", "pair renyi2 in bit"} < set(shades)
    assert row_scatter.shades(family, size, {"parameters": split["parameters"]}) == {}


def test_a_scatter_of_many_rows_draws_some() -> None:
    rows = np.arange(10_000)
    table = row_scatter.points(rows, rows * 1.0, rows * 1.0, np.resize(["a", "b"], 10_000))
    drawn = data_of(row_scatter.scatter(table, ("x", "y", "c"), LIGHT).layer[-1])
    assert 0.5 * row_scatter.MOST < len(drawn) <= row_scatter.MOST
