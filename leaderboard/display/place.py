"""Where a board is kept, handed from the command to the pages by environment variables.

Variables, because a database URL may hold a password, which the arguments of a process show to
everybody on the machine.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from builders.core.errors import RequestError
from leaderboard.board.service import Board

PREFIX = "QSLBENCH_BOARD_"
SHOWN, HIDDEN = "1", "0"


@dataclass(frozen=True)
class BoardPlace:
    """The arguments of `Board.open`.

    Attributes:
        store: a folder, or a database URL.
        data: public data set folder; as the store remembers if None.
        private: folder of the hidden labels; as the store remembers if None.
        folder: where predictions are kept, for a URL.
        labels: `1` where labels are shown without a season; nothing else shows them, so that pages
            that were started in another way than by the command hide them.
    """

    store: str
    data: str | None = None
    private: str | None = None
    folder: str | None = None
    labels: str | None = None

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> "BoardPlace":
        """The place that `to_environment` describes.

        Raises:
            RequestError: the variable that names the store is not set.
        """
        given = {name: environment.get(f"{PREFIX}{name.upper()}") for name in _NAMES}
        store = given.pop("store")
        if not store:
            raise RequestError(
                f"{PREFIX}STORE is not set, so that the pages have no board. Start them with "
                "`qslbench board --store DIR`."
            )
        return BoardPlace(store, **given)

    def to_environment(self) -> dict[str, str]:
        """Variable → value, without those that are None."""
        return {f"{PREFIX}{k.upper()}": v for k, v in asdict(self).items() if v is not None}

    def open(self, sign_in: str | None = None) -> Board:
        """The board.

        Args:
            sign_in: as in `Board.open`.

        Raises:
            RequestError: as `Board.open`.
            WorkError: the store cannot be opened.
        """
        return Board.open(
            *(self.store, self.data, self.private),
            folder=self.folder,
            sign_in=sign_in,
            show_labels=self.labels == SHOWN,
        )


_NAMES = tuple(BoardPlace.__dataclass_fields__)
