"""A family that is declared wrongly is refused when it is loaded, with everything that is wrong."""

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from builders import families
from builders.core import discovery
from builders.core.column import Column
from builders.core.errors import UnknownError
from builders.core.names import Size
from builders.dataset import index
from builders.physics.certificate import EnergyVariance
from builders.physics.declaration import check_declaration
from builders.physics.family import Family
from builders.physics.geometry import Code, Lattice
from builders.physics.label import SITE, Label
from builders.physics.parameters import Parameter, Parameters
from builders.physics.record import DetectionEvents, Nothing, PauliTokens
from builders.physics.row_figure import RowFigure
from tests.toys.families import toy_bits, toy_graph, toy_walk

EVERY: list[Family] = [
    *map(families.load, families.names()),
    *(toy.FAMILY for toy in (toy_bits, toy_graph, toy_walk)),
]


class Plain(toy_walk.Walk):
    """Rows of its own each, so that one thing at a time can be wrong."""

    name = "plain"
    rows_a_seed = 1
    trajectory = False
    distribution_ood = ""


def label(name: str, **changes: Any) -> Label:
    plain: dict[str, Any] = {"dtype": "float32", "axes": (SITE,), "unit": "1", "meaning": "it"}
    return Label(name, **(plain | changes))


def figure(name: str, *needs: str) -> RowFigure:
    return RowFigure(name, "It", "1", "it", needs, lambda *given: given[2][needs[0]])


def of(**changes: Any) -> Family:
    """A family that differs from `Plain` in this."""
    made: Family = type("Changed", (Plain,), changes)()
    return made


def test_what_is_declared_rightly_passes() -> None:
    for family in (*EVERY, of()):
        check_declaration(family)


class Circuit(Family):
    """Nothing stated but what has a default."""

    def draw(self, *_: Any) -> Parameters:
        return {}

    def make(self, *given: Any) -> Any:
        raise NotImplementedError


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="family Circuit is declared wrongly") as refusal:
        check_declaration(Circuit())
    for name in ("name", "title", "formula", "distribution", "why_hard"):
        assert f"`{name}` is no text" in str(refusal.value)
    for name in ("certificate", "references", "parameters", "sizes", "tasks", "labels"):
        assert f"`{name}` is None, a " in str(refusal.value)


def further(self: Family, size: Size) -> tuple[Column, ...]:
    return (Column("magnetization", "float64", (), "1", "an input"),)


