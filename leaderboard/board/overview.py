"""What the heat map of the first page is made from."""

from collections.abc import Sequence

from leaderboard import tasks
from leaderboard.board.models import chosen_answers
from leaderboard.cells import CellKey
from leaderboard.ranking.overview import Overview, gain_of, places
from leaderboard.store.store import Store


def overview(
    store: Store, scope: tuple[str | None, bool], keys: Sequence[CellKey], *, by_account: bool
) -> Overview:
    """The shades of every model in these cells.

    In an open season they come from what was told, and from nothing else; see
    `leaderboard.ranking.told`.

    Args:
        store: of the board.
        scope: the season that is shown, and whether it is live.
        keys: of tracks that are ranked together.
        by_account: whether an account has one model a class.
    """
    season, live = scope
    told, answers = chosen_answers(store, season, keys, by_account=by_account)
    if live:
        ours = {key: {held[key] for held in answers.values() if key in held} for key in keys}
        worth = {key: places({i: told[key][i] for i in ours[key]}) for key in keys}
    else:
        worth = {key: _gains(store, season, key) for key in keys}
    return Overview.of(answers, worth, is_told=live)


def _gains(store: Store, season: str | None, key: CellKey) -> dict[str, float]:
    """Id → 1 − loss / loss of the constant answer, of every released answer that has one."""
    gain = gain_of(tasks.load(key.task))
    if gain is not None:
        return store.metric(key, gain.name, season)
    losses, reference = store.losses(key, season)
    if reference is None or not reference.mean:
        return {}
    return {id_: 1.0 - held.mean / reference.mean for id_, held in losses.items()}
