"""The experiment on channel profiles: rows, networks that are trained together, tables."""

from pathlib import Path

import numpy as np
import pytest
import torch

from baselines import protocols
from baselines.contract.protocol import Available
from baselines.networks.network_training import make
from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.rearrangement import rearranged
from baselines.tensor_networks.surrogate import canonical_surrogates
from benchmarks import bias_pages, bias_rows, bias_training
from benchmarks.bias_training import DECAY, MODELS, RATE, Data, interval, ratio, trained
from builders.core.errors import RequestError


@pytest.mark.parametrize("model", list(MODELS))
def test_networks_trained_together_are_those_trained_alone(model: str) -> None:
    """Three steps of AdamW by hand: 1e-4 of errors of order one is rounding of float32."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 30, 8, 2)), rng.normal(size=(2, 30, 1))
    shape = Architecture(8, 2, (3, 2, 3), 2)
    found, scores = trained(model, shape, Data(x, y, pool=20), steps=3)
    assert found.shape == (2, 2, 10)
    kept, held = bias_training._splits(20, 2)
    for kind in range(2):
        for seed in range(2):
            network = make(lambda: MODELS[model](shape), [seed, kind])
            given = torch.from_numpy(x[seed]).float()
            wanted = torch.from_numpy(y[kind]).float()
            optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 3)
            for _ in range(3):
                rows = kept[seed]
                optimizer.zero_grad()
                (network(given[rows]) - wanted[rows]).square().mean().backward()
                optimizer.step()
                schedule.step()
            with torch.no_grad():
                stop = float((network(given[held[seed]]) - wanted[held[seed]]).square().mean())
                first = float(wanted[held[seed]].square().mean())
                last = (network(given) - wanted)[20:, 0].square()
            # Answers of the start, all 0, are kept where three steps did not help.
            assert scores[kind, seed] == pytest.approx(min(first, stop), abs=1e-4)
            exact = last if stop < first else wanted[20:, 0].square()
            np.testing.assert_allclose(found[kind, seed], exact, atol=1e-4)


def test_rows_that_say_when_to_stop_are_not_trained_on() -> None:
    kept, held = bias_training._splits(20, 3)
    for one, other in zip(kept, held, strict=True):
        assert sorted([*one, *other]) == list(range(20))
    assert (held[0] != held[1]).any()


def test_intervals_of_errors_and_of_ratios() -> None:
    """Errors that are all c² have the interval [c, c]; one network twice as wrong, the ratio 2."""
    flat = np.full((5, 40), 0.09, np.float32)
    assert interval(flat) == pytest.approx((0.3, 0.3, 0.3))
    errors = np.random.default_rng(0).chisquare(1, (5, 400)).astype(np.float32)
    assert ratio(4.0 * errors, errors) == pytest.approx((2.0, 2.0, 2.0))
    mean, low, high = interval(errors)
    # 2000 squares of normal numbers: √mean has the standard error √2 / (2 √2000) = 0.016, and
    # seeds that are drawn too make it at most √(1 + 1/4 · …) larger.
    assert mean == pytest.approx(1.0, abs=4 * 0.016)
    assert 3 * 0.016 < high - low < 8 * 0.016


def test_sites_that_make_no_whole_tree_are_refused() -> None:
    for sites in (4, 12, 20):
        with pytest.raises(RequestError, match=f"{sites} sites are no power of 2"):
            bias_rows.make_rows("tfim_1d", sites, 30)
    with pytest.raises(RequestError, match="family xy_1d: give one of tfim_1d"):
        bias_rows.make_rows("xy_1d", 8, 30)


def test_couplings_bring_a_permuted_chain_back() -> None:
    """The blocks of every scale cut as few bonds as in the order of the chain."""
    chain = np.eye(16, k=1) + np.eye(16, k=-1)
    for seed in range(3):
        p = np.random.default_rng([11, seed]).permutation(16)
        order = p[rearranged(chain[np.ix_(p, p)], 2)]
        moved = canonical_surrogates(chain[np.ix_(order, order)], 2)
        for ours, straight in zip(moved, canonical_surrogates(chain, 2), strict=True):
            assert ours.sum() == straight.sum()


@pytest.mark.parametrize("family", list(bias_rows.FAMILIES))
def test_every_kind_of_target_is_two_numbers_inside_the_chain(family: str) -> None:
    for sites in (8, 16, 32):
        pairs = (*bias_rows.near_pairs(sites), *bias_rows.far_pairs(sites))
        assert all(0 <= i < j < sites for i, j in pairs)
        assert all(j - i == sites // 2 for i, j in bias_rows.far_pairs(sites))
        made = bias_rows.strings(family, sites)
        assert len(made) == len(bias_rows.cuts(sites)) == 2
        for letters, where in made:
            assert len(letters) == len(where) == len(set(where))
            assert 0 <= min(where) <= max(where) < sites


def test_a_ratio_wins_ties_or_fails_by_its_interval() -> None:
    given = ([0.9, 0.8, 0.99], [0.9, 0.8, 1.01], [1.2, 1.01, 1.4])
    assert [bias_pages.verdict(one) for one in given] == ["wins", "ties", "fails"]


def test_the_protocol_has_all_profiles_of_both_networks() -> None:
    protocol = protocols.load("inductive_bias")
    points = list(protocol.points(Available("tfim_1d_n048", 100, 512, ("correlation", "renyi2"))))
    assert {(p.task, p.shots) for p in points} == {
        (task, m) for task in ("correlation", "renyi2") for m in (64, 0)
    }
    assert {str(v) for v in protocol.variants} >= {
        f"{name} profile={p}"
        for name in ("convac", "convnet")
        for p in ("flat", "wide_base", "wide_tip")
    }


def test_tables_go_between_their_marks_and_bold_means_an_interval_without_1(tmp_path: Path) -> None:
    cell = {"model": "convac", "profile": "wide_tip", "target": "near", "rmse": [0.5, 0.4, 0.6]}
    scale = {"von_neumann": [0.5], "von_neumann_largest": [0.6], "renyi_2": [0.4], "surrogate": [2]}
    shape = {"widths": [2], "parameters": 10, "capacity": [1.0]}
    record = {
        **dict.fromkeys(("sites", "rows", "pool", "seeds", "parameters", "steps", "workers"), 8),
        "row_seconds": 1,
        "training_seconds": 2,
        "hardware": "a machine",
        "families": {
            "tfim_1d": {
                "cells": [cell | {"to_flat": [0.8, 0.7, 0.9]}],
                "entanglement": scale | {"data": dict.fromkeys(bias_rows.TARGETS)},
                "architectures": dict.fromkeys(bias_pages.COLOURS, shape),
                "rule": [{"target": "near", "best": "flat", "to_best": [1.0, 0.9, 1.2]}],
                "control": [],
            }
        },
    }
    made = bias_pages.tables(record)
    page = tmp_path / "page.md"
    page.write_text("".join(f"<!-- {n} -->\nold\n<!-- end of {n} -->\n" for n in made))
    bias_pages.write(record, page)
    text = page.read_text()
    assert "old" not in text
    assert "| paramagnet | convac | wide tip, 2 | **0.80 [0.70, 0.90]** |" in text
    assert "| paramagnet | data set, far | – |" in text
    assert "0 wins, 1 ties, 0 fails." in text
    bias_pages.write(record, page)
    assert page.read_text() == text
