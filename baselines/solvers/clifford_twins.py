"""Clifford circuits near those of some rows: exact labels, and shots through the same noise."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from builders.kinds.circuit import QUARTER, KickedIsing
from builders.physics.rows import Arrays, BuildSettings


def clifford_twins(rows: Rows, rng: np.random.Generator) -> tuple[Rows, Arrays]:
    """A circuit of Clifford gates for every row, measured as often, and what labels it has.

    Every angle θ of R_X is rounded to π/2 with the probability θ/(π/2), else to 0, once for all
    rows of an evolution; steps stay. Shots are taken as those of a data set are: through the gates
    of the device where the circuits run in them, and through the channel. Rows that are Clifford
    circuits are their own twins, and keep the shots that they have.

    Args:
        rows: states of circuits, with a record of M shots.
        rng: of angles and shots.

    Returns:
        Rows with other parameters and shots, and the label columns of these, (R, …).
    """
    family, size = rows.config.family, rows.config.size
    if not isinstance(family, KickedIsing) or rows.trajectory is None:
        raise TypeError(f"{family.name} is no family of circuits")
    given = [family.unflatten(size, row) for row in rows.parameters]
    first, evolution = np.unique(rows.trajectory, return_index=True, return_inverse=True)[1:]
    angles = np.stack([given[k]["theta"] for k in first])
    rounded = np.where(rng.random(angles.shape) < angles / QUARTER, QUARTER, 0.0)
    whole = [
        {"theta": theta, "steps": np.array(float(step))}
        for theta in rounded
        for step in family.steps
    ]
    step = [family.steps.index(int(row["steps"])) for row in given]
    wanted = evolution * len(family.steps) + np.array(step)
    streams = [rng.spawn(len(first)) for _ in range(3)]
    made = family.make(size, whole, streams[0], BuildSettings(family.method, device=rows.device))
    columns = {name: values[wanted] for name, values in made.columns.items()}
    if np.array_equal(rounded, angles):
        return rows, columns
    shots: NDArray[np.uint8] = made.sample(rows.copies, streams[1])["shots"]
    channel = rows.channel
    if channel is not None:
        shots = channel.apply(shots, streams[2])
    flat = np.stack([family.flatten(whole[k]) for k in wanted])
    twins = Rows(
        *(rows.config, rows.row_id, flat, {"shots": shots[wanted]}),
        trajectory=rows.trajectory,
        device=rows.device,
    )
    return twins, columns
