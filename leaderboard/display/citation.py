"""How a result and its data are cited, and where they are: BibTeX and lines of code."""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from builders.dataset.manifest import Manifest
from leaderboard.submission.metadata import Metadata

LICENCE = "CC BY 4.0"
"""Of the data, as in LICENSE-DATA and on the cards."""
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_LOAD = """\
from datasets import load_dataset

data = load_dataset({source}, {config})  # the folder, or ORG/NAME on the Hub"""


def loading(source: str, configs: Sequence[str]) -> str:
    """Python that loads the first of the configs, and names the others.

    Args:
        source: name of the data set folder.
        configs: at least one.
    """
    text = _LOAD.format(source=json.dumps(source), config=json.dumps(configs[0]))
    others = [f"# also: {json.dumps(config)}" for config in configs[1:]]
    return "\n".join([text, *others])


def data_bibtex(manifest: Manifest, seen: date) -> str:
    """The data set, told from all others by the digest of its manifest.

    Args:
        manifest: of the public folder.
        seen: when the board was as it is shown.
    """
    return _bibtex(
        "qslbench-data",
        {
            "author": "{The qslbench developers}",
            "title": f"{{{_tex(manifest.name)}}}: a qslbench data set",
            "year": str(seen.year),
            "note": f"Manifest SHA-256 {manifest.digest}, as of {seen}. Licence {LICENCE}",
        },
    )


def entry_bibtex(id_: str, about: Metadata, made: date, sha256: str) -> str:
    """One entry of a board.

    Args:
        id_: of the submission.
        about: as stated.
        made: day of the submission.
        sha256: hash of its predictions.
    """
    version = f", version {_tex(about.version)}" if about.version else ""
    fields: dict[str, str] = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in about.authors),
        "title": f"{{{_tex(about.name)}}}{version}: predictions on a qslbench board",
        "year": str(made.year),
        "note": f"Entry {id_} of {made}, predictions SHA-256 {sha256}",
    }
    return _bibtex(f"qslbench-{id_}", fields)


def ranking_bibtex(what: str, seen: date, log_sha256: str) -> str:
    """A ranking at a time, which the last hash of the decision log tells from others.

    Args:
        what: the cell, or the cells in words.
        seen: day of the last decision.
        log_sha256: of the last decision.
    """
    return _bibtex(
        "qslbench-ranking",
        {
            "author": "{The qslbench developers}",
            "title": f"qslbench board: {_tex(what)}",
            "year": str(seen.year),
            "note": f"As of {seen}, decision log SHA-256 {log_sha256}",
        },
    )


def _bibtex(key: str, fields: dict[str, Any]) -> str:
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{body}}}"


def _tex(text: str) -> str:
    """Text that LaTeX prints as it is."""
    return re.sub(r"[\\{}$&%#_~^]", lambda found: _SPECIAL[found[0]], text)
