"""What the Hamiltonian's prompt changes, and what shots drawn after it follow."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from baselines.contract.cell import Cell
from baselines.models import quadim, shadow_generator, shadow_gpt
from baselines.tokens.generator import Generator
from baselines.tokens.prompt_network import PromptNetwork
from baselines.tokens.token_network import START, Cache, Shape, shifted
from tests.baselines.cells import make_cell, with_shots

FEATURES, SITES, SHOTS = 3, 5, 200


def network() -> PromptNetwork:
    """Random weights, the head's too, which start at zero."""
    found = PromptNetwork(Shape(FEATURES, SITES, width=16), seed=0)
    rng = torch.Generator().manual_seed(0)
    for weight in found.head.parameters():
        weight.data = torch.randn(weight.shape, generator=rng)
    return found


def views(rows: int) -> torch.Tensor:
    return torch.randn(rows, SITES, FEATURES, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("site", range(SITES))
def test_every_outcome_sees_the_whole_prompt(site: int) -> None:
    model, seen = network(), views(1)
    tokens, other = torch.tensor([[0, 3, 5, 2, 1]]), views(1)
    other[0, site] += 1.0
    with torch.no_grad():
        first, second = (model(shifted(tokens), v)[0] for v in (seen, other))
    assert ((first - second).abs().amax(dim=1) > 1e-5).all()


@pytest.mark.parametrize("site", [0, 2, 4])
def test_a_token_is_seen_after_its_site_and_not_before(site: int) -> None:
    model, seen = network(), views(1)
    tokens = torch.tensor([[0, 3, 5, 2, 1]])
    other = tokens.clone()
    other[0, site] = (tokens[0, site] + 1) % 6
    with torch.no_grad():
        first, second = (model(shifted(t), seen)[0] for t in (tokens, other))
    assert torch.equal(first[: site + 1], second[: site + 1])
    assert ((first - second)[site + 1 :].abs().amax(dim=1) > 1e-5).all()


@torch.no_grad()
def test_read_site_by_site_it_says_the_same() -> None:
    model, seen = network(), views(1)[0]
    tokens = torch.randint(0, 6, (7, SITES), generator=torch.Generator().manual_seed(2))
    whole = model(shifted(tokens), seen.expand(7, -1, -1))
    cache, token = Cache(len(model.blocks)), torch.full((7,), START)
    for site in range(SITES):
        step = model.step(token, seen, site, cache)
        # Matrix products of other shapes round differently.
        np.testing.assert_allclose(step, whole[:, site], atol=1e-5)
        token = tokens[:, site]


def tilted(n: int, test: int, shots: int) -> tuple[Cell, np.ndarray]:
    """Products of one-site states whose ⟨Z⟩ of all sites is .9, or −.9 where fields are strong."""
    cell, rng = make_cell(size=4, n=n, test=test, shots=shots), np.random.default_rng(1)
    strong = np.arange(n + test) % 2 == 0
    flat = np.concatenate([cell.parameters, cell.rows.parameters])
    flat[:, :3], flat[:, 3:] = 1.0, np.where(strong, 2.0, 0.5)[:, None]
    z = np.where(strong, -0.9, 0.9)
    tokens = np.concatenate([cell.shots, cell.rows.shots])
    outcome = rng.random(tokens.shape) > (1.0 + z[:, None, None]) / 2.0
    tokens = np.where(tokens // 2 == 2, 4 + outcome, tokens).astype(np.uint8)
    train = replace(cell.train, parameters=flat[:n])
    cell = replace(cell, train=train, rows=replace(cell.rows, parameters=flat[n:]))
    return with_shots(cell, tokens[:n], tokens[n:]), z[n:]


@pytest.mark.parametrize("module", [shadow_gpt, quadim, shadow_generator])
def test_drawn_shots_are_those_of_the_state_of_each_hamiltonian(module: object) -> None:
    """Product states: ⟨Z⟩ of the drawn shots, and ⟨X⟩ = ⟨Y⟩ = 0, of rows of both kinds."""
    cell, z = tilted(n=8, test=2, shots=SHOTS)
    model: Generator = module.Model(seed=0, drawn=SHOTS).fit(cell)  # type: ignore[attr-defined]
    from baselines.inputs.features import channels
    from baselines.tokens.token_training import views_along

    given = channels(cell.family, cell.size, cell.rows.parameters)
    seen = views_along(model._window, given, torch.device("cpu"))[0]
    for row, mean in enumerate(z):
        sample = model._draw(seen[row], SHOTS)
        found = sample.signs().sum(axis=(0, 1)) / sample.bases.sum(axis=(0, 1))
        # Drawn: 800 outcomes, a third in each basis, of variance ≤ 1. Learnt: four rows of the
        # kind and two directions to read, 3,200 training outcomes, twice as many as all drawn.
        error = np.sqrt(3 / (4 * SHOTS) + 3 / (4 * 4 * SHOTS))
        assert np.abs(found - [0.0, 0.0, mean]).max() < 4 * error


def test_the_same_seed_draws_the_same() -> None:
    cell, _ = tilted(n=4, test=1, shots=16)
    for module in (shadow_gpt, quadim):
        one, two, other = (module.Model(seed=s).fit(cell).predict(cell.rows) for s in (0, 0, 1))
        assert np.array_equal(one, two)
        assert not np.array_equal(one, other)
