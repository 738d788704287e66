"""Errors of correlations of Heisenberg and Ising chains against n and M."""

from baselines.contract.table import Table
from leaderboard import tasks

TABLE = Table(
    title="Correlations of ground states, n = 20, 60, 100 and M = 64 … 512",
    source="arXiv 2505.13852 and its rebuttal",
    protocol="gspe",
    published=tasks.load("correlation").published,
    ours={
        "shadow": "shadow",
        "Ridge": "ridge",
        "Lasso": "lasso",
        "RBF kernel": "kernel_rbf",
        "MLP, 4 layers": "mlp",
        "CNN, 4 layers": "cnn",
        "LLM4QPE-T": "llm4qpe_t",
        "LLM4QPE-F": "llm4qpe_f",
    },
)
