"""Lines to load and to cite by."""

import json
from datetime import date

from builders.dataset import manifest
from leaderboard.cells import CellKey
from leaderboard.display import citation, published
from tests.leaderboard.answers import metadata

DAY = date(2026, 3, 1)


def test_data_are_cited_by_the_digest_of_their_manifest(synthetic_master) -> None:
    found = manifest.read(synthetic_master.public)
    stated = json.loads((synthetic_master.public / manifest.NAME).read_text("utf-8"))["digest"]
    text = citation.data_bibtex(found, DAY)
    assert f"SHA-256 {stated}, as of 2026-03-01" in text
    assert "CC BY 4.0" in text


def test_strangers_text_is_no_latex() -> None:
    about = metadata(name=r"100 % \input{x} a_b", authors=("A & B", "C"), version="2")
    text = citation.entry_bibtex("0" * 20, about, DAY, "f" * 64)
    assert r"100 \% \textbackslash{}input\{x\} a\_b" in text
    assert r"{A \& B} and {C}" in text
    assert "version 2" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert text.startswith("@misc{qslbench-00000000000000000000,\n")


def test_a_ranking_is_cited_with_the_head_of_the_log() -> None:
    text = citation.ranking_bibtex("tfim_1d_n048 / energy", DAY, "ab" * 32)
    assert "tfim\\_1d\\_n048 / energy" in text
    assert f"decision log SHA-256 {'ab' * 32}" in text


def test_loading_names_every_config() -> None:
    text = citation.loading("demo", ["a_n001", "b_n002"])
    assert 'load_dataset("demo", "a_n001")' in text
    assert '# also: "b_n002"' in text


def test_published_numbers_are_marked_and_of_the_cell_alone() -> None:
    key = CellKey("heisenberg_1d_n048", "correlation", 100, 64)
    found = published.lines([key])
    assert found
    assert all(line["Method"].endswith("(published)") for line in found)
    assert {(line["Config"], line["n"], line["M"]) for line in found} == {key[:1] + key[2:4]}
    assert published.lines([key._replace(n=101)]) == []
