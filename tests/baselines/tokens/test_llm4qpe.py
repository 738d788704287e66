"""Fine-tuning reaches every weight, and learns from shots what they say and not their noise."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from baselines.contract.cell import Cell
from baselines.inputs.features import SiteWindow, channels
from baselines.inputs.folds import hold_out
from baselines.inputs.pairs import Pairs
from baselines.models import llm4qpe_f, llm4qpe_t
from baselines.tokens.fine_tuning import FineTuned, Tuning, fine_tune
from baselines.tokens.token_network import TokenNetwork
from baselines.tokens.token_training import Reading
from builders.core.errors import RequestError
from tests.baselines.cells import make_cell, with_shots


def parts(cell: Cell) -> tuple[FineTuned, Reading]:
    window = SiteWindow(channels(cell.family, cell.size, cell.parameters))
    rows = Reading.of(window, window.reference, cell.shots, torch.device("cpu"))
    trunk = TokenNetwork(rows.shape(32, 2), seed=0)
    return FineTuned(trunk, Pairs.of(cell.task, cell.config), 32, seed=0), rows


@pytest.mark.parametrize("task", ["correlation", "renyi2"])
def test_every_weight_has_a_gradient_and_moves(task: str) -> None:
    """Embeddings, attention and head are in the graph and in the optimiser."""
    cell = make_cell(task=task)
    model, rows = parts(cell)
    used = {k: w for k, w in model.named_parameters() if not k.startswith("trunk.head")}
    before = {name: weight.detach().clone() for name, weight in used.items()}
    out = model(*rows.pick(np.arange(4), np.tile(np.arange(8), (4, 1))))
    torch.autograd.backward(out.square().sum())
    assert all(w.grad is not None and w.grad.abs().max() > 0 for w in used.values())
    wanted = torch.ones(cell.n, *out.shape[1:]).triu(1) if task == "correlation" else out[:1] + 1
    fine_tune(
        model,
        rows,
        lambda chosen, _: 2.0 * wanted[:1].detach().expand(len(chosen), *out.shape[1:]),
        wanted[0].detach(),
        Tuning(decay=0.0, least=10, most=10),
        hold_out(cell.groups, seed=0),
        seed=0,
    )
    assert all(not torch.equal(weight, before[name]) for name, weight in used.items())


def test_the_input_is_not_what_the_label_is_made_of() -> None:
    cell = make_cell(n=10, shots=64)
    model, rows = parts(cell)
    shown: list[np.ndarray] = []
    pick = Reading.pick

    def spy(self: Reading, chosen: np.ndarray, shots: np.ndarray) -> tuple[torch.Tensor, ...]:
        shown.append(shots)
        return pick(self, chosen, shots)

    def labels(chosen: np.ndarray, shots: np.ndarray) -> torch.Tensor:
        assert shots.shape == (len(chosen), 48)
        both = np.concatenate([shown[-1], shots], axis=1)
        assert (np.sort(both, axis=1) == np.arange(64)).all()
        return torch.zeros(len(chosen), 8, 8)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reading, "pick", spy)
        how, split = Tuning(most=10, least=10), hold_out(cell.groups, seed=0)
        fine_tune(model, rows, labels, torch.ones(8, 8), how, split, seed=0)
    assert len(shown) == 10 + 1  # every step, and the look at the rows left out


def test_learns_little_from_noise() -> None:
    """Uniform tokens: C = 0 for every Hamiltonian, whatever a row's own shots seem to say."""
    cell = make_cell(size=6, n=40, shots=64)
    model = llm4qpe_f.Model(seed=0).fit(cell)
    off = model.predict(cell.rows).reshape(-1, 6, 6)[:, ~np.eye(6, dtype=bool)]
    # One row's own estimate is off by √(3/64) = .22, the mean of 40 rows by .034.
    assert np.sqrt(np.mean(off**2)) < 0.034


def told_by_shots(n: int, test: int = 40) -> tuple[Cell, np.ndarray]:
    """Products of one-site states, ⟨Z⟩ = z from 0 to 1 and each row its own: C = z²/3."""
    cell, rng = make_cell(size=6, n=n, shots=64, test=test), np.random.default_rng(1)
    z = rng.permutation(np.linspace(0.0, 1.0, n + test))
    shots = np.concatenate([cell.shots, cell.rows.shots])
    outcome = rng.random(shots.shape) > (1.0 + z[:, None, None]) / 2.0
    shots = np.where(shots // 2 == 2, 4 + outcome, shots).astype(np.uint8)
    return with_shots(cell, shots[:n], shots[n:]), z[n:] ** 2 / 3


@pytest.mark.slow
def test_reads_the_shots_of_the_test_rows() -> None:
    """The couplings say nothing here, so that whatever is right was read off the shots."""
    cell, truth = told_by_shots(n=100)
    model = llm4qpe_f.Model(seed=0).fit(cell)
    off = model.predict(cell.rows).reshape(-1, 6, 6)[:, ~np.eye(6, dtype=bool)]
    # Four standard errors of the correlation of 40 unrelated pairs.
    assert np.corrcoef(off.mean(axis=1), truth)[0, 1] > 4 / np.sqrt(40)


def test_reflection_of_the_chain() -> None:
    cell, _ = told_by_shots(n=12, test=4)
    model, p = llm4qpe_f.Model(seed=0).fit(cell), cell.rows.parameters
    model.factor = 1.0
    model._base = np.full_like(model._base, 0.3)  # that of the training rows is not symmetric
    mirrored = np.concatenate([p[:, 4::-1], p[:, :4:-1]], axis=1)
    rows = replace(cell.rows, parameters=mirrored).with_shots(cell.rows.shots[:, :, ::-1])
    there, back = (model.predict(r).reshape(-1, 6, 6) for r in (cell.rows, rows))
    np.testing.assert_allclose(back[:, ::-1, ::-1], there, atol=1e-5)
    assert np.ptp(there, axis=0).max() > 1e-3


def test_refusals() -> None:
    with pytest.raises(RequestError, match="4 shots a row"):
        llm4qpe_f.Model().fit(make_cell(shots=3))
    with pytest.raises(RequestError, match="layers=0"):
        llm4qpe_t.Model(layers=0)
