"""Which entry answers each cell for each model, and the ranking of models that follows."""

from collections import Counter
from collections.abc import Mapping, Sequence

from leaderboard.cells import CellKey
from leaderboard.ranking.aggregate import CellLosses
from leaderboard.ranking.chosen import NO_SCORE
from leaderboard.ranking.curated import is_ranked
from leaderboard.ranking.models import Model, Standing, standings
from leaderboard.store.entries import Head
from leaderboard.store.store import Store

Told = Mapping[CellKey, Mapping[str, float]]


def counts(store: Store, season: str | None) -> dict[CellKey, int]:
    """Cell → number of models that answer it, of the cells that are ranked together."""
    keys = [key for key in store.cells(season) if is_ranked(key)]
    shown = [head for head in store.heads() if not head.withdrawn]
    numbers: dict[Model, int] = {}  # models are compared often, and numbers are faster
    model = {h.id: numbers.setdefault(Model.of(h, by_account=False), len(numbers)) for h in shown}
    return {
        key: len({model[id_] for id_ in ids if id_ in model})
        for key, ids in store.told(keys, season).items()
    }


def ranked_models(
    store: Store, scope: tuple[str | None, bool], keys: Sequence[CellKey], *, by_account: bool
) -> list[Standing]:
    """The ranking of models over these cells; see `leaderboard.ranking.models`.

    Args:
        store: of the board.
        scope: the season that is shown, and whether it is live.
        keys: of tracks that are ranked together.
        by_account: whether an account has one model a class.
    """
    season, live = scope
    told, answers = chosen_answers(store, season, keys, by_account=by_account)
    cells = {}
    for key in () if live else keys:
        losses, reference = store.losses(key, season)
        if reference is not None and reference.values.any():
            cells[key] = CellLosses(losses, reference)
    return standings(answers, cells, told, live=live)


def chosen_answers(
    store: Store, season: str | None, keys: Sequence[CellKey], *, by_account: bool
) -> tuple[Told, dict[Model, dict[CellKey, str]]]:
    """Cell → id → the loss that was told, and model → cell → id of the entry that stands for it.

    Args:
        store: of the board.
        season: that is shown; None for what has none.
        keys: of tracks that are ranked together.
        by_account: whether an account has one model a class.
    """
    told = {
        key: {id_: NO_SCORE if loss is None else loss for id_, loss in losses.items()}
        for key, losses in store.told(keys, season).items()
    }
    ids = {id_ for losses in told.values() for id_ in losses}
    heads = [head for head in store.heads() if head.id in ids]
    answers = _answers(heads, told, by_account=by_account)
    if by_account:
        answers = _one_each(answers, told, heads)
    return told, _without({head.id for head in heads if head.withdrawn}, answers)


def _answers(
    heads: Sequence[Head], told: Told, *, by_account: bool
) -> dict[Model, dict[CellKey, str]]:
    """Of several entries of a model in a cell the one that was chosen last, else the one that was
    told the best score: what the close tells does not enter, see `leaderboard.ranking.chosen`.
    """
    answers: dict[Model, dict[CellKey, str]] = {}
    cells = {h.id: answers.setdefault(Model.of(h, by_account=by_account), {}) for h in heads}
    for key, losses in told.items():
        ours = [head for head in heads if head.id in losses]
        for head in sorted(ours, key=lambda h: (-(h.chosen or 0), losses[h.id], h.number)):
            cells[head.id].setdefault(key, head.id)
    return {model: mine for model, mine in answers.items() if mine}


def _without(
    withdrawn: set[str], answers: Mapping[Model, Mapping[CellKey, str]]
) -> dict[Model, dict[CellKey, str]]:
    """The models that keep an answer."""
    kept = {
        model: {key: id_ for key, id_ in mine.items() if id_ not in withdrawn}
        for model, mine in answers.items()
    }
    return {model: mine for model, mine in kept.items() if mine}


def _one_each(
    answers: Mapping[Model, dict[CellKey, str]], told: Told, heads: Sequence[Head]
) -> dict[Model, dict[CellKey, str]]:
    """One model of every account and class: what it chose last, else the best mean place."""
    chosen = Counter({head.id: head.chosen or 0 for head in heads})
    places = {s.model: s.mean_rank.value or 0.0 for s in standings(answers, {}, told, live=True)}
    best: dict[tuple[str, str], Model] = {}
    order = sorted(
        answers, key=lambda m: (-max(chosen[id_] for id_ in answers[m].values()), places[m], m)
    )
    for model in order:
        best.setdefault((model.account, model.entry_class), model)
    return {model: answers[model] for model in best.values()}
