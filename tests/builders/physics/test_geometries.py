"""Geometries: how sizes are written and named, where sites are drawn, how far apart they are."""

from math import isqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size, config_name, parse_config
from builders.physics.geometry import Chain, Code, Geometry, Graph, Lattice, Torus
from builders.solvers.stabilizers.toric import matchings, plaquettes, stars

EVERY: dict[str, Geometry] = {g.name: g for g in (Chain(), Lattice(), Torus(), Code(), Graph())}


@pytest.mark.parametrize(
    ("name", "text", "suffix"),
    [
        *(("chain", "2", "n002"), ("chain", "48", "n048"), ("chain", "1024", "n1024")),
        *(("lattice", "5x5", "05x05"), ("lattice", "9x12", "09x12"), ("lattice", "1x4", "01x04")),
        *(("torus", "8", "n008"), ("torus", "200", "n200"), ("torus", "1152", "n1152")),
        *(("code", "3", "d03"), ("code", "11", "d11"), ("code", "101", "d101")),
        *(("graph", "5", "v005"), ("graph", "16", "v016"), ("graph", "1024", "v1024")),
    ],
)
def test_a_size_is_read_named_and_read_from_the_name(name: str, text: str, suffix: str) -> None:
    geometry = EVERY[name]
    size = geometry.parse(text)
    assert str(size) == text
    assert size.suffix == suffix
    assert geometry.parse(str(size)) == size
    assert config_name("family_1", size) == f"family_1_{suffix}"
    assert parse_config(f"family_1_{suffix}") == ("family_1", size, "")
    geometry.check(size, "it")


@pytest.mark.parametrize("name", EVERY)
def test_sizes_of_other_geometries_are_refused(name: str) -> None:
    """A torus of 8 qubits and a chain of 8 sites are written alike, the others are not."""
    given = {"chain": "8", "lattice": "2x4", "torus": "8", "code": "8", "graph": "8"}
    sizes = {other: EVERY[other].parse(text) for other, text in given.items()}
    alike = {"chain", "torus"}
    for other, size in sizes.items():
        if other == name or {other, name} == alike:
            EVERY[name].check(size, "it")
            continue
        with pytest.raises(RequestError, match=rf"^it: .* is none of a {name}") as refusal:
            EVERY[name].check(size, "it")
        written = size.suffix if size.letter != "n" else str(size)
        assert f": {written} is none" in str(refusal.value)
    wrong = "8" if name == "lattice" else "2x4"
    with pytest.raises(RequestError, match=rf"{wrong} is none of a {name}\. Give "):
        EVERY[name].parse(wrong)


@pytest.mark.parametrize("text", ["2", "7", "9", "10", "16", "31", "64", "127", "199"])
def test_a_torus_has_twice_a_square_of_qubits(text: str) -> None:
    with pytest.raises(RequestError, match=r"too small|2 L\^2 qubits"):
        EVERY["torus"].parse(text)


def test_a_torus_of_one_vertex_has_no_two_edges_apart() -> None:
    with pytest.raises(RequestError, match=r"2 is too small\. Give 8 or more"):
        EVERY["torus"].parse("2")


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        *(("chain", "5", 5), ("lattice", "3x4", 12), ("torus", "18", 18)),
        *(("code", "4", 16), ("graph", "7", 7)),
    ],
)
def test_every_site_has_a_place_of_its_own(name: str, text: str, count: int) -> None:
    geometry = EVERY[name]
    found = geometry.positions(geometry.parse(text))
    assert found.dtype == np.float64
    assert found.shape == (count, 2)
    assert np.isfinite(found).all()
    apart = np.linalg.norm(found[:, None] - found, axis=2)[~np.eye(count, dtype=bool)]
    # Neighbours on a circle of 7 are 2 sin(π/7) = 0.87 apart, edges round a corner 0.71.
    assert apart.min() > 0.7


