"""Columns of the schema: shapes, metadata, and refusals of arrays that break it."""

import json

import numpy as np
import pytest

from builders import families
from builders.core.errors import WorkError
from builders.core.names import Size
from builders.dataset.schema import arrow_schema, check_arrays, columns
from builders.dataset.spec import is_hidden
from builders.physics import parameters
from tests.builders.synthetic import SPEC, make_split


@pytest.fixture
def cols():
    return columns(families.load(SPEC.family), SPEC.size, SPEC.shots)


def test_columns_have_the_order_dtypes_and_shapes_of_the_contract(cols):
    assert [(c.name, c.dtype, c.shape, c.is_label) for c in cols] == [
        ("row_id", "int64", (), False),
        ("seed", "int64", (), True),
        ("parameters", "float64", (15,), False),
        ("shots", "uint8", (32, 8), False),
        ("energy", "float64", (), True),
        ("correlation", "float32", (8, 8), True),
        ("renyi2", "float32", (7,), True),
        ("renyi2_blocks", "float32", (7,), True),
        ("phase", "int64", (), True),
        ("phase_margin", "float64", (), True),
        ("energy_variance", "float64", (), True),
        ("label_error_correlation", "float32", (), True),
        ("label_error_renyi2", "float32", (), True),
    ]


def test_only_families_with_phases_have_the_columns():
    for name in families.names():
        family = families.load(name)
        found = [c.name for c in columns(family, Size(8), 4)]
        assert ("phase" in found, "phase_margin" in found) == (
            bool(getattr(family, "phases", ())),
        ) * 2


def test_the_field_of_the_phase_names_its_values(cols):
    field = arrow_schema(cols).field("phase")
    assert json.loads(field.metadata[b"classes"]) == ["paramagnetic", "ordered"]
    assert b"0 = paramagnetic, 1 = ordered" in field.metadata[b"meaning"]


def test_every_field_states_dtype_shape_unit_and_meaning(cols):
    for column, field in zip(cols, arrow_schema(cols), strict=True):
        stated = {k.decode(): v.decode() for k, v in field.metadata.items()}
        assert stated["dtype"] == column.dtype
        assert json.loads(stated["shape"]) == list(column.shape)
        assert stated["unit"]
        assert stated["meaning"]


def test_arrow_types_nest_outermost_axis_first(cols):
    shots = next(c for c in cols if c.name == "shots").arrow_type
    assert (shots.list_size, shots.value_type.list_size) == (32, 8)


@pytest.mark.parametrize("name", families.names())
def test_layout_covers_the_flat_vector_once(name):
    family, size = families.load(name), Size(10)
    layout = parameters.layout(family.parameters, size)
    at = [k for p in layout for k in range(p["start"], p["start"] + p["length"])]
    assert at == list(range(family.flat_length(size)))
    assert json.loads(json.dumps(layout)) == layout


def test_hidden_splits_are_the_test_splits():
    assert [s for s in ("train", "test", "test_ood") if is_hidden(s)] == ["test", "test_ood"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("energy"), r"missing columns \['energy'\]"),
        (lambda a: a.update(stage=a["energy"]), r"unknown \['stage'\]"),
        (lambda a: a.update(shots=a["shots"].astype(np.int64)), "column shots is int64"),
        (lambda a: a.update(renyi2=a["renyi2"][:, 1:]), r"renyi2 is float32 \(12, 6\)"),
        (lambda a: a["correlation"].__setitem__((3, 1, 2), np.nan), r"first at \(3, 1, 2\)"),
    ],
)
def test_arrays_that_break_the_schema_are_refused(cols, change, message):
    arrays = make_split(SPEC, "train")
    change(arrays)
    with pytest.raises(WorkError, match=message):
        check_arrays(cols, arrays, "here")
