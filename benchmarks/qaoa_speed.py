"""Expected cuts a second: our states and closed form against Qiskit's state vectors, in one run.

    OMP_NUM_THREADS=1 python -m benchmarks.qaoa_speed [--vertices 12 16]

Random 3-regular graphs, depth 3; CPU time a state, the best of three. The last column is that of
the labels of one graph, best angles at depths 1 to 3, the mean of four.
"""

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np

from builders.core.machine import hardware
from builders.solvers.graphs.best_angles import best_angles
from builders.solvers.graphs.fixed_angles import DEPTHS
from builders.solvers.graphs.random_graphs import regular
from builders.solvers.graphs.states import from_states

DEPTH, STATES, GRAPHS = 3, 8, 4


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vertices", type=int, nargs="+", default=[12, 16])
    given = parser.parse_args(arguments)
    print(f"{hardware()}; CPU ms a state at depth {DEPTH}\n")
    print("| vertices | value | and gradient | Qiskit value | times faster | labels, s a graph |")
    print("|---|---|---|---|---|---|")
    for vertices in given.vertices:
        rng = np.random.default_rng(1)
        weights = np.stack([regular(vertices, 3, rng) for _ in range(STATES)])
        angles = rng.normal(size=(STATES, 2 * DEPTH))
        value = best(lambda w=weights, a=angles: from_states(w, a).value)
        both = best(lambda w=weights, a=angles: from_states(w, a, gradient=True).value)
        peer = best(lambda w=weights, a=angles: qiskit_values(w, a))
        apart = np.abs(qiskit_values(weights, angles) - from_states(weights, angles).value).max()
        assert apart < 1e-10
        row = [f"{1e3 * t / STATES:.2f}" for t in (value, both, peer)]
        row += [f"{peer / value:.0f}", f"{labels(weights[:GRAPHS]):.2f}"]
        print(f"| {vertices} | {' | '.join(row)} |", flush=True)


def labels(weights: np.ndarray) -> float:
    started = time.process_time()
    best_angles(weights, DEPTHS, [np.random.default_rng(k) for k in range(len(weights))])
    return (time.process_time() - started) / len(weights)


def best(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def qiskit_values(weights: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """The same by `Statevector`, the circuit built anew for each row as its angles demand."""
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Statevector

    values = []
    for graph, row in zip(weights, angles, strict=True):
        vertices = len(graph)
        edges = np.argwhere(np.triu(graph)).tolist()
        circuit = QuantumCircuit(vertices)
        circuit.h(range(vertices))
        for k in range(DEPTH):
            for i, j in edges:
                circuit.rzz(-row[k] * graph[i, j], i, j)
            circuit.rx(2.0 * row[DEPTH + k], range(vertices))
        chances = np.abs(Statevector(circuit).data) ** 2
        bits = np.arange(len(chances))[:, None] >> np.arange(vertices) & 1
        cut = [graph[i, j] * (bits[:, i] != bits[:, j]) for i, j in edges]
        values.append(chances @ np.sum(cut, axis=0))
    return np.array(values)


if __name__ == "__main__":
    main()
