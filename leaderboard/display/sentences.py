"""What the pages say about families, cells and metrics, in plain sentences."""

from collections.abc import Sequence

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size, parse_config
from builders.dataset.manifest import ConfigEntry
from builders.physics.channel import Channel
from builders.physics.record import PauliTokens, Record
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display import formula, plain
from leaderboard.display.words import direction, in_unit, row_word
from leaderboard.kinds.task import Task
from leaderboard.ranking.comparison import Difference
from leaderboard.ranking.references import Reference
from leaderboard.scoring.paired import ALPHA
from leaderboard.store.records import Row
from leaderboard.track import RANDOM, RANDOM_INPUTS, trained_on

literal = plain.literal
_SYMBOLS = (
    r"$y$ is right, $\hat y$ the answer, $\bar y$ a constant answer; $\langle\,\cdot\,\rangle$ is "
    r"the mean over test rows and scored entries, $\langle\,\cdot\,\rangle_r$ over rows alone and "
    r"$\langle\,\cdot\,\rangle_e$ over entries."
)
MOST = 40  # entries in one chart
TRACKS = "What the training data are. Entries of different tracks are not ranked together."
_EXACT = "Training labels are exact: nothing is measured"
_CONTROLS = {
    RANDOM: " **A control**: every measured outcome was replaced by a random one before training.",
    RANDOM_INPUTS: " **A control**: the outcomes that a model sees were replaced by random ones; "
    "its training labels are those of the measured ones.",
}


def config_title(config: str) -> str:
    """`tfim_1d_n048` → `Transverse-field Ising chain, 48 sites`, and the channel if it has one."""
    family, size, channel = parse_config(config)
    known = families.load(family).title if family in families.names() else family
    noise = known_channel(channel)
    return f"{known}, {size_words(size)}" + (f", {noise or channel}" if channel else "")


def measured(record: Record, config: str) -> str:
    """How a row of a config was measured, and through what noise."""
    _, size, channel = parse_config(config)
    noise = known_channel(channel)
    if noise is None:
        return record.sentence(size)
    # A shot of a code is noise itself, and its label the flip that the noise made.
    labels = "" if record.per_shot else " Labels are those of the noiseless state."
    return f"{record.sentence(size)} {noise.sentence}{labels}"


def channel_sentence(name: str) -> str:
    """What the channel of a config does; Markdown."""
    channel = known_channel(name)
    return literal(channel.sentence if channel else "unknown here.")


def known_channel(name: str) -> Channel | None:
    """The channel of a config; None without one, and for one that is not known here."""
    try:
        return Channel.parse(name) if name else None
    except RequestError:
        return None


def size_words(size: Size) -> str:
    """`48 sites`, `5x5 sites`; what counts something else by its letter, `d = 5`."""
    return f"{size} sites" if size.letter == "n" else f"{size.letter} = {size}"


def figure(value: float | int | str) -> str:
    """One number for people; what is very small or large by its power of ten."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return count(value)
    if value == 0:
        return "0"
    return f"{value:.6f}" if 1e-4 <= abs(value) < 1e6 else f"{value:.1e}"


def figures(entry: ConfigEntry) -> list[str]:
    """What the manifest tells of the figures of a config's rows, a sentence each."""
    return [
        f"{f.title}, {f.meaning}: over all rows, hidden ones too, the median is "
        f"{figure(known['median'])} and the largest {figure(known['largest'])}."
        for f in families.load(entry.family).figures
        if (known := entry.certificate.get(f.name))
    ]


def count(number: int) -> str:
    """`6400` → `6 400`, with a thin space that does not break."""
    return f"{number:,}".replace(",", "\u202f")


def cell_sentence(key: CellKey, test_rows: int | None) -> str:
    """What a model is given in a cell and what it must answer; Markdown."""
    task, word, source = tasks.load(key.task), row_word(key.config), trained_on(key.track)
    asked = "the test" if test_rows is None else f"{count(test_rows)} new"
    there = f" ({config_title(key.config)})" if source else ""
    return (
        f"A model learns from **n = {count(key.n)}** random {word}s "
        f"({config_title(source or key.config)}). {_measured(key)}"
        f"It then predicts the **{task.title.lower()}** of {asked} {word}s{there}, whose labels "
        f"are hidden: {formula.markdown(task.meaning)}. {task.training if key.shots else _EXACT}."
        f"{_CONTROLS.get(key.track, '')}"
    )


