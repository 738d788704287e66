"""What the mean of n·M shots has for an error, over independent draws of the shots."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import builders
from builders.dataset import manifest
from builders.folders import loading
from builders.folders.siblings import private_folder
from leaderboard import tasks
from leaderboard.scoring.score import score

Expected = Mapping[tuple[str, int, int], tuple[float, float]]


def expected_errors(folders: Sequence[Path]) -> Expected:
    """(config, n, M) → mean and standard deviation of `rmse_entrywise` over draws.

    The shots of a row are cut into as many parts of M as there are, and each part gives one mean
    over the first n rows: the Hamiltonians are the same, the noise is another one. For every
    published cell of the folders of which there are at least two draws.
    """
    expected = {}
    for folder in folders:
        for config, entry in manifest.read(folder).configs.items():
            keys = {p.key for p in tasks.load("correlation").published if p.key.config == config}
            keys = {k for k in keys if k.n <= entry.rows["train"] and 2 * k.shots <= entry.shots}
            if not keys:
                continue
            shots = loading.load(folder, config, splits=["train"])["train"]["shots"]
            hidden = loading.load(private_folder(folder), config, splits=["test"])["test"]
            exact = hidden["correlation"].reshape(entry.rows["test"], -1)
            for key in sorted(keys):
                errors = [_error(part, exact) for part in _parts(shots[: key.n], key.shots)]
                expected[config, key.n, key.shots] = (
                    float(np.mean(errors)),
                    float(np.std(errors, ddof=1)),
                )
    return expected


def _parts(shots: NDArray[np.uint8], each: int) -> list[NDArray[np.uint8]]:
    return [shots[:, k : k + each] for k in range(0, shots.shape[1] - each + 1, each)]


def _error(shots: NDArray[np.uint8], exact: NDArray[np.floating]) -> float:
    mean = builders.shadow_correlation(shots).mean(axis=0).ravel()
    report = score(np.broadcast_to(mean, exact.shape), exact, "correlation", bootstraps=1)
    value = report.metrics["rmse_entrywise"].value
    assert value is not None
    return value
