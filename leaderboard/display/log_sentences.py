"""The decision log in sentences, as HTML: what strangers wrote is escaped in it, every word."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display import links, words
from leaderboard.store.first_scores import FirstScore
from leaderboard.track import STANDARD

_REASON = 300  # characters of a refusal in a sentence; the table has it in full
STYLE = """<style>
ul.log.log { margin: 0; padding: 0; list-style: none; }
.log a { color: inherit; }
.log.log li { margin: 0; padding: 0.45rem 0; border-bottom: 1px solid rgba(128, 128, 128, 0.25);
  overflow-wrap: anywhere; }
.log time { opacity: 0.8; font-size: 0.85em; margin-right: 0.6em; white-space: nowrap; }
</style>"""

Body = Mapping[str, Any]
Names = Mapping[str, str]


def listed(log: Sequence[Body], names: Names, scores: Mapping[str, FirstScore]) -> str:
    """All entries as a list.

    Args:
        log: entries as `decisions.to_json`, in the order of the page.
        names: id → name of the model, of the entries that the log is about.
        scores: id → what was told first of them.
    """
    items = (
        f"<li><time>{escape(_time(entry))}</time>{sentence(entry, names, scores)}</li>"
        for entry in log
    )
    return f'{STYLE}<ul class="log">{"".join(items)}</ul>'


def sentence(entry: Body, names: Names, scores: Mapping[str, FirstScore]) -> str:
    """One entry, HTML."""
    say = _KINDS.get(str(entry["kind"]))
    if say is None:
        return f"{escape(str(entry['kind'])).capitalize()}."
    return say(entry, names, scores)


def ids(log: Sequence[Body]) -> list[str]:
    """Ids of the submissions that the entries are about."""
    found = {str(entry["id"]) for entry in log if "id" in entry}
    for entry in log:
        found |= {*entry.get("changed", ()), *entry.get("copy_of", ()), *entry.get("lost", ())}
    return sorted(found)


def _cell(key: CellKey) -> str:
    shots = f", M = {key.shots}" if key.shots else ""
    track = "" if key.track == STANDARD else f", track {key.track}"
    return f"{tasks.load(key.task).title} of {key.config}, n = {key.n}{shots}{track}"


def _time(entry: Body) -> str:
    return str(entry["created"])[:16].replace("T", " ")


def _by(entry: Body) -> str:
    account = str(entry.get("account") or "")
    return f" by «{escape(account)}»" if account else ""


def _entry(id_: str, names: Names) -> str:
    name = names.get(id_)
    return f"«{links.html(links.entry(id_, name))}»" if name else escape(id_)


def _accepted(entry: Body, names: Names, scores: Mapping[str, FirstScore]) -> str:
    id_, cells = str(entry["id"]), int(entry.get("cells", 1))
    who, held = f"{_entry(id_, names)}{_by(entry)}", int(entry.get("held_back", 0))
    first = scores.get(id_)
    if first is None or first.value is None:
        said = f"{who} was accepted"
    else:
        where = links.html(links.cell(first.key, _cell(first.key)))
        title = escape(words.metric_title(first.key.task, first.metric))
        more = f" and in {cells - 1} more {_plural('cell', cells - 1)}" if cells > 1 else ""
        said = f"{who} was scored {title} {first.value:z.4f} in {where}{more}"
    if held:
        whole = "Its score is" if held == cells == 1 else f"{held} of {cells} scores are"
        said += f". {whole} held back until the season closes"
    if entry.get("copy_of"):
        earlier = ", ".join(_entry(str(other), names) for other in entry["copy_of"])
        said += f". It is a near-duplicate of {earlier}, which came earlier"
    return f"{said}."


def _refused(entry: Body, *_: Any) -> str:
    reason = " ".join(str(entry.get("reason", "")).split())
    short = reason if len(reason) <= _REASON else f"{reason[:_REASON]}…"
    return f"A file{_by(entry)} was refused: {escape(short)}"


def _opened(entry: Body, *_: Any) -> str:
    configs, cells = len(entry.get("configs", ())), len(entry.get("cells", ()))
    return (
        f"Season «{escape(str(entry['season']))}» was opened on {configs} "
        f"{_plural('config', configs)} with {cells} official {_plural('cell', cells)}; the hash of "
        "its labels is in the table."
    )


def _closed(entry: Body, *_: Any) -> str:
    lost = len(entry.get("lost", ()))
    gone = f" {lost} {_plural('file', lost)} could not be read and count no more." if lost else ""
    return (
        f"Season «{escape(str(entry['season']))}» was closed: labels and salt are revealed, and "
        f"the other half of the test rows is scored.{gone}"
    )


def _rescored(entry: Body, names: Names, _scores: Any) -> str:
    changed = [str(id_) for id_ in entry.get("changed", ())]
    return f"Scored again, with other numbers: {', '.join(_entry(id_, names) for id_ in changed)}."


def _chosen(entry: Body, names: Names, _scores: Any) -> str:
    return f"{_entry(str(entry['id']), names)} was chosen{_by(entry)} to be ranked."


def _withdrawn(entry: Body, names: Names, _scores: Any) -> str:
    by = "whoever runs the board" if entry.get("by") == "operator" else "its account"
    why = f": {escape(str(entry['reason']))}" if entry.get("reason") else ""
    return f"{_entry(str(entry['id']), names)} was withdrawn by {by}{why}."


def _token(entry: Body, *_: Any) -> str:
    what = str(entry["kind"]).removeprefix("token ")
    return f"A token{_by(entry).replace(' by ', ' of ')} was {escape(what)}."


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


_KINDS: dict[str, Callable[..., str]] = {
    "accepted": _accepted,
    "refused": _refused,
    "season opened": _opened,
    "season closed": _closed,
    "rescored": _rescored,
    "chosen": _chosen,
    "withdrawn": _withdrawn,
    "token created": _token,
    "token revoked": _token,
}