def _measured(key: CellKey) -> str:
    """What is known of a training row."""
    name, size, channel = parse_config(key.config)
    family = families.load(name) if name in families.names() else None
    record = PauliTokens() if family is None else family.record
    if not isinstance(record, PauliTokens):
        return f"{literal(record.sentence(size))} "
    if not key.shots:
        return ""
    whose = f"The {family.state} of each" if family is not None and family.state else "Each"
    through = f", through the noise `{known_channel(channel) or channel}`" if channel else ""
    return (
        f"{whose} is measured **M = {count(key.shots)}** times, every site in a random Pauli "
        f"basis{through}: **n·M = {count(key.n * key.shots)} copies of states** in all. "
    )


def metric_sentence(task: Task, *, live: bool = False) -> str:
    """What the ranking metric and its interval are; Markdown.

    Args:
        task: of the cell.
        live: whether a season is open, which shows no intervals and tests.
    """
    metric = task.ranking
    ranked = (
        f"Ranked by **{metric.title}**, the {in_unit(metric.meaning, task.unit)}: "
        f"{direction(metric.better)}. "
    )
    if live:
        return (
            f"{ranked}Entries with the same reported value share a rank; intervals and paired "
            "tests come at the close of the season."
        )
    return (
        f"{ranked}The 95 % interval comes from drawing the test rows again "
        "with replacement. Entries share a rank if a paired test on the same rows does not tell "
        "them apart."
    )


def resolvable_sentence(task: Task, rows: Sequence[Row]) -> str:
    """How small a difference the test set of a cell resolves; Markdown."""
    differences = [row.resolvable for row in rows if row.resolvable]
    if not differences:
        return ""
    ranks = len({row.rank for row in rows if row.score.value is not None})
    ends = dict.fromkeys(f"{value:.1g}" for value in (min(differences), max(differences)))
    return (
        f"{count(len(rows))} entries, {count(ranks)} ranks. Between neighbours these test rows "
        f"resolve differences in {task.ranking.title} of {' to '.join(ends)} (95 %); a smaller one "
        "is noise."
    )


def dots_sentence(entries: int, lines: Sequence[Reference]) -> str:
    """What the dot plot shows; Markdown."""
    said = (
        "Number in front: rank within the class, learned entries first. Band: the interval of the "
        "first. Diamonds: entries that use the shots of the test rows. Beside other entries "
        "the best solvers are dashed lines with their names."
    )
    if entries > MOST:
        said += f" Of {count(entries)} entries the first {MOST} are drawn."
    if lines:
        known = "; ".join(f"*{literal(line.name)}*, {literal(line.meaning)}" for line in lines)
        said += f" Further dashed lines: {known}."
    return said


def difference_sentence(d: Difference, cells: int) -> str:
    """Whether two entries can be told apart in a cell; Markdown."""
    low, high, value = d.difference.low, d.difference.high, d.difference.value or 0.0
    known = "" if low is None or high is None else f" (95 % interval {low:+z.5f} to {high:+z.5f})"
    p = "p < 0.001" if d.p < 0.001 else f"p = {d.p:.3f}"
    many = f", adjusted for {cells} cells" if cells > 1 else ""
    better = (value < 0) == (tasks.load(d.key.task).ranking.better == "lower")
    verdict = (
        f"**The {'first' if better else 'second'} entry is better**"
        if d.p <= ALPHA and value
        else "**These test rows do not tell the two apart**"
    )
    return (
        f"{verdict}: first − second is {value:+z.5f}{known}, {p}{many}, over {count(d.rows)} "
        "paired test rows."
    )


def metrics_list(task: Task) -> str:
    """Every metric of a task with its meaning and its formula, as a Markdown list."""
    lines = [
        f"- **{m.title}** (`{m.name}`, {direction(m.better)}): {literal(m.meaning)}."
        + (f" ${m.formula}$" if m.formula else "")
        for m in task.every_metric
    ]
    if any(m.formula for m in task.every_metric):
        lines.append(f"\n{_SYMBOLS}")
    return "\n".join(lines)


def held_back(entries: int) -> str:
    """How many entries are there whose scores are not shown; nothing where there are none."""
    if not entries:
        return ""
    return (
        f"{count(entries)} {'answer is' if entries == 1 else 'answers are'} held back until the "
        "season closes, and not ranked."
    )
