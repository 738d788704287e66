"""A largest cut of a weighted graph."""

from leaderboard.kinds.cut_shares import ABOVE_RANDOM, FOUND, RATIO
from leaderboard.kinds.lines import under_gain
from leaderboard.kinds.partition import Partition

TASK = Partition(
    name="cut",
    title="Largest cut",
    label="cut",
    unit="1",
    meaning="the side of every vertex, 0 or 1, in a largest cut; scored by cut / largest cut",
    bits=lambda size: size.sites,
    metrics=(RATIO, FOUND, ABOVE_RANDOM),
    primary="ratio",
    upward="above_random",
    lines=(under_gain("random cut", "a cut at random", RATIO, ABOVE_RANDOM),),
)
