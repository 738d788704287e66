"""Expectation values of Pauli letters on sites and pairs, and the labels made of them."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.features import Channels, channels
from baselines.inputs.letter_classes import letter_classes
from baselines.inputs.pairs import Pairs
from baselines.inputs.pauli_sums import pair_residuals
from baselines.linear.pair_learner import Ingredients, PairLearner, Values
from baselines.linear.site_means import SiteMeans
from builders.physics.hamiltonian_family import need_hamiltonian
from builders.shadows.estimators import shadow_correlation, shadow_pair_purity

Floats = NDArray[np.float64]


class Model(Baseline):
    """⟨P_iP_j⟩ = m_i m_j + c_ij for each letter P, learnt from all shots that measured it.

    m is a Gaussian process on the couplings around a site, where the letter has a mean at all; c
    a `PairLearner`. Letters that H does not tell apart are learnt as one. Shots that measured
    other letters carry no information on a pair and no noise either. Noise of the estimates is
    known, so that everything is chosen by the evidence, nothing by held-out rows. Labels follow:
    C = Σ ⟨PP⟩/3, and the purity of a pair from the squares of its 15 expectation values, of which
    those with different letters are m_i m'_j here.

    Exact labels tell no letters: they are learnt as they are.

    Args:
        seed: of nothing; the model is deterministic.
        smooth, staggered, cascade, common_noise, sites, windows: see `Ingredients`.
    """

    title = "Pauli expectation values of sites and pairs"
    records = ("pauli_tokens",)
    uses_labels = False
    needs_hamiltonian = True
    needs_pairs = True
    needs_chain = True
    estimators = (shadow_correlation, shadow_pair_purity)

    def __init__(
        self,
        *,
        seed: int = 0,
        smooth: bool = True,
        staggered: bool = True,
        cascade: bool = True,
        common_noise: bool = True,
        sites: bool = True,
        windows: bool = True,
    ) -> None:
        super().__init__(seed=seed)
        chosen = (smooth, staggered, cascade, common_noise, sites, windows)
        self.ingredients = Ingredients(*chosen)

    def _fit(self, cell: Cell) -> None:
        self._family, self._size = cell.family, cell.size
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        given = channels(cell.family, cell.size, cell.parameters)
        self._exact = cell.exact is not None
        self._sites: dict[str, SiteMeans] = {}
        if self._exact:
            exact = self._pairs.read(self._target.training(cell))
            self._classes = [["label"]]
            parts = [Values(partial(np.subtract, exact), None)]
        else:
            self._classes = self._letters(cell)
            parts = self._from_shots(cell, given)
        self._learners = [PairLearner(self._pairs, self.ingredients) for _ in parts]
        seen = self._prepare(cell, given)
        for learner, around, values in zip(self._learners, seen, parts, strict=True):
            learner.fit(around, values)
        self.n_parameters = sum(p.n_parameters for p in self._sites.values())
        self.n_parameters += sum(p.n_parameters for p in self._learners)

    def _prepare(self, cell: Cell, given: Channels) -> list[Channels]:
        """What the learner of each class sees of the training rows: the couplings."""
        return self._seen(given, cell.parameters)

    def _seen(self, given: Channels, parameters: Floats) -> list[Channels]:
        """Likewise of other rows, float64 (R, P)."""
        return [given] * len(self._classes)

    @property
    def degrees(self) -> dict[str, float]:
        """Effective numbers of weights: of the mean of a letter, and of the pairs of a class."""
        parts = zip(self._classes, self._learners, strict=True)
        pairs = {"".join(2 * p for p in members): learner.degrees for members, learner in parts}
        processes = {name: site.process for name, site in self._sites.items()}
        sites = {name: p.degrees if p else 0.0 for name, p in processes.items()}
        return {**sites, **pairs}

    def _letters(self, cell: Cell) -> list[list[str]]:
        H = need_hamiltonian(cell.family).hamiltonian(
            cell.size, cell.family.unflatten(cell.size, cell.parameters[0])
        )
        # Of a multiplet C is the same in every state, entropies are not.
        sector = None if self._pairs.is_matrix else need_hamiltonian(cell.family).sector(cell.size)
        return letter_classes(H, sector)

    def _from_shots(self, cell: Cell, given: Channels) -> list[Values]:
        if self.ingredients.sites:
            for letter in "XZ":  # H is real, so that ⟨Y⟩ = 0
                fitted = SiteMeans.fit(cell.shots, letter, given)
                if fitted is not None:
                    self._sites[letter] = fitted
        means = self._means(given)
        out = []
        for members in self._classes:
            known = {p: means.get(p, np.zeros((cell.n, cell.size.sites))) for p in members}
            rest = partial(_residuals, cell.shots, known, self._pairs)
            i, j = self._pairs.sites.T
            unit = 9.0 / (cell.shots.shape[1] * len(members))
            product = np.mean([m[:, i] * m[:, j] for m in known.values()], axis=0)
            left = np.mean(
                [(1 - m[:, i] ** 2) * (1 - m[:, j] ** 2) for m in known.values()], axis=0
            )
            out.append(Values(rest, unit, product, left))
        return out

    def _means(self, given: Channels) -> dict[str, Floats]:
        return {letter: model(given) for letter, model in self._sites.items()}

    def _predict(self, rows: Rows) -> NDArray[np.floating[Any]]:
        given = channels(self._family, self._size, rows.parameters)
        seen = self._seen(given, rows.parameters)
        answers = [learner(x) for learner, x in zip(self._learners, seen, strict=True)]
        if self._exact:
            return self._target.to_label(self._pairs.write(answers[0]))
        means = self._means(given)
        i, j = self._pairs.sites.T
        pairs = {
            p: c + (means[p][:, i] * means[p][:, j] if p in means else 0.0)
            for members, c in zip(self._classes, answers, strict=True)
            for p in members
        }
        if self._pairs.is_matrix:
            return self._pairs.write(sum(pairs.values(), np.zeros(answers[0].shape)) / 3.0)
        return self._target.to_label(_purity(pairs, means))


def _residuals(
    shots: NDArray[np.uint8], known: dict[str, Floats], pairs: Pairs, expected: Floats
) -> Floats:
    """Mean over the letters of estimates of ⟨PP⟩ − mm − expected."""
    parts = [
        pair_residuals(shots, p + p, np.stack([m, m]), expected, pairs.sites)
        for p, m in known.items()
    ]
    return np.asarray(sum(parts) / len(parts))


def _purity(pairs: dict[str, Floats], means: dict[str, Floats]) -> Floats:
    """Purity tr ρ² of neighbours, ¼ Σ ⟨P_iQ_j⟩² over the 16 strings, float64 (R, N − 1)."""
    ones = [(m[:, :-1], m[:, 1:]) for m in means.values()]
    total = 1.0 + sum(c**2 for c in pairs.values())
    for left, right in ones:
        total = total + left**2 + right**2
    for a, (left, _) in enumerate(ones):
        for b, (_, right) in enumerate(ones):
            total = total + (left * right) ** 2 * (a != b)
    return np.asarray(0.25 * total)
