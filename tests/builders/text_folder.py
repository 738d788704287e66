"""Folders in the published text layout, written from ground states of our own."""

from pathlib import Path

import numpy as np

from builders import families
from builders.core.names import Size
from builders.solvers.exact.diagonalization import exact_ground_state

SIZE = Size.parse("2x3")
KINDS = ("couplings", "E", "XX", "YY", "ZZ", "samples")


def write_instances(folder: Path, count: int, shots: int = 200, seed: int = 0) -> list[dict]:
    """`heisenberg_2x3_id1 …` in `folder`; the exact labels of each instance, by id."""
    folder.mkdir(parents=True, exist_ok=True)
    family = families.load("heisenberg_2d")
    made = []
    for number in range(1, count + 1):
        rng = np.random.default_rng([seed, number])
        parameters = family.draw(SIZE, rng)
        state = exact_ground_state(family.hamiltonian(SIZE, parameters), family.sector(SIZE))
        pairs = {p: np.eye(SIZE.sites) for p in ("XX", "YY", "ZZ")}
        for i, j in zip(*np.triu_indices(SIZE.sites, 1), strict=True):
            for p, matrix in pairs.items():
                matrix[i, j] = matrix[j, i] = state.expectation(p, (int(i), int(j)))
        tokens = state.sample(shots, rng)
        stem = folder / f"heisenberg_{SIZE}_id{number}"
        write_text(f"{stem}_couplings.txt", parameters["J"][:, None])
        write_text(f"{stem}_E.txt", np.array([[state.energy]]))
        for p, matrix in pairs.items():
            write_text(f"{stem}_{p}.txt", matrix)
        write_text(f"{stem}_samples.txt", tokens)
        # What else lies in the published folder and is left alone.
        write_text(f"{stem}_SvN.txt", np.zeros((1, 1)))
        write_text(folder / f"heisenberg_4x5_id{number}_E.txt", np.zeros((1, 1)))
        made.append(
            {
                "J": parameters["J"],
                "energy": state.energy,
                "energy_variance": state.energy_variance,
                "correlation": state.correlation(),
                "renyi2": state.renyi2(),
                "renyi2_blocks": state.renyi2_blocks(),
                "shots": tokens,
            }
        )
    return made


def write_text(path: Path | str, table: np.ndarray) -> None:
    """Numbers with all their digits, between tabs."""
    Path(path).write_text(
        "\n".join("\t".join(str(v) for v in row) for row in table.tolist()) + "\n"
    )