class Copied(Nothing):
    default_shots = 7


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "`title` is no text"),
        ({"trajectory": "no"}, "`trajectory` is 'no', a bool is needed"),
        ({"rows_a_seed": 1.5}, "`rows_a_seed` is 1.5, an int is needed"),
        ({"labels": (label("split"),)}, "'split' cannot name a column"),
        ({"labels": (label(""),)}, "'' cannot name a column"),
        ({"labels": (label("a b"),)}, "'a b' cannot name a column"),
        ({"labels": (label("../x"),)}, "'../x' cannot name a column"),
        ({"record": Copied()}, "the record nothing has no columns, and copies of them"),
        ({"why_hard": 3}, "`why_hard` is no text"),
        ({"record": PauliTokens}, "`record` is <class .*>, a Record is needed"),
        ({"record": "shots"}, "`record` is 'shots', a Record is needed"),
        ({"geometry": "chain"}, "`geometry` is 'chain', a Geometry is needed"),
        ({"certificate": None}, "`certificate` is None, a Certificate is needed"),
        ({"labels": [label("a")]}, r"`labels` is \[.*\], a tuple of Label is needed"),
        ({"parameters": ("J",)}, r"`parameters` is \('J',\), a tuple of Parameter is needed"),
        ({"references": "arXiv"}, "`references` is 'arXiv', a tuple of str is needed"),
        ({"sizes": (4,)}, r"`sizes` is \(4,\), a tuple of str is needed"),
        ({"tasks": "t"}, "`tasks` is 't', a tuple of str is needed"),
        ({"sizes": ()}, "`sizes` is empty"),
        ({"sizes": ("4", "3x3")}, "size '3x3' of `sizes` is refused: .*none of a chain"),
        ({"sizes": ("4", "65")}, "size '65' of `sizes` is refused: .*at most 64 sites"),
        ({"sizes": ("four",)}, "size 'four' of `sizes` is refused: .*not a size"),
        ({"geometry": Lattice()}, "size '4' of `sizes` is refused: .*none of a lattice"),
        ({"labels": ()}, "`labels` is empty"),
        ({"labels": (label("shots"),)}, r"columns \['shots'\] stand twice"),
        ({"labels": (label("row_id"), label("seed"))}, r"columns \['row_id', 'seed'\] stand"),
        ({"labels": (label("parameters"),)}, r"columns \['parameters'\] stand twice"),
        ({"labels": (label("trajectory"),)}, r"columns \['trajectory'\] stand twice"),
        ({"labels": (label("a"), label("a"))}, r"columns \['a'\] stand twice"),
        ({"inputs": further}, r"columns \['magnetization'\] stand twice"),
        (
            {"labels": (label("energy_variance"),), "certificate": EnergyVariance()},
            r"columns \['energy_variance'\] stand twice",
        ),
        ({"certificate": type("C", (EnergyVariance,), {"quantiles": "variance"})()},
         "`quantiles` of the certificate names no column: 'variance'"),
        (
            {"figures": (figure("a", "magnetization", "energy"),)},
            r"figure a needs \['energy'\], which are no columns",
        ),
        ({"figures": (figure("a", "row_id"),)}, "figure a needs no label: nothing hides it"),
        ({"figures": (figure("a b", "magnetization"),)}, "'a b' cannot name a column"),
        ({"figures": [figure("a", "magnetization")]}, r"`figures` is \[.*\], a tuple of RowFigure"),
        ({"labels": (label("a", per="shot"),)}, r"labels \['a'\] are not per row"),
        (
            {"record": DetectionEvents(lambda _: 8), "geometry": Code(), "sizes": ("5",)},
            r"labels \['magnetization'\] are not per shot",
        ),
        ({"rows_a_seed": 0}, "`rows_a_seed` is 0: 1 or more"),
        ({"trajectory": True}, "`rows_a_seed` is 1: 1 or more, 2 or more with `trajectory`"),
        ({"rows_a_seed": 4, "block": lambda *_: 6}, "`block` is 6, no multiple of .*=4"),
        ({"block": lambda *_: 0}, "`block` is 0, no multiple"),
        ({"identity": "rows"}, "`identity` is 'rows', one of parameters, record, none is needed"),
        (
            {"parameters": (*Plain.parameters, Parameter("J", lambda _: (), "again"))},
            r"parameters \['J'\] stand twice",
        ),
        ({"name": "Plain"}, "`name` is 'Plain', which Plain_n004 does not give back"),
        ({"name": "../plain"}, "does not give back"),
        ({"name": "plain_n004-x"}, "does not give back"),
        (
            {"distribution_ood": "elsewhere", "draw_rows": Family.draw_rows},
            "neither `draw_ood` nor `draw_rows` is defined",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        check_declaration(of(**changes))
    assert "is declared wrongly: " in str(refusal.value)
    # One thing is wrong, and one is said.
    assert ";" not in str(refusal.value)


def test_a_family_is_named_like_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "load", lambda *_, **__: SimpleNamespace(FAMILY=of()))
    assert families.load("plain").name == "plain"
    with pytest.raises(ValueError, match=r"family plain stands in other\.py: name both alike"):
        families.load("other")


def test_a_wrong_family_is_refused_when_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = of(labels=())
    monkeypatch.setattr(discovery, "load", lambda *_, **__: SimpleNamespace(FAMILY=wrong))
    with pytest.raises(ValueError, match="`labels` is empty"):
        families.load("plain")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"per": "rows"}, "per='rows' of label a: row or shot"),
        ({"classes": ("x", "y")}, "of the class label a"),
        ({"classes": ("x", "y"), "dtype": "int64"}, "of the class label a"),
        ({"classes": ("x", "x"), "dtype": "int64", "axes": ()}, "a class is named twice"),
        ({"dtype": "float16"}, "dtype='float16' of column a"),
    ],
)
def test_a_label_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        label("a", **changes).column(Size(4))


class Named(Plain):
    labels: ClassVar[tuple[Label, ...]] = (label("up"), label("down"))


def test_a_label_is_found_by_its_name() -> None:
    assert Named().label("down") is Named.labels[1]
    with pytest.raises(UnknownError, match=r"unknown label of plain 'upp'\. Did you mean 'up'"):
        Named().label("upp")


def test_columns_of_the_index_are_told_apart() -> None:
    """Families may share a summary's name where it means the same, and none a common column's."""
    common = {c.name for c in index.COMMON}
    meant: dict[str, tuple[str, str]] = {}
    for family in EVERY:
        for own in family.labels:
            assert not {s.name for s in own.summaries} & common, family.name
            assert not (own.classes and own.name in common), family.name
            for summary in own.summaries:
                said = (summary.unit, summary.meaning)
                assert meant.setdefault(summary.name, said) == said, family.name
    assert {"energy_per_site", "half_renyi2", "cut"} <= set(meant)