def test_places_by_hand() -> None:
    assert EVERY["chain"].positions(Size(3)).tolist() == [[0, 0], [1, 0], [2, 0]]
    assert EVERY["lattice"].positions(Size.parse("2x2")).tolist() == [
        [0, 0], [1, 0], [0, -1], [1, -1],
    ]  # fmt: skip
    # Right of vertex (0, 0), below it, right of (0, 1), below it; then those of row 1.
    assert EVERY["torus"].positions(Size(8)).tolist() == [
        [0.5, 0], [0, -0.5], [1.5, 0], [1, -0.5],
        [0.5, -1], [0, -1.5], [1.5, -1], [1, -1.5],
    ]  # fmt: skip
    assert EVERY["code"].positions(Size(2, letter="d")).tolist() == [
        [0, 0], [1, 0], [0, -1], [1, -1],
    ]  # fmt: skip
    square = EVERY["graph"].positions(Size(4, letter="v"))
    np.testing.assert_allclose(square, [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-15)


def steps_along(bonds: NDArray[np.int64], sites: int) -> NDArray[np.int64]:
    """Steps between all sites along bonds, by growing neighbourhoods: shares no code with ours."""
    near = np.eye(sites, dtype=bool)
    linked = near.copy()
    linked[bonds[:, 0], bonds[:, 1]] = linked[bonds[:, 1], bonds[:, 0]] = True
    steps = np.where(near, 0, -1)
    for count in range(1, sites):
        near = near @ linked
        steps[(steps < 0) & near] = count
    return steps


def bonds_of(name: str, size: Size) -> NDArray[np.int64]:
    """Neighbours: on a torus edges that share a corner, the pairs that gates act on."""
    if name == "torus":
        return matchings(isqrt(size.sites // 2)).reshape(-1, 2)
    rows, columns = size.rows or 1, size.columns or size.sites
    site = np.arange(size.sites).reshape(rows, columns)
    right = np.stack([site[:, :-1].ravel(), site[:, 1:].ravel()], axis=1)
    below = np.stack([site[:-1].ravel(), site[1:].ravel()], axis=1)
    return np.concatenate([right, below])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("chain", "2"), ("chain", "9"), ("lattice", "3x4"), ("lattice", "1x5")),
        *(("torus", "8"), ("torus", "18"), ("torus", "32"), ("torus", "50"), ("torus", "72")),
    ],
)
def test_distances_count_the_steps_from_neighbour_to_neighbour(name: str, text: str) -> None:
    size = EVERY[name].parse(text)
    found = EVERY[name].distances(size)
    assert found is not None
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, steps_along(bonds_of(name, size), size.sites))


def test_distances_on_a_torus_by_hand() -> None:
    """L = 4, edge 0 from vertex (0, 0) to (0, 1)."""
    found = Torus().distances(Size(32))[0]
    right, below = (lambda r, c: 2 * (4 * r + c)), (lambda r, c: 2 * (4 * r + c) + 1)
    # Four edges share a corner with it, below and above its two ends.
    corners = {below(0, 0), below(0, 1), below(3, 0), below(3, 1)}
    assert set(np.flatnonzero(found == 1)) == corners
    # The next edges on its line and those on the other side of its two faces: two steps.
    assert [found[k] for k in (right(0, 1), right(0, 3), right(1, 0), right(3, 0))] == [2] * 4
    # Half way round, in either direction and in both: L steps, and nothing is farther.
    assert [found[k] for k in (right(0, 2), right(2, 0), right(2, 2))] == [4] * 3
    assert found.max() == 4
    # |i − j|, which a chain has, would call the edge below a neighbour and this one far.
    assert found[below(3, 0)] == 1
    assert Chain().distances(Size(32))[0, below(3, 0)] == 25


@pytest.mark.parametrize("length", [2, 3, 4, 6])
def test_a_torus_looks_alike_from_everywhere(length: int) -> None:
    """A metric that translations and the exchange of vertices and faces leave as it is."""
    size = Size(2 * length**2)
    found = Torus().distances(size)
    assert (found == found.T).all()
    assert ((found == 0) == np.eye(size.sites, dtype=bool)).all()
    assert (found[:, None] <= found[:, :, None] + found[None]).all()
    edge = np.arange(size.sites)
    row, column = np.divmod(edge // 2, length)
    for down, right in ((1, 0), (0, 1), (1, 1)):
        cell = (row + down) % length * length + (column + right) % length
        moved = 2 * cell + edge % 2
        assert (found[np.ix_(moved, moved)] == found).all()
    # The qubits of a star lie one or two steps apart, and so do those of a face.
    for _, sites in (*stars(length), *plaquettes(length)):
        assert set(found[np.ix_(sites, sites)].ravel()) == {0, 1, 2}


def test_codes_and_graphs_have_no_such_measure() -> None:
    """A graph's weights say what is near, and events of a code lie in space and time."""
    assert EVERY["code"].distances(Size(5, letter="d")) is None
    assert EVERY["graph"].distances(Size(5, letter="v")) is None
