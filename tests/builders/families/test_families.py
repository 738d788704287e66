"""The contract of a family's parameters. Every file in builders/families runs through it.

So do the toys, which are of other kinds: rows of one evolution, single shots, nothing measured.
"""

import json
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.prepared import PreparedFamily
from builders.physics.declaration import check_declaration
from builders.physics.family import Family
from builders.physics.hamiltonian_family import HamiltonianFamily
from tests.builders.family_cases import chain, draw, sizes, small
from tests.toys.families import toy_bits, toy_graph, toy_walk

TOYS: list[Family] = [toy_bits.FAMILY, toy_graph.FAMILY, toy_walk.FAMILY]
EVERY = [*map(families.load, families.names()), *TOYS]


@pytest.fixture(params=EVERY, ids=[family.name for family in EVERY])
def family(request: pytest.FixtureRequest) -> Family:
    found: Family = request.param
    return found


def test_the_three_families_are_found() -> None:
    assert {"tfim_1d", "heisenberg_1d", "xxz_1d"} <= set(families.names())


def test_says_what_it_is(family: Family) -> None:
    check_declaration(family)
    if family not in TOYS:
        assert families.load(family.name) is family
    texts = (family.title, family.formula, family.distribution, family.why_hard)
    assert all(texts)
    assert all(family.references)
    assert family.references
    if isinstance(family, HamiltonianFamily | PreparedFamily):
        assert "H = " in (type(family).__doc__ or "")
        assert {"correlation", "renyi2"} <= set(family.tasks)
        assert family.parameters
    names = [p.name for p in family.parameters]
    assert len(set(names)) == len(names)
    assert all(p.meaning for p in family.parameters)
    assert all(name in family.formula for name in names)


def too_large(family: Family) -> Size:
    """The smallest size of the family's geometry past its limit."""
    form = "{}" if small(family).is_chain else "1x{}"
    for sites in range(family.max_sites + 1, 2 * family.max_sites):
        with suppress(RequestError):
            return family.geometry.parse(form.format(sites))
    raise AssertionError(f"{family.geometry.name} takes no size past {family.max_sites}")


def test_takes_its_own_sizes_and_refuses_others(family: Family) -> None:
    for text in family.sizes:
        family.check_size(family.geometry.parse(text))
    assert len(sizes(family)) >= 2
    with pytest.raises(RequestError, match=f"limit of {family.name}: at most {family.max_sites}"):
        family.check_size(too_large(family))
    with pytest.raises(RequestError, match=family.name):
        family.check_size(Size.parse("3x4" if chain(family) else "10"))


def test_chains_take_small_and_large_sizes(family: Family) -> None:
    if chain(family):
        assert sizes(family) == [Size(n) for n in (2, 3, 8, 10, 32, 48) if n <= family.max_sites]


def test_draw_and_typical_pass_the_check(family: Family) -> None:
    for size in sizes(family):
        solved = isinstance(family, HamiltonianFamily)
        for parameters in (draw(family, size), *((family.typical(size),) if solved else ())):
            checked = family.check(size, parameters)
            assert list(checked) == [p.name for p in family.parameters]
            for name, value in checked.items():
                assert value.dtype == np.float64
                np.testing.assert_array_equal(value, parameters[name])


def test_parameters_come_from_the_seed_alone(family: Family) -> None:
    for size in sizes(family):
        np.random.seed(1)  # noqa: NPY002 — the global state must not matter
        first = family.flatten(draw(family, size, seed=5))
        np.random.seed(2)  # noqa: NPY002
        assert family.flatten(draw(family, size, seed=5)).tobytes() == first.tobytes()
        if isinstance(family, HamiltonianFamily):
            typical = family.flatten(family.typical(size))
            assert family.flatten(family.typical(size)).tobytes() == typical.tobytes()
    other = family.flatten(draw(family, sizes(family)[-1], seed=6))
    assert (other != first).any() == bool(family.parameters)


def test_flat_parameters_round_trip(family: Family) -> None:
    for size in sizes(family):
        parameters = draw(family, size)
        flat = family.flatten(parameters)
        assert flat.dtype == np.float64
        assert flat.shape == (family.flat_length(size),)
        back = family.unflatten(size, flat)
        assert list(back) == [p.name for p in family.parameters]
        for spec in family.parameters:
            assert back[spec.name].shape == spec.shape(size)
            np.testing.assert_array_equal(back[spec.name], parameters[spec.name])
        # Numbers without structure show an entry that lands in the wrong place.
        ramp = np.arange(1.0, len(flat) + 1)
        np.testing.assert_array_equal(family.flatten(family.unflatten(size, ramp)), ramp)


def test_parameters_survive_json(family: Family) -> None:
    size = small(family)
    parameters = draw(family, size)
    text = json.dumps({name: value.tolist() for name, value in parameters.items()})
    checked = family.check(size, json.loads(text))
    assert family.flatten(checked).tobytes() == family.flatten(parameters).tobytes()


def refused(family: Family, size: Size, given: dict[str, Any]) -> str:
    """The refusal's words."""
    with pytest.raises(RequestError) as refusal:
        family.check(size, given)
    assert family.name in str(refusal.value)
    return str(refusal.value)


def test_a_missing_or_unknown_name_is_refused(family: Family) -> None:
    size = small(family)
    good = draw(family, size)
    for spec in family.parameters:
        rest = {key: value for key, value in good.items() if key != spec.name}
        if spec.default is None:
            assert f"missing ['{spec.name}']" in refused(family, size, rest)
        else:
            filled = family.check(size, rest)
            assert list(filled) == [p.name for p in family.parameters]
            assert filled[spec.name].shape == spec.shape(size)
            assert (filled[spec.name] == spec.default).all()
    assert "unknown ['K']" in refused(family, size, {**good, "K": 1.0})
    if family.parameters:
        assert "missing" in refused(family, size, {})


def test_a_wrong_shape_is_refused(family: Family) -> None:
    size = small(family)
    good = draw(family, size)
    for spec in family.parameters:
        given = {**good, spec.name: np.zeros((5, *spec.shape(size)))}
        assert str(spec.shape(size)) in refused(family, size, given)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused(family: Family, bad: float) -> None:
    size = small(family)
    good = draw(family, size)
    for name in good:
        array = good[name].copy()
        array[(-1,) * array.ndim] = bad
        words = refused(family, size, {**good, name: array})
        assert f"{name!r}" in words
        said = "1 values that are not finite" if array.ndim else f"is {bad}: give a finite number"
        assert said in words


@pytest.mark.parametrize("bad", ["text", {"a": 1}, [[1.0], [2.0, 3.0]], None, [1j]])
def test_what_is_no_array_of_numbers_is_refused(family: Family, bad: object) -> None:
    size = small(family)
    good = draw(family, size)
    for name in good:
        assert repr(name) in refused(family, size, {**good, name: bad})


def test_a_lopsided_matrix_is_refused(family: Family) -> None:
    size = small(family)
    good = draw(family, size)
    for name in [p.name for p in family.parameters if p.symmetric]:
        for site in ((0, 1), (1, 1)):
            matrix = good[name].copy()
            matrix[site] += 0.25
            assert "symmetric" in refused(family, size, {**good, name: matrix})
