"""Base of the models that cut a weighted graph and learn nothing."""

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from leaderboard.kinds.task import Task


class CutSolver(Baseline):
    """Answers a task of bits, one a vertex, from the graph of the row alone, at any size."""

    entry_class = "solver"
    records = ("nothing",)
    answers = ("binary",)
    uses_labels = False
    needs_graph = True
    any_size = True

    def _fit(self, cell: Cell) -> None:
        """Nothing is learnt."""

    def _move(self, task: Task, config: object) -> None:
        """Nothing depends on the size."""
