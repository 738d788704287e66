"""Matching in two passes, which knows that X and Z faults come together."""

from baselines.models import pymatching


class Model(pymatching.Model):
    """Correlated matching (Fowler, arXiv 1310.0863) by PyMatching."""

    title = "Correlated matching"
    correlated = True
