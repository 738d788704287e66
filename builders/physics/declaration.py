"""Whether a family is declared rightly: what a wrong one would break later, said at once."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from builders.core.errors import RequestError
from builders.core.names import config_name, parse_config
from builders.physics.certificate import Certificate
from builders.physics.geometry import Geometry
from builders.physics.label import Label
from builders.physics.parameters import Parameter
from builders.physics.record import Record
from builders.physics.row_figure import RowFigure

if TYPE_CHECKING:
    from builders.physics.family import Family

_TEXTS = ("name", "title", "formula", "distribution", "why_hard")
_IDENTITIES = ("parameters", "record", "none")
_NAME = re.compile("[a-z][a-z0-9_]*")
# Of the index, of submissions, and of what pages and readers add.
_TAKEN = {
    *("config", "family", "size", "sites", "split", "stored_shots", "parameters_mean"),
    *("parameters_std", "task", "n", "prediction", "std", "track"),
}
_KINDS: dict[str, type] = {
    "geometry": Geometry,
    "record": Record,
    "certificate": Certificate,
    "rows_a_seed": int,
    "trajectory": bool,
}
_MEMBERS: dict[str, type] = {
    "references": str,
    "parameters": Parameter,
    "sizes": str,
    "tasks": str,
    "labels": Label,
    "figures": RowFigure,
}


def check_declaration(family: "Family") -> None:
    """Refuse a family that is declared wrongly.

    Raises:
        ValueError: everything that is wrong with it.
    """
    problems = list(_problems(family))
    if problems:
        name = getattr(family, "name", type(family).__name__)
        raise ValueError(f"family {name} is declared wrongly: {'; '.join(problems)}")


def _problems(family: "Family") -> Iterator[str]:
    wrong = [*_texts(family), *_types(family)]
    if wrong:
        # What follows reads these.
        yield from wrong
        return
    if family.rows_a_seed < 1 or (family.trajectory and family.rows_a_seed < 2):
        yield f"`rows_a_seed` is {family.rows_a_seed}: 1 or more, 2 or more with `trajectory`"
        return
    record = family.record
    if not record.names and (record.default_shots or record.has_copies):
        yield f"the record {record.kind} has no columns, and copies of them"
    if family.identity not in _IDENTITIES:
        yield f"`identity` is {family.identity!r}, one of {', '.join(_IDENTITIES)} is needed"
    twice = _twice([p.name for p in family.parameters])
    if twice:
        yield f"parameters {twice} stand twice"
    if family.distribution_ood and not _draws_ood(family):
        yield "`distribution_ood` is stated, and neither `draw_ood` nor `draw_rows` is defined"
    if not family.sizes:
        yield "`sizes` is empty: name one at least"
        return
    yield from _sizes(family)


def _texts(family: "Family") -> Iterator[str]:
    for name in _TEXTS:
        if not isinstance(getattr(family, name, None), str) or not getattr(family, name):
            yield f"`{name}` is no text"


def _types(family: "Family") -> Iterator[str]:
    for name, kind in _KINDS.items():
        given = getattr(family, name, None)
        if not isinstance(given, kind):
            article = "an" if kind.__name__[0] in "aeiou" else "a"
            yield f"`{name}` is {given!r}, {article} {kind.__name__} is needed"
    for name, kind in _MEMBERS.items():
        members = getattr(family, name, None)
        if not isinstance(members, tuple) or not all(isinstance(m, kind) for m in members):
            yield f"`{name}` is {members!r}, a tuple of {kind.__name__} is needed"


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _draws_ood(family: "Family") -> bool:
    from builders.physics.family import Family

    given = type(family)
    return given.draw_ood is not Family.draw_ood or given.draw_rows is not Family.draw_rows


def _sizes(family: "Family") -> Iterator[str]:
    from builders.physics.family import COMMON

    for text in family.sizes:
        try:
            family.check_size(family.geometry.parse(text))
        except RequestError as error:
            yield f"size {text!r} of `sizes` is refused: {error}"
            return
    size = family.geometry.parse(family.sizes[0])
    config = config_name(family.name, size)
    try:
        parsed = parse_config(config)
    except RequestError:
        parsed = None
    if parsed != (family.name, size, ""):
        yield f"`name` is {family.name!r}, which {config} does not give back"
    for name, block in (("block", family.block(size)), ("block_ood", family.block_ood(size))):
        if block < 1 or block % family.rows_a_seed:
            yield f"`{name}` is {block}, no multiple of {family.rows_a_seed=}"
            break  # by default the second is the first
    names = [
        *COMMON,
        *(c.name for c in family.record.columns(size, family.record.default_shots)),
        *(c.name for c in family.inputs(size)),
        *(label.name for label in family.labels),
        *(c.name for c in family.certificate.columns),
    ]
    hidden = {label.name for label in family.labels}
    hidden |= {c.name for c in family.certificate.columns}
    twice = _twice(names)
    if twice:
        yield f"columns {twice} stand twice"
    shown = [summary.name for label in family.labels for summary in label.summaries]
    shown += [figure.name for figure in family.figures]
    if _twice(shown):
        yield f"summaries {_twice(shown)} stand twice"
    for name in (*names, *shown):
        if not _NAME.fullmatch(name) or name in _TAKEN:
            taken = ", ".join(sorted(_TAKEN))
            yield f"{name!r} cannot name a column: lower case, digits and _, none of {taken}"
    if family.certificate.quantiles and family.certificate.quantiles not in names:
        yield f"`quantiles` of the certificate names no column: {family.certificate.quantiles!r}"
    for figure in family.figures:
        absent = sorted({*figure.needs} - {*names})
        if absent:
            yield f"figure {figure.name} needs {absent}, which are no columns"
        if not hidden & {*figure.needs}:
            yield f"figure {figure.name} needs no label: nothing hides it in test"
    if not family.labels:
        yield "`labels` is empty: what is to be learnt?"
    per = "shot" if family.record.per_shot else "row"
    wrong = [label.name for label in family.labels if label.per != per]
    if wrong:
        yield f"labels {wrong} are not per {per}, as the record {family.record.kind} is"
