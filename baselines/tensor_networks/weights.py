"""Weights of a ConvAC, and the function that they make of representation vectors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks.architecture import Architecture
from builders.core.errors import RequestError


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of one ConvAC.

    Attributes:
        architecture: what they are weights of.
        matrices: for every layer l (positions, r_l, r_{l−1}), or (1, r_l, r_{l−1}) where shared.
        output: the dense layer (outputs, r_{L−1}).

    Raises:
        RequestError: another number or shape of arrays.
    """

    architecture: Architecture
    matrices: tuple[NDArray[Any], ...]
    output: NDArray[Any]

    def __post_init__(self) -> None:
        given = [matrix.shape for matrix in (*self.matrices, self.output)]
        shapes = shapes_of(self.architecture)
        if given != shapes:
            raise RequestError(f"weights of shapes {given}; the architecture has {shapes}.")

    def at(self, layer: int, position: int) -> NDArray[Any]:
        """The matrix (r_l, r_{l−1}) of one position."""
        matrices = self.matrices[layer]
        matrix: NDArray[Any] = matrices[position % len(matrices)]
        return matrix


def shapes_of(architecture: Architecture) -> list[tuple[int, ...]]:
    """Shapes of the matrices of every layer, and of the dense layer."""
    bonds = architecture.bonds
    counts = (1,) * architecture.depth if architecture.shared else architecture.positions
    layers = zip(counts, bonds[1:], bonds[:-1], strict=True)
    return [*layers, (architecture.outputs, bonds[-1])]


def normal_weights(architecture: Architecture, rng: np.random.Generator) -> Weights:
    """Independent normal weights of variance 1/r_{l−1}, float64."""
    arrays = [rng.normal(size=shape) / shape[-1] ** 0.5 for shape in shapes_of(architecture)]
    return Weights(architecture, tuple(arrays[:-1]), arrays[-1])


def evaluate(weights: Weights, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The answers of the network, float64 (n, outputs).

    Args:
        weights: its weights, float64.
        inputs: representation vectors, float64 (n, N, M).

    Raises:
        RequestError: inputs of another shape.
    """
    shape = weights.architecture
    if inputs.ndim != 3 or inputs.shape[1:] != (shape.sites, shape.features):
        raise RequestError(
            f"inputs have the shape {inputs.shape}; (n, {shape.sites}, {shape.features}) is meant."
        )
    ones = np.ones((len(inputs), shape.padded - shape.sites, shape.features))
    values = np.concatenate([inputs, ones], axis=1)
    for matrices in weights.matrices:
        # (positions, n, r_l): one product a position, or one for all where shared.
        mapped = np.swapaxes(values, 0, 1) @ np.swapaxes(matrices, 1, 2)
        groups = mapped.reshape(-1, shape.window, *mapped.shape[1:])
        values = np.swapaxes(groups.prod(axis=1), 0, 1)
    answers: NDArray[np.float64] = values[:, 0] @ weights.output.T
    return answers
