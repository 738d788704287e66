"""Matching and its ensemble against the exact probabilities of all patterns of a small code."""

from functools import cache

import numpy as np
import pytest
import stim
from numpy.typing import NDArray

from baselines.decoders.candidates import Ensemble
from baselines.decoders.exact import pattern, probabilities
from baselines.decoders.fault_graph import FaultGraph
from baselines.decoders.matching import Matching
from builders.core.errors import RequestError
from builders.solvers.codes.circuits import MODEL
from builders.solvers.codes.error_model import parse_model
from tests.baselines.code_cells import code_config, packed_patterns

SMALL = "3r2"  # 16 detectors: 65,536 patterns


@cache
def small() -> tuple[stim.DetectorErrorModel, NDArray[np.float64], NDArray[np.uint8]]:
    """The error model, the probabilities (2, P) and the packed patterns (P, 2) that ever occur."""
    config = code_config(SMALL)
    text = config.family.texts(config.size, config.channel)[MODEL]
    exact = probabilities(parse_model(text))
    often = exact.sum(axis=0) > 1e-6
    return stim.DetectorErrorModel(text), exact[:, often], packed_patterns(16)[often]


def error(flips: NDArray[np.bool_]) -> float:
    """Of answers to the patterns, exactly, as far as they occur."""
    _, exact, _ = small()
    return float(np.where(flips, exact[0], exact[1]).sum())


def test_patterns_of_three_faults_are_counted() -> None:
    model = parse_model("error(0.1) D0\nerror(0.2) D0 D1\nerror(0.3) D1 L0")
    wanted = np.zeros((2, 4))
    for a, b, c in np.ndindex(2, 2, 2):
        p = np.prod([(1 - q, q)[bit] for q, bit in zip((0.1, 0.2, 0.3), (a, b, c), strict=True)])
        wanted[c, (a ^ b) + 2 * (b ^ c)] += p
    np.testing.assert_allclose(probabilities(model), wanted, atol=1e-15)
    assert (pattern(packed_patterns(9)) == np.arange(512)).all()


def test_the_exact_probabilities_are_some_and_say_how_often_detectors_fire() -> None:
    config = code_config(SMALL)
    model = parse_model(config.family.texts(config.size, config.channel)[MODEL])
    exact = probabilities(model)
    assert exact.min() > -1e-12
    assert exact.sum() == pytest.approx(1.0, abs=1e-12)
    fires, flips = model.rates()
    bits = np.unpackbits(packed_patterns(16), axis=1, count=16, bitorder="little")
    np.testing.assert_allclose(exact.sum(axis=0) @ bits, fires, atol=1e-12)
    assert exact[1].sum() == pytest.approx(flips[0], abs=1e-12)


def test_decoders_stand_in_the_order_of_what_they_know() -> None:
    """Exact logical errors: the optimum, the ensemble, one correlated matching, plain matching."""
    model, exact, events = small()
    best = float(exact.min(axis=0).sum())
    plain, correlated = (
        error(Matching(model, correlated=both).flips(events)[:, 0]) for both in (False, True)
    )
    weighed = Ensemble(FaultGraph.of(model), 4, 0).weigh(events)
    ensemble = error(weighed.summed > 0)
    assert best <= ensemble < correlated < plain
    assert ensemble < 1.03 * best
    assert plain > 1.10 * best
    # Not the sign alone: the odds are nearly those of the exact probabilities, weighed by them.
    odds = np.log(exact[1] / exact[0])
    near = np.abs(odds) < 5.0
    off = np.abs(weighed.summed - odds)[near]
    assert np.average(off, weights=exact.sum(axis=0)[near]) < 0.5


def test_a_given_observable_gives_both_classes_and_the_smaller_is_the_matching() -> None:
    model, _, events = small()
    graph = FaultGraph.of(model)
    forced, free = (
        Matching(graph.model(named=False), correlated=False),
        Matching(model, correlated=False),
    )
    weights = [forced.weights(graph.forced(events, flipped=f)) for f in (False, True)]
    np.testing.assert_allclose(np.minimum(*weights), free.weights(events), rtol=1e-5)
    clear = np.abs(weights[0] - weights[1]) > 1e-3
    flips = free.flips(events)[:, 0]
    assert (flips[clear] == (weights[0] > weights[1])[clear]).all()


def test_sets_of_edges_explain_the_events_and_cost_no_more_than_their_edges_apart() -> None:
    model, _, events = small()
    graph = FaultGraph.of(model)
    member = Matching(graph.model(named=True), correlated=True)
    for flipped in (False, True):
        edges = member.flips(graph.forced(events, flipped=flipped))
        found = np.zeros((len(events), graph.detectors + 1), dtype=np.int64)
        for number, edge in enumerate(graph.edges):
            found[:, list(edge)] += edges[:, [number]]
        bits = np.unpackbits(events, axis=1, count=16, bitorder="little")
        assert (found[:, :-1] % 2 == bits).all()
        assert (found[:, -1] % 2 == flipped).all()
        costs = graph.costs(edges.T)
        assert (costs <= edges @ graph.weights + 1e-9).all()
        # No fault, no cost.
        assert (costs[~edges.any(axis=1)] == 0).all()


def test_a_pair_of_edges_is_put_down_to_the_fault_that_has_both() -> None:
    model = stim.DetectorErrorModel(
        "error(0.1) D0 D1\nerror(0.1) D2 L0\nerror(0.01) D1\nerror(0.05) D0 D1 ^ D2 L0"
    )
    graph = FaultGraph.of(model)
    both = np.array([[edge in {(0, 1), (2, 3)}] for edge in graph.edges])
    assert graph.costs(both)[0] == pytest.approx(np.log(0.95 / 0.05))
    one = np.array([[edge == (0, 1)] for edge in graph.edges])
    assert graph.costs(one)[0] == pytest.approx(np.log(0.9 / 0.1))


def test_matching_refuses_faults_that_are_no_edges() -> None:
    model = stim.DetectorErrorModel("error(0.1) D0 D1 D2\nerror(0.1) D0 D1 L0 ^ D2")
    with pytest.raises(RequestError, match=r"1 of 3 parts .* Choose another decoder"):
        Matching(model, correlated=False)


def test_patterns_of_too_many_detectors_are_refused() -> None:
    with pytest.raises(RequestError, match=r"25 detectors and 1 observables.*24 detectors at most"):
        probabilities(parse_model("error(0.1) D24 L0"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("error(0.1) D0 L0\nerror(0.1) D0 L1", "2 observables"),
        ("error(0.1) D0 D1 L0", "flips 3"),
    ],
)
def test_models_whose_observable_cannot_be_given_are_refused(text: str, why: str) -> None:
    with pytest.raises(RequestError, match=rf"{why}.*Choose another decoder"):
        FaultGraph.of(stim.DetectorErrorModel(text))
