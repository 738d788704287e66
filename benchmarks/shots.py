"""Random-Pauli shots a second from one matrix product state: ours, Qiskit Aer, TeNPy.

    python -m benchmarks.shots --size 127 --bond 32

One thread each, the same state (the typical Hamiltonian of `heisenberg_1d`), one random basis for
every qubit and shot. Aer gets the state by `set_matrix_product_state` and one circuit a shot,
since every shot has a basis of its own; TeNPy gets it by `MPS.from_Bflat`. The mean of the
neighbours' ZZ among equal Z bases is printed as a check that all three sample the same state.
TeNPy is left out, and said to be, where it is not installed (`pip install physics-tenpy`).
"""

import argparse
import importlib.util
import time
from collections.abc import Callable

import numpy as np
import torch

from builders import families
from builders.core.machine import hardware
from builders.core.names import Size
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, product_mps
from builders.solvers.mps.sampling import sample_shots

Arrays = list[np.ndarray]


def ground_state(size: Size, bond: int) -> Mps:
    family = families.load("heisenberg_1d")
    sector = family.sector(size)
    h = family.hamiltonian(size, family.typical(size)).normalised()
    start = product_mps(Qubit.of(sector), size.sites)
    schedule = (HalfSweeps(2, 3, min(16, bond)), HalfSweeps(4, 3, bond))
    return dmrg(build_mpo([h], sector), start, schedule)[0]


def dense_tensors(state: Mps) -> Arrays:
    """Right-canonical tensors (left, 2, right) without blocks."""
    out = []
    for i in range(state.n_sites):
        left, right = (_places(state.dims[k]) for k in (i, i + 1))
        tensor = np.zeros((sum(state.dims[i].values()), 2, sum(state.dims[i + 1].values())))
        for (q, s), block in state.parts(i).items():
            charge = state.qubit.add(q, state.qubit.charges(i)[s])
            tensor[left[q], s, right[charge]] = block[0].numpy()
        out.append(tensor)
    return out


def _places(dims: dict[int, int]) -> dict[int, slice]:
    stops = np.cumsum(list(dims.values()))
    return {q: slice(int(z) - d, int(z)) for (q, d), z in zip(dims.items(), stops, strict=True)}


def vidal(tensors: Arrays) -> tuple[Arrays, Arrays]:
    """Γ tensors (left, 2, right) and the Schmidt values between sites."""
    gammas, schmidt = [], []
    carried, before = np.ones((1, 1)), np.ones(1)
    for tensor in tensors:
        theta = np.tensordot(carried, tensor, axes=1)
        rows = theta.shape[0] * 2
        u, s, v = np.linalg.svd(theta.reshape(rows, -1), full_matrices=False)
        kept = s > 1e-9
        u, s, v = u[:, kept], s[kept], v[kept]
        gammas.append(u.reshape(theta.shape[0], 2, -1) / before[:, None, None])
        schmidt.append(s)
        carried, before = s[:, None] * v, s
    return gammas, schmidt[:-1]


def ours(state: Mps, n_shots: int) -> np.ndarray:
    return sample_shots(state, n_shots, [np.random.default_rng(0)])[0]


def aer(tensors: Arrays, n_shots: int) -> np.ndarray:
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator

    gammas, schmidt = vidal(tensors)
    state = ([(g[:, 0].astype(complex), g[:, 1].astype(complex)) for g in gammas], schmidt)
    n = len(tensors)
    bases = np.random.default_rng(1).integers(0, 3, (n_shots, n))
    circuits = []
    for row in bases:
        circuit = QuantumCircuit(n)
        circuit.set_matrix_product_state(state)
        for qubit, basis in enumerate(row):
            if basis == 1:
                circuit.sdg(qubit)
            if basis < 2:
                circuit.h(qubit)
        circuit.measure_all()
        circuits.append(circuit)
    simulator = AerSimulator(method="matrix_product_state", max_parallel_threads=1)
    counts = simulator.run(circuits, shots=1).result().get_counts()
    bits = [[int(b) for b in reversed(next(iter(c)))] for c in np.atleast_1d(counts)]
    return 2 * bases + np.array(bits)


def tenpy(tensors: Arrays, n_shots: int) -> np.ndarray:
    from tenpy.networks.mps import MPS
    from tenpy.networks.site import SpinHalfSite

    sites = [SpinHalfSite(conserve=None)] * len(tensors)
    flat = [t.transpose(1, 0, 2) for t in tensors]
    psi = MPS.from_Bflat(
        sites, flat, bc="finite", dtype=complex, form="B", unit_cell_width=len(sites)
    )
    rng = np.random.default_rng(2)
    tokens = []
    for _ in range(n_shots):
        bases = rng.integers(0, 3, len(tensors))
        ops = [("Sigmax", "Sigmay", "Sigmaz")[b] for b in bases]
        outcome, _ = psi.sample_measurements(ops=ops, rng=rng)
        tokens.append(2 * bases + (np.array(outcome) < 0))
    return np.array(tokens)


def neighbours(tokens: np.ndarray) -> tuple[float, float]:
    """Mean of ⟨Z Z⟩ of neighbours and its standard error, from shots with both bases Z."""
    both = (tokens[:, 1:] >= 4) & (tokens[:, :-1] >= 4)
    products = (1 - 2.0 * (tokens[:, 1:] % 2)) * (1 - 2.0 * (tokens[:, :-1] % 2))
    values = products[both]
    return float(values.mean()), float(values.std() / np.sqrt(len(values)))


def timed(name: str, sampler: Callable[[int], np.ndarray], n_shots: int) -> float:
    sampler(1)  # imports and caches
    started = time.perf_counter()
    tokens = sampler(n_shots)
    rate = n_shots / (time.perf_counter() - started)
    mean, error = neighbours(tokens)
    print(
        f"{name:8s} {rate:10.1f} shots/s   ZZ of neighbours {mean:+.4f} ± {error:.4f}", flush=True
    )
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="127")
    parser.add_argument("--bond", type=int, default=32)
    args = parser.parse_args()
    torch.set_num_threads(1)
    state = ground_state(Size.parse(args.size), args.bond)
    tensors = dense_tensors(state)
    print(f"N={args.size}, bond {state.bond()}, {hardware()}, one thread")
    rate = timed("ours", lambda m: ours(state, m), 4096)
    print(f"         {rate / timed('Aer', lambda m: aer(tensors, m), 40):.0f} times Aer")
    if importlib.util.find_spec("tenpy") is None:
        print("TeNPy is not installed.")
    else:
        print(f"         {rate / timed('TeNPy', lambda m: tenpy(tensors, m), 20):.0f} times TeNPy")


if __name__ == "__main__":
    main()
