"""Formulas as families and tasks write them, plain text, as Markdown that is set by KaTeX."""

import re
from collections.abc import Iterator

from leaderboard.display.plain import literal

_GREEK = ("beta", "delta", "gamma", "omega", "pi", "psi", "rho", "theta")
_NAMES = {
    **{name: f"\\{name}" for name in _GREEK},
    "exp": r"\exp", "tr": r"\operatorname{tr}", "log2": r"\log_2", "sqrt": r"\operatorname{sqrt}",
    "J_prime": "J'", "rb_over_a": "R_b/a", "R_ZZ": "R_{ZZ}", "R_X": "R_X",
    "h1": "h_1", "h2": "h_2", "h3": "h_3", "S2": "S_2",
}  # fmt: skip
"""Words that are symbols; single letters and capitals, such as XX, are symbols too."""
_ARTICLE = "a"
_BEFORE_PAUSE = re.compile(r"\$ +(\\?[,;:.])")
_TOKENS = re.compile(
    r"""(?P<ket>\|[^>|\s]+>)
    | (?P<mean><[A-Z][^<>]*>)
    | (?P<big>(?:sum|prod)_(?:\{[^}]*\}|\([^)]*\)|\w))
    | (?P<low>_(?:\{[^}]*\}|[A-Za-z0-9]+))
    | (?P<high>\^(?:\+|\([^)]*\)|\w+))
    | (?P<share>\b(?:\d+|pi|omega)/\d+\b)
    | (?P<name>\b(?:J_prime|rb_over_a|R_ZZ|R_X)(?![A-Za-z]))
    | (?P<word>[A-Za-z]{2,}(?:['-][a-z]+)+|[A-Za-z][A-Za-z0-9]*)
    | (?P<dots>\.\.\.)
    | (?P<gap>\s+)
    | (?P<pause>[,;:.])
    | (?P<sign>.)""",
    re.VERBOSE,
)


def markdown(text: str) -> str:
    """The text with its formulas between dollars, and its words as they are.

    Args:
        text: such as `H = -sum_i J_i Z_i Z_{i+1}, J_i = 1 on a chain`.
    """
    parts: list[str] = []
    for is_formula, piece in _pieces(text):
        inside, outside = piece.strip(), piece[len(piece.rstrip()) :]
        parts.append(f"${inside}${outside}" if is_formula and inside else piece)
    return _BEFORE_PAUSE.sub(r"$\1", "".join(parts))


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Neighbouring tokens of one sort together: formula or prose.

    Gaps belong to what stands before them, and pauses to the prose unless a bracket is open.
    """
    was, held, depth = False, "", 0
    for found in _TOKENS.finditer(text):
        kind, token = str(found.lastgroup), found[0]
        if kind == "gap":
            held += token
            continue
        is_formula = depth > 0 or not _is_prose(kind, token, was, text[found.end() :])
        if held and is_formula != was:
            yield was, held
            held = ""
        was = is_formula
        held += _tex(kind, token) if is_formula else literal(token)
        depth += (token in "([") - (token in ")]")
    if held:
        yield was, held


def _is_prose(kind: str, token: str, after_formula: bool, rest: str) -> bool:
    """Whether a token is a word, or a sign among words."""
    if kind == "word":
        is_symbol = token in _NAMES or len(token) == 1 or (token.isupper() and len(token) < 3)
        return not is_symbol or (token == _ARTICLE and rest.startswith(" "))
    if kind == "dots":
        return not after_formula
    return kind == "pause" or (token == "/" and not after_formula)


def _tex(kind: str, token: str) -> str:
    """One token of a formula."""
    if kind == "ket":
        return rf"|{_inner(token[1:-1])}\rangle{{}}"
    if kind == "mean":
        return rf"\langle {_inner(token[1:-1])}\rangle{{}}"
    if kind == "big":
        name, _, over = token.partition("_")
        return rf"\{name}_{{{_limits(over)}}} "
    if kind == "low":
        return f"_{{{_limits(token[1:])}}}"
    if kind == "high":
        power = token[1:]
        return "^{\\dagger}" if power == "+" else f"^{{{_limits(power)}}}"
    if kind == "share":
        top, _, bottom = token.partition("/")
        return rf"\tfrac{{{_NAMES.get(top, top)}}}{{{bottom}}}"
    if kind in ("name", "word"):
        return f"{_NAMES.get(token, token)} " if token in _NAMES else token
    return {"dots": r"\ldots ", "<": r"\lt "}.get(kind, _sign(token))


def _sign(token: str) -> str:
    return {"<": r"\lt ", ">": r"\gt ", "~": r"\sim ", "−": "-", "#": r"\#", "%": r"\%", "$": r"\$",
            "{": r"\{", "}": r"\}", "\\": r"\backslash "}.get(token, token)  # fmt: skip


def _inner(text: str) -> str:
    """What stands between brackets of a state or of a mean."""
    if text in _NAMES:
        return _NAMES[text]
    return "".join(_tex(str(m.lastgroup), m[0]) for m in _TOKENS.finditer(text))


def _limits(text: str) -> str:
    """What stands above or below: letters are symbols, words are words."""
    inside = text.strip("{}") if text.startswith("{") else text
    words = re.sub(r"[A-Za-z]{3,}", lambda m: _NAMES.get(m[0], rf"\text{{{m[0]}}}"), inside)
    return words.replace(" ", r"\ ").replace("<", r"\lt ")
