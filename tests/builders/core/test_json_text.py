"""JSON by hand: a byte order mark is passed over, doubt is refused without a traceback."""

import pytest

from builders.commands.solve import read_parameters
from builders.core import json_text
from builders.core.errors import RequestError


def test_parameters_of_solve_with_a_byte_order_mark(tmp_path) -> None:
    file = tmp_path / "p.json"
    file.write_text('{"parameters": {"h": [1, 2.5]}}', encoding="utf-8-sig")
    assert read_parameters(file) == {"h": [1, 2.5]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"parameters": {"h": 1, "h": 2}}', "keys given twice: h. Give each once"),
        (f'{{"parameters": {{"h": {"9" * 400}}}}}', "integer of 400 digits"),
        (f'{{"parameters": {{"h": -{"9" * 5000}}}}}', "integer of 5000 digits"),
        ('{"parameters": {"h": 1_000.5}}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("", "not JSON"),
    ],
)
def test_parameters_in_doubt(tmp_path, text, words) -> None:
    file = tmp_path / "p.json"
    file.write_text(text)
    with pytest.raises(RequestError, match=words) as refusal:
        read_parameters(file)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(("code", "words"), [("utf-16", "it is UTF-16"), ("latin-1", "byte 1")])
def test_other_codes(code, words) -> None:
    with pytest.raises(RequestError, match=words):
        json_text.utf8("{é}".encode(code), "it")


def test_integers_of_64_bits_are_taken() -> None:
    assert json_text.parsed(f"[{2**63 - 1}, -{2**63}]", "it") == [2**63 - 1, -(2**63)]
    with pytest.raises(RequestError, match="19 digits"):
        json_text.parsed(str(2**63), "it")
