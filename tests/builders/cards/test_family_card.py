"""Cards of families: what is committed is what the families and measurements give now."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from builders import families
from builders.cards import family_card, measurements
from builders.commands.card import command
from builders.core.errors import RequestError
from tests.paths import ROOT

CARDS = ROOT / "cards"
ERRORS = {
    "family": "xy_1d",
    "size": "8",
    "hardware": "a CPU",
    "rows": [
        {"energy": 1e-9, "correlation": 2e-5, "renyi2": 3e-6, "renyi2_blocks": 4e-7},
        {"energy": 2e-9, "correlation": 1e-5, "renyi2": 5e-6, "renyi2_blocks": 1e-7},
    ],
}


def run(*arguments: object) -> object:
    return CliRunner().invoke(command, [str(a) for a in arguments])


def test_every_family_has_a_card_and_no_card_lacks_its_family() -> None:
    assert {path.stem for path in CARDS.glob("*.md")} - {"template"} == set(families.names())


@pytest.mark.parametrize("name", families.names())
def test_committed_cards_are_what_is_generated_now(name: str) -> None:
    committed = (CARDS / f"{name}.md").read_text(encoding="utf-8")
    # `qslbench card --all --out cards` writes them.
    assert committed == family_card.text(name)


@pytest.mark.parametrize("name", families.names())
def test_a_card_holds_what_the_family_states(name: str) -> None:
    family, text = families.load(name), family_card.text(name)
    for words in (family.formula, family.distribution, family.why_hard, *family.references):
        assert words in text
    assert (family.distribution_ood or "`--test-ood` is refused") in text
    assert all(f"`{phase}`" in text for phase in getattr(family, "phases", ()))


def test_measurements_are_shown_where_there_are_any(tmp_path: Path) -> None:
    assert "No committed measurement yet" in family_card.text("xy_1d", tmp_path)
    (tmp_path / "label_errors_xy_1d_n008.json").write_text(json.dumps(ERRORS))
    row = "| 8 | 2 | 2.0e-09 | 2.0e-05 | 5.0e-06 | 4.0e-07 | a CPU |"
    assert row in family_card.text("xy_1d", tmp_path)
    assert row not in family_card.text("tfim_1d", tmp_path)


def test_a_broken_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "label_errors_xy_1d_n008.json"
    path.write_text(json.dumps(ERRORS | {"rows": []}))
    with pytest.raises(RequestError, match=r"label_errors_xy_1d_n008.json is not a record"):
        family_card.text("xy_1d", tmp_path)


def test_every_committed_record_can_be_read() -> None:
    paths = sorted(measurements.FOLDER.glob("label_errors_*.json"))
    assert paths
    found = [r for name in families.names() for r in measurements.label_errors(name)]
    assert len(found) == len(paths)


def test_the_command_writes_cards_and_refuses_half_requests(tmp_path: Path) -> None:
    done = run("--family", "xy_1d", "--family", "tfim_1d", "--out", tmp_path, "--json")
    assert json.loads(done.output)["written"] == [
        str(tmp_path / f"{n}.md") for n in ("xy_1d", "tfim_1d")
    ]
    assert (tmp_path / "xy_1d.md").read_text(encoding="utf-8") == family_card.text("xy_1d")
    for arguments in ((), (tmp_path, "--all")):
        assert "and not both" in str(run(*arguments).exception)
    assert "Did you mean 'xy_1d'" in str(run("--family", "xy1d", "--out", tmp_path).exception)
