"""The rules of the board, as Markdown: the page states what the code does."""

from leaderboard.scoring.paired import ALPHA, FLIPS
from leaderboard.seasons import ladder
from leaderboard.seasons.fingerprints import LIVE_SHARE, SHARE
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
A board that is open to strangers runs in **seasons**, each on data of a new seed. At the opening \
the board publishes a salted SHA-256 of all hidden labels, and a short list of **official \
cells**, which alone are answered. Until the close, a secret half of the test rows is scored, \
another one for each task. The **Ladder** (Blum & Hardt, arXiv 1502.04585) tells an account a \
score only if it is a significant improvement on its best one in the cell, and only a few of a \
config over all its tasks and cells, {ladder.MOST_TOLD} unless the season says otherwise: each \
score is a measurement of the hidden labels, and many small ones would add up. What is told is \
the metric that ranks, without its interval, on a grid of {100 * ladder.STEP:.0f} % or, of a \
share of few wrong rows, of one standard error; what is no better than a constant answer is told \
as that. Order, ranks and mean ranks come from the told values alone. Every valid file counts \
against the cap. At the close the labels are checked against the hash, the **other half** is \
scored from the stored predictions, whose hashes are checked too, held-back scores are shown, and \
the salt is told."""
ACCOUNTS = """\
In a season, and where visitors have to sign in, an account has **one rank a class and cell**: \
the entry that it chose (on the page *Submit*, by `qslbench season choose` or over HTTP), else the \
one that was told the best score. Scores that only the close tells do not choose it. The other \
entries keep their pages. A board of one group ranks every entry.

An account and the operator can **withdraw** an entry. It leaves every ranking for good, stays in \
the log, and counts as before against the files and told scores of its account. After the close no \
other entry takes its place."""
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
- **near-duplicate**: on most test rows within {100 * SHARE:.0f} % of the error of an earlier \
entry ({100 * LIVE_SHARE:.0f} % while a season is open), in this cell or one of other *n* and \
*M*, whatever a common factor or a few odd rows do;
- **errors of another entry**: row by row the errors of another entry times one factor, as a \
blend of exact labels and a model leaves them.

A flag is shown and explained; nothing is refused or held back for it, since honest models of one \
kind can agree far better than they err. In a season near-duplicates of **another account's** \
entry have a flag of their own, unless both are solvers, whose right answers agree."""
LABELS = """\
True values and errors of single rows are shown for a season that is closed, and on a board \
without a season that was started with `--show-labels`, which is the default where only one \
machine reaches it. While a season is open they are not, nor are paired tests: they would tell \
more than the live scores."""
COMMANDS = """\
qslbench validate predictions.parquet --data DATA
qslbench submit predictions.parquet --store BOARD --account NAME"""

API = """\
Programs send files over HTTP: the interface and its description are under `/api` of this address, \
where the board serves it."""


def season_sentence(season: Season | None, *, live: bool) -> str:
    """What is shown now, and by which rule; Markdown. Names of seasons hold no markup signs."""
    if season is None:
        return (
            "This board has no season: every score is shown at once, over all test rows. It is "
            "meant for one group; a public board runs in seasons."
        )
    name = season.name.replace("_", r"\_")
    if live:
        return (
            f"**Season {name} is open.** Live scores are of a secret half of the test rows, on a "
            f"grid of {100 * ladder.STEP:.0f} %. The Ladder reports a score only if it improves "
            "significantly on the account's best in the cell; the others are held back and appear "
            f"at the close. An account may submit {season.cap} files, and "
            f"{season.told} scores of each config are reported to it."
        )
    return (
        f"**Season {name} is closed.** Scores are of the half of the test rows that was secret "
        "while it ran; everything is shown."
    )
