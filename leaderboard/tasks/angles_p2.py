"""Angles of QAOA at depth 2."""

from leaderboard.kinds.angles import Angles

TASK = Angles.of(2)
