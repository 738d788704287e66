"""Angles of QAOA at depth 3."""

from leaderboard.kinds.angles import Angles

TASK = Angles.of(3)
