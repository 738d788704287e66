"""Which hidden labels a page may show, and whose predictions.

While a season is open, whatever is computed from its labels and is finer than the live scores would
tell them. So a page shows true values, errors of single Hamiltonians and paired tests only

- of a season that is revealed, on the very data that it was opened with, or
- on a board that never had a season, where whoever runs it says so (`--show-labels`): its private
  folder belongs to whoever looks. A board that is open to strangers runs in seasons.
"""

from pathlib import Path

from builders.core.errors import RequestError
from leaderboard.seasons.halves import data_seeds
from leaderboard.seasons.seasons import Season
from leaderboard.store.store import Store

NOT_SHOWN = (
    "This board shows no labels: they are shown when a season is closed, or where the board is "
    "started with --show-labels."
)


def seasons(store: Store) -> dict[str, Season]:
    """Every season of the board by name, in the order of opening."""
    return {season.name: Season.of(season) for season in store.seasons()}


def withheld(store: Store, season: str | None, *, shows: bool = True) -> str:
    """Why the losses of entries of that season may not be shown; "" if they may.

    Args:
        store: of the board.
        season: of the entries; None for those that were made without one.
        shows: whether the board shows labels without a season, see `Settings.show_labels`.
    """
    every = seasons(store)
    if season is None:
        if every:
            return "This entry was made before the first season: the labels may be those of one."
        return "" if shows else NOT_SHOWN
    if every[season].revealed is None:
        return f"Season {season} is open: errors of single rows are shown when it closes."
    return ""


def labels_withheld(
    store: Store, private: Path | None, season: str | None, config: str, *, shows: bool = True
) -> str:
    """Why the true values of a config may not be shown; "" if they may.

    Args:
        store: of the board.
        private: folder of the hidden labels.
        season: as in `withheld`.
        config: whose labels are asked for.
        shows: as in `withheld`.
    """
    reason = withheld(store, season, shows=shows)
    if reason:
        return reason
    if private is None:
        return "This board was opened without the folder of hidden labels."
    if season is not None:
        return _other_data(private, seasons(store)[season], config)
    return ""


def _other_data(private: Path, season: Season, config: str) -> str:
    """The operator may have put the next season's labels there before opening it."""
    try:
        same = data_seeds(private).get(config) == season.seeds.get(config)
    except RequestError as error:
        return str(error)
    return "" if same else f"The labels of season {season.name} are not on this board any more."
