"""The page of sizes and costs shows what was measured."""

from pathlib import Path

from benchmarks import evolution_costs
from benchmarks.costs import MARKS, points, read, table
from benchmarks.pages import with_table

ROOT = Path(__file__).parent.parent
MEASURED = read(ROOT / "benchmarks" / "results" / "costs.json")


def test_the_table_is_that_of_the_measured_costs() -> None:
    """`python -m benchmarks.costs --table benchmarks/results/costs.json docs/families.md`."""
    page = (ROOT / "docs" / "families.md").read_text(encoding="utf-8")
    assert with_table(page, MARKS, table(MEASURED)) == page


def test_the_table_of_evolutions_is_that_of_the_measured_costs() -> None:
    """`python -m benchmarks.evolution_costs --table FILE.json docs/families.md`."""
    page = (ROOT / "docs" / "families.md").read_text(encoding="utf-8")
    measured = evolution_costs.read(ROOT / "benchmarks" / "results" / "evolution_costs.json")
    assert with_table(page, evolution_costs.MARKS, evolution_costs.table(measured)) == page
    offered = {(family.name, str(size)) for family, size in evolution_costs.points()}
    assert {(cost.family, cost.size) for cost in measured} <= offered


def test_what_was_measured_are_sizes_of_families() -> None:
    offered = {(family.name, str(size)) for family, size in points()}
    measured = {(cost.family, cost.size) for cost in MEASURED}
    assert measured <= offered
    # Large lattices take many minutes a row.
    assert all("x" in size for _, size in offered - measured)
