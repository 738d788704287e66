"""Scores computed again from stored predictions: the board's numbers are a function of files."""

from leaderboard.board.scoring_again import again
from leaderboard.board.service import Board
from leaderboard.refusals import ConflictError
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons import seasons


def rescore(board: Board) -> list[str]:
    """Score the submissions of the latest season again, and store what differs.

    Which scores the Ladder held back stays as it was decided. Submissions of earlier seasons keep
    their numbers: their data are not the board's any more. One whose file is gone or another keeps
    no scores, but for those that an open season has told; the log says why.

    Returns:
        Ids of the submissions whose numbers changed; none if scorer and files are what they were.

    Raises:
        RequestError: the board does not know its data, they are not those of the season, or it was
            closed meanwhile.
    """
    data, private = board.settings.pair()
    season = board.season()
    name, live = board.scope()
    if season is not None:
        season.check_data(private)
    chosen = None if season is None else season.chosen(live=live)
    found = again(board.store, Scorer(data, private, chosen=chosen), season, live=live)
    # In one transaction, so that no number changes without its entry in the log.
    with board.store.writing() as writing:
        now = seasons.latest(writing)
        if now != season:
            raise ConflictError("the season was opened or closed meanwhile. Rescore again.")
        changed = [entry.id for entry, cells in found.cells if writing.replace(entry.id, cells)]
        if changed or found.lost:
            writing.log("rescored", {"season": name, "changed": changed, **found.log()})
    return changed
