"""Records: tokens, packed detection events, nothing; their columns, checks, cuts."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import parquet
from builders.physics.record import MAX_SHOTS, DetectionEvents, Nothing, PauliTokens, Record

D5 = Size(5, letter="d")


def events(bits: int) -> DetectionEvents:
    return DetectionEvents(lambda _: bits)


def packed(rows: list[set[int]], bits: int) -> NDArray[np.uint8]:
    """Rows with these bits set, packed by the definition: bit k is 2^(k % 8) of byte k // 8."""
    out = np.zeros((len(rows), -(-bits // 8)), dtype=np.uint8)
    for row, bits_set in enumerate(rows):
        for k in bits_set:
            out[row, k // 8] += 2 ** (k % 8)
    return out


def wrong_rows(record: Record, arrays: dict[str, NDArray[np.uint8]]) -> list[tuple[str, list[int]]]:
    """Column → rows that are wrong."""
    return [(n, np.flatnonzero(bad).tolist()) for n, (bad, _) in record.wrong(arrays, D5)]


@pytest.mark.parametrize(
    ("bits", "length"), [(1, 1), (7, 1), (8, 1), (9, 2), (24, 3), (25, 4), (120, 15)]
)
def test_events_are_eight_a_byte(bits: int, length: int) -> None:
    (column,) = events(bits).columns(D5, 1)
    assert (column.name, column.dtype, column.shape) == ("events", "uint8", (length,))
    assert not column.is_label
    assert json.loads(column.field.metadata[b"bits"]) == bits
    assert str(bits) in column.meaning


def test_bit_k_is_in_byte_k_over_8_at_place_k_mod_8_from_the_lowest() -> None:
    record = events(11)
    assert packed([{0}, {3, 8}, {10}], 11).tolist() == [[1, 0], [8, 1], [0, 4]]
    assert record.unpack(packed([{0}, {3, 8}, {10}], 11), D5).tolist() == [
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ]
    for k in range(11):
        assert np.flatnonzero(record.unpack(packed([{k}], 11), D5)[0]).tolist() == [k]


@pytest.mark.parametrize("bits", [1, 7, 8, 9, 63, 64, 65])
def test_unpack_is_the_inverse_of_packing(bits: int) -> None:
    rng = np.random.default_rng(bits)
    rows = rng.integers(0, 2, (200, bits), dtype=np.uint8)
    together = np.packbits(rows, axis=1, bitorder="little")
    assert together.tobytes() == packed([set(np.flatnonzero(r)) for r in rows], bits).tobytes()
    back = events(bits).unpack(together, D5)
    assert back.dtype == np.uint8
    assert np.array_equal(back, rows)
    assert wrong_rows(events(bits), {"events": together}) in ([], [("events", [])])


@pytest.mark.parametrize("bits", [1, 7, 9, 12, 31])
def test_bits_past_the_last_are_refused(bits: int) -> None:
    record, spare = events(bits), -bits % 8
    sound = np.full((5, -(-bits // 8)), 255, dtype=np.uint8)
    sound[:, -1] = 2 ** (8 - spare) - 1
    assert wrong_rows(record, {"events": sound}) == [("events", [])]
    for place in range(8 - spare, 8):
        bad = sound.copy()
        bad[3, -1] |= 1 << place
        assert wrong_rows(record, {"events": bad}) == [("events", [3])]
    _, (_, how) = next(record.wrong({"events": bad}, D5))
    assert how == f"set one of the {spare} bits past the last"


def test_whole_bytes_have_none_past_the_last() -> None:
    full = np.full((2, 2), 255, dtype=np.uint8)
    assert wrong_rows(events(16), {"events": full}) == []
    assert wrong_rows(events(12), {}) == []


def test_tokens_above_five_are_refused() -> None:
    shots = np.full((3, 2, 4), 5, dtype=np.uint8)
    shots[1, 1, 2] = 6
    assert wrong_rows(PauliTokens(), {"shots": shots}) == [("shots", [1])]
    assert wrong_rows(PauliTokens(), {}) == []


def test_the_first_copies_of_tokens_are_a_copy() -> None:
    record = PauliTokens()
    arrays = {
        "shots": np.arange(24, dtype=np.uint8).reshape(2, 4, 3) % 6,
        "parameters": np.zeros((2, 1)),
    }
    before = arrays["shots"].copy()
    for count in (1, 3, 4):
        found = record.first(arrays, count)
        assert list(found) == ["shots"]
        assert np.array_equal(found["shots"], before[:, :count])
        assert not np.shares_memory(found["shots"], arrays["shots"])
        found["shots"][:] = 9
    assert np.array_equal(arrays["shots"], before)


def test_a_row_that_is_one_shot_is_not_cut() -> None:
    given = {"events": packed([{0}, {1}, {2}], 8)}
    found = events(8).first(given, 1)
    assert np.array_equal(found["events"], given["events"])
    assert not np.shares_memory(found["events"], given["events"])


def test_nothing_is_measured() -> None:
    record = Nothing()
    assert record.columns(D5, 0) == ()
    assert record.names == ()
    assert record.first({"parameters": np.zeros((2, 3))}, 0) == {}
    assert wrong_rows(record, {"parameters": np.zeros((2, 3))}) == []
    assert "Nothing is measured" in record.sentence(D5)
    assert parquet.row_bytes(record.columns(D5, 0)) == 0


@pytest.mark.parametrize(
    ("record", "allowed", "refused"),
    [
        (PauliTokens(), (1, 512, MAX_SHOTS), (0, -1, MAX_SHOTS + 1)),
        (events(8), (1,), (0, 2, -1)),
        (Nothing(), (0,), (1, -1)),
    ],
    ids=lambda given: getattr(given, "kind", ""),
)
def test_numbers_of_copies(
    record: Record, allowed: tuple[int, ...], refused: tuple[int, ...]
) -> None:
    assert record.default_shots in allowed
    for shots in allowed:
        record.check_shots(shots)
        names = [c.name for c in record.columns(Size(4), shots)]
        assert names == list(record.names)
    for shots in refused:
        with pytest.raises(RequestError, match=f"^shots {shots}: "):
            record.check_shots(shots)


def test_kinds_are_told_apart() -> None:
    every: list[Record] = [PauliTokens(), events(8), Nothing()]
    assert [r.kind for r in every] == ["pauli_tokens", "detection_events", "nothing"]
    assert [r.per_shot for r in every] == [False, True, False]
    assert [r.has_copies for r in every] == [True, False, False]
    (shots,) = PauliTokens().columns(Size(4), 7)
    assert (shots.name, shots.dtype, shots.shape) == ("shots", "uint8", (7, 4))
