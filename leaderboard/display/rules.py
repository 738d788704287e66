"""The rules of the board, as Markdown: the page states what the code does."""

from leaderboard.scoring.paired import ALPHA, FLIPS
from leaderboard.seasons import ladder
from leaderboard.seasons.duplicates import SHARE
from leaderboard.seasons.seasons import Season
from leaderboard.track import EXACT, FROM, RANDOM, RANDOM_INPUTS, STANDARD

RESOURCES = """\
A **cell** is a config (family and size), a task, *n* and *M*. Everybody learns from the first \
*n* training rows and the first *M* shots of each: the same **n·M copies of quantum states**, \
whatever the method. Self-supervised training counts: n·M + n_pre·M_pre may not exceed what the \
cell allows, and a file that states more is refused. Training labels are estimates from those \
shots (the exact classes in a phase task). Test labels are exact. Shots of the test rows may be \
used; that is stated and shown."""
TRACKS = f"""\
What the training data are is the **track** of a cell, and each track is ranked by itself:

- **{STANDARD}**: labels estimated from the measured shots of the cell's own config;
- **{EXACT}**: exact training labels, written as *M* = 0;
- **{FROM}CONFIG**: trained on another config, whose rows and shots *n* and *M* count;
- **{RANDOM}**, **{RANDOM_INPUTS}**: controls whose measured outcomes were replaced by random \
ones, everywhere or only where a model sees them. They never stand among entries."""

CLASSES = """\
- **learned**: from the measurements and the parameters of the rows alone;
- **hybrid**: a solver gives features or corrections;
- **solver**: the row is solved or decoded and nothing is learnt. Labels can be computed by anyone \
with a good solver, so that hiding them does not stop that; a class of its own does."""
SEASONS = f"""\
A board that is open to strangers runs in **seasons**, each on data of a new seed. At the \
opening the board publishes a salted SHA-256 of all hidden labels. Until the close, a secret \
half of the test rows is scored. The **Ladder** (Blum & Hardt, arXiv 1502.04585) tells an \
account a score only if it is a significant improvement on its best one in the cell, on a grid \
of {100 * ladder.STEP:.0f} %, and at most {ladder.MOST_RELEASED} scores a config and task: each \
score is a measurement of the hidden labels, and many small ones would add up. Every valid file \
counts against the cap. At the close the labels are checked against the hash, the **other half** \
is scored from the stored predictions, held-back scores too, and the salt is told."""
TIES = f"""\
Every score has a 95 % interval, a bootstrap over the test rows. Neighbours of a ranking \
are compared on the same rows by {FLIPS} random sign flips of their differences, \
adjusted for the number of neighbours (Holm); an entry starts a new rank at p ≤ {ALPHA:g}. So a \
shared rank says: these data do not tell. The column *Resolvable* is the smallest difference \
that they would."""
FLAGS = f"""\
- **below the floor**: a learned entry below sqrt(mean variance of the estimates / (n·N)), the \
error that sampling leaves to a method that only learns;
- **unphysical**: test rows that break a law which every right answer obeys;
- **near-duplicate**: answers within {100 * SHARE:.0f} % of the error of an earlier entry.

A flag is shown and explained; nothing is refused for it."""
LABELS = """\
True values, errors of single rows and paired tests are shown for a season that is \
revealed, and on a board that never had a season, whose labels belong to whoever runs it. While \
a season is open they are not: they would tell more than the live scores."""
COMMANDS = """\
qslbench validate predictions.parquet --data DATA
qslbench submit predictions.parquet --to BOARD --account NAME"""

API = """\
Programs send files over HTTP: the interface and its description are under `/api` of this address, \
where the board serves it."""


def season_sentence(season: Season | None, *, live: bool) -> str:
    """What is shown now, and by which rule; Markdown. Names of seasons hold no markup signs."""
    if season is None:
        return (
            "This board has no season: every score is shown at once, over all test rows. It is "
            "meant for one group; a board for strangers runs in seasons."
        )
    name = season.name.replace("_", r"\_")
    if live:
        return (
            f"**Season {name} is open.** Live scores are of a secret half of the test rows, on a "
            f"grid of {100 * ladder.STEP:.0f} %. The Ladder tells a score only if it improves "
            "significantly on the account's best in the cell; the others are held back and appear "
            f"at the close. An account may submit {season.cap} files."
        )
    return (
        f"**Season {name} is closed.** Scores are of the half of the test rows that was secret "
        "while it ran; everything is shown."
    )
