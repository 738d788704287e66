"""Decoders on memory experiments: published logical errors, equal data, and refusals."""

from dataclasses import replace
from functools import cache
from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

import baselines
from baselines import protocols
from baselines.contract.cell import Cell
from baselines.contract.protocol import Available, Job
from baselines.decoders import error_model
from builders.core.errors import RequestError
from tests.baselines.cells import make_cell
from tests.baselines.code_cells import code_cell, code_config
from tests.baselines.toy_cells import toy_cell

NETWORKS = tuple(f"decoder_{kind}" for kind in ("mlp", "cnn3d", "tcn", "transformer", "gnn"))
SHOTS = 100_000
# Logical errors a shot of d rounds at uniform p, PyMatching 2.4, from as many shots as here.
MEASURED = {
    ("pymatching", "3", 0.005): 0.0173,
    ("pymatching", "3", 0.003): 0.0065,
    ("pymatching", "3", 0.01): 0.0588,
    ("pymatching_correlated", "3", 0.005): 0.0168,
    ("pymatching", "5", 0.005): 0.0142,
    ("pymatching", "5", 0.003): 0.0034,
    ("pymatching", "5", 0.01): 0.0845,
    ("pymatching_correlated", "5", 0.005): 0.0109,
    ("pymatching", "7", 0.003): 0.0014,
    ("pymatching", "7", 0.01): 0.1027,
}


@cache
def cell_of(size: str, p: float, n: int = 1, test: int = SHOTS) -> tuple[Cell, NDArray[np.bool_]]:
    return code_cell(code_config(size, f"uniform_{p:g}"), n=n, test=test)


def error(name: str, cell: Cell, answers: NDArray[np.bool_], **settings: int) -> float:
    found = baselines.load(name)(seed=0, **settings).fit(cell).predict(cell.rows)
    return float(((found > 0.5) != answers[:, 0]).mean())


@pytest.mark.parametrize(
    ("name", "size", "p"),
    [pytest.param(*case, marks=[] if case[1] == "3" else [pytest.mark.slow]) for case in MEASURED],
)
def test_matching_has_the_logical_error_that_was_measured(name: str, size: str, p: float) -> None:
    """Four standard errors of the difference of two binomial counts, and half a last digit."""
    wanted = MEASURED[name, size, p]
    spread = sqrt(2.0 * wanted * (1.0 - wanted) / SHOTS)
    assert abs(error(name, *cell_of(size, p)) - wanted) < 4.0 * spread + 5e-5


def test_matching_alone_meets_a_shot_without_events_with_no_flip() -> None:
    cell, _ = cell_of("3", 0.005)
    quiet = replace(cell.rows, record={"events": np.zeros_like(cell.rows.record["events"])})
    for name in ("pymatching", "pymatching_correlated"):
        assert not baselines.load(name)().fit(cell).predict(quiet).any()


@pytest.mark.parametrize("name", ["tesseract", "bp_osd"])
def test_slow_decoders_beat_matching_and_refuse_more_rows_than_they_can_take(name: str) -> None:
    pytest.importorskip({"tesseract": "tesseract_decoder", "bp_osd": "ldpc"}[name])
    cell, answers = cell_of("3", 0.005, test=600)
    model = baselines.load(name)
    with pytest.raises(RequestError, match=r"500 rows at most; 600 are asked for.*most=600"):
        model(most=500).fit(cell).predict(cell.rows)
    # On the same shots, of which they decode some 3 otherwise.
    assert error(name, cell, answers) <= error("pymatching", cell, answers) + 2 / 600
    mixed = model(most=500, rest=True).fit(cell).predict(cell.rows)
    whole = model().fit(cell).predict(cell.rows)
    matched = baselines.load("pymatching_correlated")().fit(cell).predict(cell.rows)
    assert (mixed[:500] == whole[:500]).all()
    assert (mixed[500:] == matched[500:]).all()


@pytest.mark.parametrize("name", ["tesseract", "bp_osd", "pymatching"])
def test_a_missing_library_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str) -> None:
        raise ImportError(module)

    monkeypatch.setattr(error_model, "import_module", missing)
    cell, _ = cell_of("3", 0.005, test=100)
    with pytest.raises(RequestError, match="pip install"):
        baselines.load(name)().fit(cell)


