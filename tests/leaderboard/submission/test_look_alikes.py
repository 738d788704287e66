"""Names that can be taken for others; and formulas in tables, at any place of a cell."""

import json

import pytest

from builders.core.errors import RequestError
from leaderboard.ranking.export import inert
from leaderboard.submission.look_alikes import check_name
from leaderboard.submission.metadata import Metadata, parse_metadata
from tests.leaderboard.answers import metadata


@pytest.mark.parametrize(
    "name",
    [
        *("Ridge", "β-VAE", "Δ-learning", "ℓ1 loss", "L²-net", "σx-net", "Ада Лавлейс", "李明"),
        *("José Ñandú", "Nguyễn Văn", "Ζεύς", "κ GP", "naïve", "Qwen模型"),
    ],
)
def test_names_of_people_and_models(name) -> None:
    check_name("name", name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("\u0420idge", "CYRILLIC CAPITAL LETTER ER.* among Latin letters"),
        ("\u0396eus", "GREEK CAPITAL LETTER ZETA"),
        ("my \u03bdNet", "GREEK SMALL LETTER NU"),
        ("\U0001d411idge", "in disguise. Write 'R'"),
        ("\uff32idge", "in disguise. Write 'R'"),
        ("\ufb01t", "Write 'fi'"),
        ("z" + "\u0334" * 4, "at most 3 accents"),
        (" ", "letters or digits are needed"),
        ("MP\u054f", "ARMENIAN CAPITAL LETTER TIWN.* among Latin letters"),
        ("\u216fPS", "in disguise. Write 'M'"),
        ("\u041c\u0420\u0405", "all letters of .* look like Latin ones.*CYRILLIC"),
        ("my \u03a4\u0395\u0392", "all letters of .* look like Latin ones.*GREEK"),
        ("\ua4df\ua4d1\ua4e2", "look like Latin ones.*LISU"),
    ],
)
def test_names_in_disguise(name, words) -> None:
    with pytest.raises(RequestError, match=words):
        check_name("name", name)


def test_people_may_be_called_so() -> None:
    """A person is not a model: Сара is a name in Cyrillic letters all of which look Latin."""
    check_name("author", "\u0421\u0430\u0440\u0430")


def test_the_door_refuses_them_and_the_store_reads_what_it_has() -> None:
    body = json.loads(metadata().model_dump_json())
    for key, value in (("name", "\u0420idge"), ("authors", ["Ada", "\u0420ida"])):
        text = json.dumps(body | {key: value})
        with pytest.raises(RequestError, match="CYRILLIC"):
            parse_metadata(text)
        assert Metadata.model_validate_json(text)  # as stored before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a;=1+1", "a;'=1+1"),
        ('a; "=1+1', "a; \"'=1+1"),
        ("a\t@sum", "a\t'@sum"),
        ("a;-1;+2", "a;'-1;'+2"),
        (";\uff1d1", ";'\uff1d1"),
        ("=1;=2", "'=1;'=2"),
        ("a;b", "a;b"),
        ("a - b", "a - b"),
    ],
)
def test_a_cell_that_begins_at_a_semicolon(text, shown) -> None:
    assert inert(text) == shown
