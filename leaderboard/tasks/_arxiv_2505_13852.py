"""Published errors of Heisenberg and Ising chains, shots in random Pauli bases.

Source: arXiv 2505.13852, tables of the paper and of its rebuttal. The metric is `rmse_entrywise`
of the task `correlation`, for our definition of the couplings; no intervals were published. The
data behind them are not ours: another draw of Hamiltonians from the same distribution.
"""

from collections.abc import Mapping

from leaderboard.cells import CellKey
from leaderboard.kinds.errors import RMSE_ENTRYWISE
from leaderboard.kinds.published import Published

SOURCE = "arXiv 2505.13852 and its rebuttal"
_ROWS = (20, 60, 100)  # n of three numbers in a row
_SHOTS = (64, 128, 256, 512)

# family → N → method → errors at n = 20, 60, 100 and M = 64; one number holds for every n.
_BY_ROWS: Mapping[str, Mapping[int, Mapping[str, tuple[float, ...]]]] = {
    "heisenberg_1d": {
        48: {
            "shadow": (0.2111,),
            "MLP, 4 layers": (0.0543, 0.0383, 0.0352),
            "CNN, 4 layers": (0.0648, 0.0490, 0.0346),
            "LLM4QPE-T": (0.0519, 0.0337, 0.0320),
            "RBF kernel": (0.0545, 0.0418, 0.0410),
            "Lasso": (0.0422, 0.0264, 0.0249),
            "Ridge": (0.0425, 0.0288, 0.0248),
        },
        63: {
            "shadow": (0.2126,),
            "MLP, 4 layers": (0.0646, 0.0444, 0.0383),
            "CNN, 4 layers": (0.0662, 0.0361, 0.0310),
            "LLM4QPE-T": (0.0611, 0.0336, 0.0286),
            "RBF kernel": (0.0473, 0.0383, 0.0392),
            "Lasso": (0.0486, 0.0279, 0.0233),
            "Ridge": (0.0422, 0.0282, 0.0240),
        },
        100: {
            "shadow": (0.2140,),
            "MLP, 4 layers": (0.0753, 0.0595, 0.0601),
            "CNN, 4 layers": (0.0644, 0.0343, 0.0281),
            "LLM4QPE-T": (0.0505, 0.0323, 0.0273),
            "RBF kernel": (0.0410, 0.0330, 0.0328),
            "Lasso": (0.0422, 0.0260, 0.0265),
            "Ridge": (0.0419, 0.0271, 0.0225),
        },
        127: {
            "shadow": (0.2145,),
            "MLP, 4 layers": (0.0797, 0.0917, 0.0861),
            "CNN, 4 layers": (0.0744, 0.0320, 0.0522),
            "LLM4QPE-T": (0.0508, 0.0318, 0.0263),
            "RBF kernel": (0.0385, 0.0312, 0.0309),
            "Lasso": (0.0414, 0.0329, 0.0208),
            "Ridge": (0.0411, 0.0262, 0.0216),
        },
    },
    "tfim_1d": {
        48: {
            "shadow": (0.2092,),
            "LLM4QPE-T": (0.0509, 0.0349, 0.0301),
            "Lasso": (0.0462, 0.0322, 0.0281),
            "Ridge": (0.0447, 0.0317, 0.0281),
        },
        127: {
            "shadow": (0.2118,),
            "LLM4QPE-T": (0.0526, 0.0364, 0.0308),
            "Ridge": (0.0457, 0.0329, 0.0291),
        },
    },
}
# N → method → errors at n = 100 and M = 64, 128, 256, 512, or at M = 512 alone; heisenberg_1d.
_BY_SHOTS: Mapping[int, Mapping[str, tuple[float, ...]]] = {
    63: {"Ridge": (0.0240, 0.0192, 0.0157, 0.0144), "LLM4QPE-F": (0.0202,)},
    100: {"Ridge": (0.0225, 0.0179, 0.0149, 0.0127), "LLM4QPE-F": (0.0176,)},
    127: {"Ridge": (0.0216, 0.0173, 0.0138, 0.0119), "LLM4QPE-F": (0.0164,)},
}


def correlation_errors(task: str) -> tuple[Published, ...]:
    """Every published error once, sorted by method and cell.

    Args:
        task: name of the task whose cells they belong to.
    """
    points = {*_over_rows(task), *_over_shots(task)}
    return tuple(sorted(points, key=lambda point: (point.method, point.key)))


def _over_rows(task: str) -> list[Published]:
    return [
        _point(method, CellKey(_config(family, sites), task, n, 64), value)
        for family, sizes in _BY_ROWS.items()
        for sites, methods in sizes.items()
        for method, values in methods.items()
        for n, value in zip(_ROWS, values * (len(_ROWS) // len(values)), strict=True)
    ]


def _over_shots(task: str) -> list[Published]:
    return [
        _point(method, CellKey(_config("heisenberg_1d", sites), task, 100, shots), value)
        for sites, methods in _BY_SHOTS.items()
        for method, values in methods.items()
        for shots, value in zip(_SHOTS[-len(values) :], values, strict=True)
    ]


def _point(method: str, key: CellKey, value: float) -> Published:
    return Published(method, key, RMSE_ENTRYWISE.name, value, SOURCE)


def _config(family: str, sites: int) -> str:
    return f"{family}_n{sites:03d}"
