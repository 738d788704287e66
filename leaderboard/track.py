"""The track of a cell: what its training data are, so that only like is ranked with like.

`standard`       labels estimated from the measured shots of the cell's own config
`exact`          noise-free training labels; exactly the cells with shots = 0
`from:CONFIG`    a transfer: trained on CONFIG, whose rows and shots n and shots count
`random`         a control: every outcome replaced by a random token before anything is estimated
`random-inputs`  a control: random where a model sees outcomes, labels estimated from measured ones
"""

from builders.core.errors import RequestError, unknown
from builders.core.names import parse_config

STANDARD, EXACT = "standard", "exact"
RANDOM, RANDOM_INPUTS = "random", "random-inputs"
FROM = "from:"
_PLAIN = (STANDARD, EXACT, RANDOM, RANDOM_INPUTS)
_SHOWN = 60


def usual_track(shots: int) -> str:
    """The track of a cell that is written without one."""
    return STANDARD if shots else EXACT


def transfer_track(config: str) -> str:
    """The track of what was trained on another config."""
    return f"{FROM}{config}"


def trained_on(track: str) -> str | None:
    """The config that a transfer was trained on; None on the other tracks."""
    return track.removeprefix(FROM) if track.startswith(FROM) else None


def known_track(track: str) -> str:
    """The track itself.

    Raises:
        RequestError: it is none; says which there are.
    """
    source = trained_on(track)
    if source is None and track not in _PLAIN:
        raise unknown("track", track[:_SHOWN], [*_PLAIN, f"{FROM}CONFIG"])
    if source is not None:
        try:
            parse_config(source)
        except RequestError as error:
            raise RequestError(f"track {FROM}CONFIG: {error}") from None
    return track


def check_track(track: str, config: str, shots: int) -> None:
    """Refuse what is no track, or not one of a cell of that config and number of shots.

    Raises:
        RequestError: says which tracks there are.
    """
    known_track(track)
    if (track == EXACT) != (shots == 0):
        raise RequestError(
            f"track {track!r} with shots={shots}: cells with shots=0, whose training labels are "
            f"exact, are those of the track {EXACT!r}, and no others are."
        )
    if trained_on(track) == config:
        raise RequestError(
            f"track {track!r} in a cell of that very config: trained on its own config, it is "
            f"{STANDARD!r}."
        )
