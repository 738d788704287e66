"""Packages that come with an extra of ours: which one to install when a module is not there."""

import importlib.util
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from builders.core.errors import RequestError

MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "build": ("torch", "scipy", "dask", "distributed"),
        "baselines": ("torch", "scipy", "sklearn", "networkx"),
        "app": ("streamlit", "altair", "fastapi", "python_multipart", "authlib", "cryptography"),
        "codes": ("stim", "pymatching"),
        "circuits": ("qiskit", "qiskit_aer", "qiskit_ibm_runtime"),
        "block2": ("block2", "pyblock2"),
        "decoders": ("ldpc", "tesseract_decoder"),
        "postgres": ("psycopg",),
    }
)
"""Extra → modules that it brings. `graphs` is a part of `build`."""

_PACKAGES = ("builders", "leaderboard", "baselines")
_OF_PACKAGE = {"baselines": ("baselines", "decoders"), "leaderboard": ("app", "postgres")}


class MissingExtraError(RequestError):
    """A package of an extra is not installed; the message says how to install it."""


def missing_extra(error: ImportError) -> MissingExtraError | None:
    """What to install when an import failed; None where no extra of ours brings the module.

    Of extras that bring it, it is the one of the package of ours that asked for it: torch is needed
    to build data as well as to train a model.
    """
    module = (error.name or "").partition(".")[0]
    found = [extra for extra, modules in MODULES.items() if module in modules]
    if not found or importlib.util.find_spec(module) is not None:
        return None
    mine = _OF_PACKAGE.get(_asking(error), ())
    return _message([module], next((extra for extra in mine if extra in found), found[0]))


def need(*extras: str) -> None:
    """Refuse if a module of one of the extras is not installed.

    Raises:
        MissingExtraError: names all of these extras, so that one installation is enough.
    """
    modules = [module for extra in extras for module in MODULES[extra]]
    missing = [m for m in dict.fromkeys(modules) if importlib.util.find_spec(m) is None]
    if missing:
        raise _message(missing, ",".join(extras))


def _message(modules: list[str], extras: str) -> MissingExtraError:
    verb = "is" if len(modules) == 1 else "are"
    return MissingExtraError(
        f"{', '.join(modules)} {verb} not installed and needed here. "
        f"Run: pip install 'qslbench[{extras}]'"
    )


def _asking(error: ImportError) -> str:
    """The package of ours that asked last, such as `baselines`."""
    root = Path(__file__).parents[2]
    asking = ""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(root) and path.relative_to(root).parts[0] in _PACKAGES:
            asking = path.relative_to(root).parts[0]
    return asking