def test_the_table_tells_what_it_saw_and_asks_the_neighbours() -> None:
    cell, _ = cell_of("3", 0.005, n=100)
    events = cell.train.record["events"].copy()
    events[:] = 0
    events[:60, 0], labels = 1, np.zeros((100, 1), dtype=np.bool_)
    labels[:60] = True
    given = replace(cell, train=replace(cell.train, record={"events": events}), given=labels)
    model = baselines.load("lookup")().fit(given)
    asked = cell.rows.take(slice(0, 4))
    patterns = np.zeros_like(asked.record["events"])
    patterns[1, 0], patterns[2, 0], patterns[3] = 1, 3, 255  # as seen, next to it, far from all
    found = model.predict(replace(asked, record={"events": patterns}))
    np.testing.assert_allclose(found, [0.5 / 41, 60.5 / 61, 60.5 / 61, 0.6], rtol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_learn_from_shots(name: str) -> None:
    """Of a code of 8 detectors, at a strength where plain shots tell much."""
    cell, answers = code_cell(code_config("3r1", "uniform_0.02"), n=3000, test=2000)
    model = baselines.load(name)(seed=0, width=16, blocks=2, seen=40_000, rate=1e-2)
    for rows in (cell.train, cell.rows):
        rows.freeze()  # as in protocols
    found = model.fit(cell).predict(cell.rows)
    assert found.dtype == np.float32
    assert model.n_parameters > 0
    wrong = ((found > 0.5) != answers[:, 0]).mean()
    assert wrong < 0.75 * min(answers.mean(), 1 - answers.mean())


def test_the_corrected_matching_is_matching_where_that_is_sure() -> None:
    cell, _ = cell_of("3", 0.005, n=500, test=5000)
    model = baselines.load("matching_network")(members=1, width=8, doubt=0.0)
    found = model.fit(cell).predict(cell.rows) > 0.5
    plain, correlated = (
        baselines.load(name)().fit(cell).predict(cell.rows)
        for name in ("pymatching", "pymatching_correlated")
    )
    same = plain == correlated
    assert same.mean() > 0.95
    assert (found == correlated)[same].all()


def test_maximum_likelihood_is_better_than_all_and_knows_how_sure_it_is() -> None:
    cell, answers = code_cell(code_config("3r2"), n=1, test=40_000)
    found = baselines.load("maximum_likelihood")().fit(cell).predict(cell.rows)
    wrong = (found > 0.5) != answers[:, 0]
    # Its own stated chance of being wrong is its error, within four standard errors.
    stated = np.minimum(found, 1.0 - found).mean()
    assert abs(wrong.mean() - stated) < 4.0 * sqrt(stated / len(wrong))
    assert wrong.mean() < error("pymatching_correlated", cell, answers)


@pytest.mark.slow
@pytest.mark.parametrize("size", ["3", "5"])
def test_the_corrected_matching_is_better_than_both_matchings(size: str) -> None:
    """On the same shots: discordant ones alone count, and their difference has its spread."""
    cell, answers = cell_of(size, 0.005, n=20_000, test=40_000)
    ours, *others = (
        (baselines.load(name)().fit(cell).predict(cell.rows) > 0.5) != answers[:, 0]
        for name in ("matching_network", "pymatching", "pymatching_correlated")
    )
    for other in others:
        fewer, more = np.count_nonzero(other & ~ours), np.count_nonzero(ours & ~other)
        assert fewer - more > 3.0 * sqrt(fewer + more)


@pytest.mark.parametrize("name", ["pymatching", "decoder_gnn", "matching_network"])
def test_other_data_are_refused(name: str) -> None:
    with pytest.raises(RequestError, match=r"error model.*Choose another"):
        baselines.load(name)().fit(toy_cell("detection_events"))
    with pytest.raises(RequestError, match="does tasks of the kind binary"):
        baselines.load(name)().fit(make_cell())


def test_a_code_whose_observable_is_flipped_in_the_bulk_is_refused() -> None:
    cell, _ = code_cell(code_config("3", family="color_code"), n=100, test=100)
    with pytest.raises(RequestError, match=r"flips 3.*Choose another decoder"):
        baselines.load("matching_network")().fit(cell)


def test_the_protocol_goes_by_decades_and_puts_configs_side_by_side() -> None:
    protocol, config = protocols.load("decoders"), "surface_code_d05-uniform_0.003"
    points = protocol.points(Available(config, 20_000, 1, ("decoding",)))
    assert [point.n for point in points] == [1000, 10_000]
    assert list(protocol.placed(Job(points[0], "lookup", 0))) == [
        (config, "M = 1", "lookup", "n=1000"),
        ("surface_code", "n = 1000", "lookup", "d05 uniform_0.003"),
    ]
    assert not protocol.points(Available("tfim_1d_n048", 20_000, 512, ("correlation",)))


def test_rows_without_their_error_model_are_refused() -> None:
    cell, _ = cell_of("3", 0.005, test=100)
    bare = replace(cell, train=replace(cell.train, texts={}), rows=replace(cell.rows, texts={}))
    with pytest.raises(RequestError, match=r"no model\.dem stands"):
        baselines.load("pymatching")().fit(bare)
    assert baselines.load("lookup")().fit(bare).predict(bare.rows).shape == (100,)
