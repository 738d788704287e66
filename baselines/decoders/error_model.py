"""The detector error model beside the rows of a code, as decoders take it."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from baselines.contract.rows import Rows
from baselines.decoders.layout import Layout
from builders.core.errors import RequestError
from builders.solvers.codes.circuits import MODEL, need_stim

if TYPE_CHECKING:
    import stim


def text_of(rows: Rows) -> str:
    """The text of the error model.

    Raises:
        RequestError: none stands beside the rows.
    """
    if MODEL not in rows.texts:
        raise RequestError(
            f"no {MODEL} stands beside the rows of {rows.config}, and this decoder needs the error "
            "model. Build or import the data with one, or choose a decoder that reads events alone "
            "(decoder_mlp, lookup)."
        )
    return rows.texts[MODEL]


def model_of(rows: Rows) -> "stim.DetectorErrorModel":
    """The error model as stim reads it.

    Raises:
        RequestError: none stands beside the rows, or stim is not installed.
    """
    return need_stim().DetectorErrorModel(text_of(rows))


def layout_of(rows: Rows) -> Layout:
    """Where the detectors are.

    Raises:
        RequestError: the error model says it not.
    """
    model = model_of(rows)
    places = model.get_detector_coordinates()
    inner = min((len(place) for place in places.values()), default=0)
    return Layout.of(np.array([places[k][:inner] for k in range(model.num_detectors)]))


def need(module: str, package: str) -> ModuleType:
    """An optional decoder's module.

    Args:
        module: its name.
        package: what is to be installed, as pip takes it.

    Raises:
        RequestError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise RequestError(
            f"this decoder needs {module.partition('.')[0]}, which is not installed: pip install "
            f"{package}."
        ) from None
