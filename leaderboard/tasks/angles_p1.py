"""Angles of QAOA at depth 1."""

from leaderboard.kinds.angles import Angles

TASK = Angles.of(1)
