"""Which tracks there are, and that a key of a cell cannot be of another."""

import pickle

import pytest

from builders.core.errors import RequestError
from leaderboard.cells import CellKey
from leaderboard.track import EXACT, RANDOM, STANDARD, known_track, trained_on

KEY = CellKey("tfim_1d_n008", "renyi2", 20, 64)


def test_a_key_that_is_written_plainly_gets_its_track() -> None:
    assert KEY == ("tfim_1d_n008", "renyi2", 20, 64, STANDARD)
    assert CellKey(*KEY[:3], 0).track == EXACT
    assert CellKey(*KEY) == KEY
    assert str(KEY) == "tfim_1d_n008 / renyi2 / n=20 / shots=64"
    assert str(KEY._replace(track=RANDOM)).endswith("shots=64 / random")
    assert KEY.file_name == "tfim_1d_n008_renyi2_n20_M64"
    away = KEY._replace(track="from:tfim_1d_n016")
    assert away.file_name == "tfim_1d_n008_renyi2_n20_M64_from-tfim_1d_n016"
    for key in (KEY, away):
        assert (pickle.loads(pickle.dumps(key)), CellKey(**key._asdict())) == (key, key)


def test_what_a_track_says() -> None:
    assert trained_on("from:heisenberg_2d_05x05") == "heisenberg_2d_05x05"
    assert trained_on(RANDOM) is None
    assert known_track("from:tfim_1d_n016") == "from:tfim_1d_n016"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"track": "standrd"}, r"unknown track 'standrd'\. Did you mean 'standard'\? Allowed: exa"),
        ({"track": "random-input"}, "Did you mean 'random-inputs'"),
        ({"track": ""}, "unknown track ''"),
        ({"track": "\x1b[2J" * 99}, r"unknown track '\\x1b\[2J"),
        ({"shots": 0}, "track 'standard' with shots=0: .* those of the track 'exact'"),
        ({"shots": 0, "track": RANDOM}, "track 'random' with shots=0"),
        ({"shots": 0, "track": "from:tfim_1d_n016"}, "track 'from:tfim_1d_n016' with shots=0"),
        ({"track": EXACT}, "track 'exact' with shots=64"),
        ({"track": "from:tfim_1d_n008"}, "trained on its own config, it is 'standard'"),
        ({"track": "from:tfim_1d"}, "track from:CONFIG: config 'tfim_1d' is not a config name"),
        ({"track": "from:"}, "config '' is not a config name"),
    ],
)
def test_other_tracks_are_refused(change, words) -> None:
    with pytest.raises(RequestError, match=words) as refusal:
        KEY._replace(**change)
    with pytest.raises(RequestError):
        CellKey(**(KEY._asdict() | change))
    assert len(str(refusal.value)) < 500
