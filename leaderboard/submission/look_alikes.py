"""Names that look like others: letters of several alphabets in a word, and letters in disguise."""

import re
import unicodedata

from builders.core.errors import RequestError

# Greek letters that are drawn as Latin ones; others, as in Δ-learning, are no disguise.
_GREEK = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧικνορυ")
_CYRILLIC = frozenset("АВЕЅІЈКМНОРСТУХаеѕіјорсухһԛԝ")
# Letters of these among Latin ones are taken for nothing else.
_APART = ("LATIN", "GREEK", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "MODIFIER", "FEMININE",
          "MASCULINE", "SCRIPT SMALL L")  # fmt: skip
_FREE = frozenset("ℓªº")  # letters for Unicode, and signs for us
_MARKS = 3  # accents on one letter; some names have two
_WORD = re.compile(r"[^\W\d_]+")


def check_name(kind: str, name: str) -> None:
    """Refuse a name that can be taken for another one.

    Args:
        kind: of the name, for the message.
        name: printable text.

    Raises:
        RequestError: which letters, and what to write.

    >>> check_name("name", "β-VAE of Ada Łukasiewicz")
    """
    for letter in name:
        plain = unicodedata.normalize("NFKC", letter)
        is_letter = unicodedata.category(letter)[0] == "L" or unicodedata.category(letter) == "Nl"
        if is_letter and not letter.isascii() and plain.isascii() and letter not in _FREE:
            raise RequestError(
                f"{kind} {name!r}: {letter!r} ({_called(letter)}) is a letter in disguise. Write "
                f"{plain!r}."
            )
    if re.search(r"\S", name) is None:
        raise RequestError(f"{kind} {name!r}: letters or digits are needed.")
    marks = 0
    for letter in unicodedata.normalize("NFD", name):
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks > _MARKS:
            raise RequestError(f"{kind} {name!r}: at most {_MARKS} accents on a letter.")
    for word in _WORD.findall(name):
        if any(_called(letter).startswith("LATIN") for letter in word):
            for letter in word:
                if letter in _GREEK or (letter.isalpha() and not _is_apart(letter)):
                    raise RequestError(
                        f"{kind} {name!r}: {letter!r} ({_called(letter)}) among Latin letters "
                        "looks like another. Write each word in one alphabet."
                    )
        elif kind == "name" and len(word) > 1 and all(map(_passes_for_latin, word)):
            raise RequestError(
                f"{kind} {name!r}: all letters of {word!r} look like Latin ones, the first is "
                f"{_called(word[0])}. Write the word in Latin letters."
            )


def _is_apart(letter: str) -> bool:
    return _called(letter).startswith(_APART)


def _passes_for_latin(letter: str) -> bool:
    others = _called(letter).startswith(("CHEROKEE", "LISU", "DESERET"))
    return letter in _GREEK or letter in _CYRILLIC or others


def _called(letter: str) -> str:
    return unicodedata.name(letter, "a letter without a name")
